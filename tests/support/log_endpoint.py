"""Cloud Logging on this machine, as far as it is read: entries.list of its REST API."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.support.local_server import served


@dataclass
class LogEndpoint:
    """`entries` are given whatever is asked; with a `status` nothing is. `asked` are the bodies of requests."""

    address: str = ""
    status: int = 200
    entries: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    place: LogEndpoint

    def do_POST(self) -> None:
        assert self.path.startswith("/v2/entries:list")
        self.place.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        said: dict[str, Any] = {"entries": self.place.entries}
        if self.place.status != 200:
            said = {"error": {"code": self.place.status, "message": "The caller does not have permission"}}
        content = json.dumps(said).encode()
        self.send_response(self.place.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@contextmanager
def log_endpoint() -> Iterator[LogEndpoint]:
    made = LogEndpoint()
    with served(_Handler, place=made) as port:
        made.address = f"127.0.0.1:{port}"
        yield made
