"""Slack and Twilio on this machine, which refuse, limit, hang and lie about a share of what they are asked."""

import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.pit.story import ScaledClock
from tests.support.local_server import reset
from tests.support.page_endpoints import entry_of

REFUSED, LIMITED, HANGS, RESETS, FAILS = "refused", "429", "hangs", "reset after accepting", "5xx after accepting"
FAULTS = (REFUSED, LIMITED, HANGS, RESETS, FAILS)
SLACK, TWILIO = "slack", "twilio"
DOWN = "5xx"
LABEL = re.compile(r"INC-\d+")
BOT = {"ok": True, "user_id": "UBOT", "bot_id": "BBOT"}


@dataclass(frozen=True)
class Accepted:
    """A post or call that was made. `labels` are the incidents that it names; `page` is known of Slack's alone."""

    at: datetime
    channel: str
    target: str
    labels: tuple[str, ...]
    page: str = ""


@dataclass
class Vendors:
    """`share` of what pages somebody meets a fault, `looks` of what is asked about it. A call that hangs does so for
    `hangs_s`, and is taken all the same every second time. `away`: all calls of that vendor end so, and none is done.
    """

    clock: ScaledClock
    share: float
    looks: float
    hangs_s: float
    seed: int
    address: str = ""
    accepted: list[Accepted] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    posts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    calls: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    away: dict[str, str] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    def now(self) -> datetime:
        return self.clock.at(time.time())

    def fault(self, vendor: str, *, pages: bool) -> tuple[str, bool]:
        """Its name ("": none), and whether what is asked is done all the same."""
        with self.lock:
            if vendor in self.away:
                self.faults[f"{vendor} away: {self.away[vendor]}"] += 1
                return self.away[vendor], False
            if self._chance.random() >= (self.share if pages else self.looks):
                return "", True
            name = self._chance.choice(FAULTS)
            self.faults[name if pages else f"look-up: {name}"] += 1
            return name, name in (RESETS, FAILS) or (name == HANGS and self._chance.random() < 0.5)

    def slack(self, method: str, asked: dict[str, Any]) -> dict[str, Any]:
        if method == "auth.test":
            return BOT
        if method == "conversations.open":
            return {"ok": True, "channel": {"id": f"D{asked['users']}"}}
        if method == "conversations.history":
            posts = self.posts.get(asked["channel"], [])
            return {
                "ok": True,
                "messages": [each for each in posts[::-1] if float(each["ts"]) >= float(asked["oldest"])],
            }
        return self._posted(asked) if method == "chat.postMessage" else {"ok": True}

    def _posted(self, asked: dict[str, Any]) -> dict[str, Any]:
        now, channel = self.now(), f"D{asked['channel']}"
        page = asked["metadata"]["event_payload"]["id"]
        with self.lock:
            posts = self.posts.setdefault(channel, [])
            stamp = f"{now.timestamp():.6f}"
            posts.append({"ts": stamp, "user": "UBOT", "text": asked["text"], "metadata": asked["metadata"]})
            self.accepted.append(Accepted(now, "slack", asked["channel"], _labels(asked["text"]), page))
        return {"ok": True, "channel": channel, "ts": stamp}

    def twilio(self, method: str, asked: dict[str, Any]) -> dict[str, Any]:
        with self.lock:
            calls = self.calls.setdefault(asked["To"], [])
            if method == "GET":
                return {"calls": calls[::-1][: int(asked["PageSize"])]}
            now = self.now()
            calls.append(entry_of("Calls", f"CA{len(self.accepted)}", asked, now))
            self.accepted.append(Accepted(now, "voice", asked["To"], _labels(asked["Twiml"])))
            return calls[-1]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    vendors: Vendors

    def do_GET(self) -> None:
        self._serve("GET", dict(parse_qsl(urlsplit(self.path).query)))

    def do_POST(self) -> None:
        wanted = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(wanted).decode()
        if len(body.encode()) < wanted:
            raise ConnectionResetError("whoever asked was killed in the middle of it")
        is_json = "json" in self.headers.get("Content-Type", "")
        self._serve("POST", json.loads(body or "{}") if is_json else dict(parse_qsl(body)))

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def _serve(self, method: str, asked: dict[str, Any]) -> None:
        name = urlsplit(self.path).path.rpartition("/")[2]
        is_slack = not name.endswith(".json")
        pages = name == "chat.postMessage" if is_slack else method == "POST"
        fault, done = self.vendors.fault(SLACK if is_slack else TWILIO, pages=pages)
        said: dict[str, Any] = {}
        if done:
            said = self.vendors.slack(name, asked) if is_slack else self.vendors.twilio(method, asked)
        if fault == HANGS:
            time.sleep(self.vendors.hangs_s)
        if fault in (REFUSED, HANGS, RESETS):
            reset(self)
        elif fault == LIMITED:
            self._answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "2"})
        elif fault in (FAILS, DOWN):
            self._answer(500, {})
        else:
            self._answer(200 if is_slack or method == "GET" else 201, said)

    def _answer(self, status: int, said: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        content = json.dumps(said).encode()
        self.send_response(status)
        given = {"Content-Type": "application/json", "Content-Length": str(len(content)), **(headers or {})}
        for name, value in given.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


class _Server(ThreadingHTTPServer):
    vendors: Vendors
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 (the server's)
        """A client that was killed is part of the story; a fault of these vendors is not."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            self.vendors.broken.append(repr(error))


@contextmanager
def serving(vendors: Vendors) -> Iterator[Vendors]:
    with _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"vendors": vendors})) as server:
        server.vendors = vendors
        vendors.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield vendors
        finally:
            server.shutdown()
            thread.join()


def _labels(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(LABEL.findall(text)))
