"""Cloud Logging on this machine, as far as it is read: entries.list of its REST API."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


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
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"place": made})) as server:
        made.address = f"127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
