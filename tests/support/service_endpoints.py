"""A team's service on this machine, asked over HTTP for real: it keeps the orders it took, and can go wrong."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler
from typing import Any

from bot.domain.platform.registry import Service, ServiceRequest
from bot.ports.run_control import Order
from tests.support.local_server import reset, served

BODY = {"processor": "{processor}", "date": "{date}"}


def order(processor: str = "BoxScores", **more: Any) -> Order:
    given: dict[str, Any] = {
        "request_id": "7c1d",
        "service": "raw",
        "processor": processor,
        "data_date": date(2026, 1, 14),
        "timeout_s": 600.0,
    }
    return Order(**{**given, **more})


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def said(self) -> Any:
        return json.loads(self.body)


@dataclass
class TeamService:
    """`fault` happens to each order: a status, or a word. `took` are those that it began, by request id: once each."""

    address: str = ""
    fault: str | int = ""
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    took: dict[str, Asked] = field(default_factory=dict)
    released: threading.Event = field(default_factory=threading.Event)
    begins: Callable[[Asked], Any] = lambda asked: {"run_id": f"run-{asked.headers['X-Request-Id']}"}
    accepts: Callable[[str], bool] = lambda _token: True

    def service(self, **more: Any) -> Service:
        request = ServiceRequest(path="/process", body=BODY)
        return Service(**{"name": "raw", "address": self.address, "request": request, **more})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    place: TeamService

    def do_GET(self) -> None:
        """Its health."""
        self.do_POST()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        made, place = Asked(self.command, self.path, dict(self.headers.items()), body), self.place
        place.asked.append(made)
        if not place.accepts(self.headers.get("Authorization", "").removeprefix("Bearer ")):
            self._answer(401, {"error": "no valid identity token"})
        elif isinstance(place.fault, int):
            self._answer(place.fault, {"error": "no"})
        elif place.fault == "hangs":
            place.released.wait(10)
            reset(self)
        elif place.fault == "reset":
            reset(self)
        elif place.fault == "no HTTP":
            self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
            self.close_connection = True
        else:
            self._take(made)

    def _take(self, made: Asked) -> None:
        if made.method == "GET":
            self._answer(200, {"status": "ok"})
            return
        place, key = self.place, made.headers["X-Request-Id"]
        said = place.begins(made) if key not in place.took else {"run_id": f"run-{key}"}
        place.took.setdefault(key, made)
        if place.fault == "taken, then reset":
            reset(self)
        elif place.fault == "taken, then 500":
            self._answer(500, {})
        elif place.fault == "taken, then hangs":
            place.released.wait(10)
            reset(self)
        elif place.fault == "a page":
            self._answer(200, b"<html>Sign in</html>")
        else:
            self._answer(202, said)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def _answer(self, status: int, said: Any) -> None:
        content = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        for name, value in {**self.place.headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def team_service() -> Iterator[TeamService]:
    made = TeamService()
    with served(_Handler, place=made) as port:
        made.address = f"http://127.0.0.1:{port}"
        try:
            yield made
        finally:
            made.released.set()
