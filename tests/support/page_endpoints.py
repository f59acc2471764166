"""Vendors of pages on this machine: PagerDuty, Twilio and a webhook's receiver, with what may go wrong with each."""

import json
import re
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.domain.delivery import Act, Page
from bot.domain.findings.severity import Severity
from tests.support.builders import NOW
from tests.support.local_server import reset, served

HTML = b"<html>Sign in to the Wi-Fi</html>"


def page(target: str = "", name: str = "7c1d", **more: Any) -> Page:
    """A first try at NOW; `text` has what must not be taken for markup."""
    given: dict[str, Any] = {
        "id": name,
        "dedup_key": "INC-42:1",
        "label": "INC-42",
        "severity": Severity.P0,
        "act": Act.TRIGGER,
        "channel": "",
        "person": "Ana",
        "target": target,
        "title": "INC-42 P0: BoxScores <stopped> & waits",
        "text": "INC-42 P0: BoxScores <stopped> & waits. Next: <!channel> Ben at 12:05.",
        "created_at": NOW,
        "attempts": 1,
        "first_attempt_at": NOW,
    }
    return Page(**{**given, **more})


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def form(self) -> dict[str, str]:
        text = self.body.decode() if self.method == "POST" else urlsplit(self.path).query
        return {name: values[0] for name, values in parse_qs(text).items()}


@dataclass
class Endpoint:
    """`fault` is what happens to each POST; "" is the vendor's success. `taken` are those that it acted on."""

    vendor: Callable[["Endpoint", Request], tuple[int, Any]]
    address: str = ""
    fault: str = ""
    raw: bytes = b""
    """Each POST is answered by these bytes, if there are any."""
    requests: list[Request] = field(default_factory=list)
    taken: list[Request] = field(default_factory=list)
    listed: list[dict[str, Any]] = field(default_factory=list)
    clock: datetime = NOW
    """When an entry of Twilio is made."""
    released: threading.Event = field(default_factory=threading.Event)

    def posts(self) -> list[Request]:
        return [each for each in self.requests if each.method == "POST"]


REFUSALS: dict[str, tuple[int, dict[str, str]]] = {
    "bad request": (400, {}),
    "unauthorised": (401, {}),
    "not there": (404, {}),
    "a limit": (429, {"Retry-After": "7"}),
    "closed for a while": (503, {"Retry-After": "30"}),
    "its fault": (500, {}),
    "redirected": (302, {"Location": "/elsewhere"}),
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    endpoint: Endpoint

    def do_GET(self) -> None:
        self._answer(*self.endpoint.vendor(self.endpoint, self._read()))

    def do_POST(self) -> None:
        made, fault = self._read(), self.endpoint.fault
        if self.endpoint.raw:
            self.wfile.write(self.endpoint.raw)
        elif fault in REFUSALS:
            status, headers = REFUSALS[fault]
            self._answer(status, {"code": 21211, "message": f"no: {made.body.decode()} {made.headers}"}, headers)
        elif fault == "a lie":
            self._answer(200, HTML)
        elif fault == "no answer":
            self.endpoint.released.wait(10)
            reset(self)
        elif fault == "byte by byte":
            self._drip()
        elif fault == "reset":
            reset(self)
        else:
            self.endpoint.taken.append(made)
            answer = self.endpoint.vendor(self.endpoint, made)
            if fault == "taken, then reset":
                reset(self)
            else:
                self._answer(*answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def _read(self) -> Request:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        made = Request(self.command, self.path, dict(self.headers.items()), body)
        self.endpoint.requests.append(made)
        return made

    def _answer(self, status: int, said: Any, headers: dict[str, str] | None = None) -> None:
        content = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        kind = {} if isinstance(said, bytes) else {"Content-Type": "application/json"}
        for name, value in {**kind, **(headers or {}), "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _drip(self) -> None:
        """A byte of the answer well within any time limit of a socket, and no end."""
        try:
            while not self.endpoint.released.wait(0.02):
                self.wfile.write(b"H")
        except OSError:
            return
        finally:
            self.close_connection = True


def settled() -> None:
    """Wait for the tries that were given up."""
    for thread in threading.enumerate():
        if thread.name == "attempt" and thread.is_alive():
            thread.join(10)


@contextmanager
def endpoint(vendor: Callable[[Endpoint, Request], tuple[int, Any]]) -> Iterator[Endpoint]:
    made = Endpoint(vendor)
    with served(_Handler, endpoint=made) as port:
        made.address = f"http://127.0.0.1:{port}"
        try:
            yield made
        finally:
            made.released.set()
            settled()


def pagerduty(_: Endpoint, request: Request) -> tuple[int, Any]:
    key = json.loads(request.body)["dedup_key"]
    return 202, {"status": "success", "message": "Event processed", "dedup_key": key}


def receiver(_: Endpoint, __: Request) -> tuple[int, Any]:
    return 204, b""


def twilio(place: Endpoint, request: Request) -> tuple[int, Any]:
    """Calls and Messages: a POST makes an entry, a GET lists those to a number, newest first."""
    resource = urlsplit(request.path).path.rpartition("/")[2].removesuffix(".json")
    given = request.form()
    if request.method == "GET":
        wanted = [each for each in place.listed if each["to"] == given["To"] and each["resource"] == resource]
        return 200, {resource.lower(): wanted[::-1][: int(given["PageSize"])]}
    return 201, entry(place, resource, given)


def entry(place: Endpoint, resource: str, given: dict[str, str], status: str = "queued") -> dict[str, Any]:
    made = entry_of(resource, f"{resource[:2].upper()}{len(place.listed)}", given, place.clock, status)
    place.listed.append(made)
    return made


def entry_of(
    resource: str, sid: str, given: dict[str, str], made_at: datetime, status: str = "queued"
) -> dict[str, Any]:
    """What Twilio shows of a call or a message."""
    return {
        "sid": sid,
        "resource": resource,
        "to": given["To"],
        "from": given["From"],
        "body": given.get("Body"),
        "status": status,
        "direction": "outbound-api",
        "date_created": format_datetime(made_at),
        "start_time": None,
    }


def jira(place: Endpoint, request: Request) -> tuple[int, Any]:
    """A POST makes a ticket; a GET searches by the label in its JQL, and nothing else."""
    if request.method == "GET":
        labels = re.findall(r'labels = "([^"]+)"', request.form()["jql"])
        found = [each for each in place.listed if labels[0] in each["fields"]["labels"]]
        return 200, {"issues": [{"key": each["key"]} for each in found[:1]], "isLast": True}
    made = {"key": f"DATA-{len(place.listed) + 1}", **json.loads(request.body)}
    place.listed.append(made)
    return 201, {"id": "1", "key": made["key"]}


def basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()
