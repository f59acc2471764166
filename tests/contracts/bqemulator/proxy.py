"""Between the real client and the emulator: notes every query, refuses what it is told to, and counts bytes, which the
emulator does not.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.support.local_server import served

Json = dict[str, Any]


@dataclass
class Proxy:
    """`queries`: the configuration of each query that was run, dry ones apart. `reads`: bytes that each is said to
    read; `rows`: all that came back. `refusal`: (HTTP status, reason, message) for every query from now on;
    `of_tables`: for their metadata, too.
    """

    address: str = ""
    queries: list[Json] = field(default_factory=list)
    planned: list[Json] = field(default_factory=list)
    reads: int = 0
    rows: list[Json] = field(default_factory=list)
    refusal: tuple[int, str, str] | None = None
    of_tables: bool = False


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Proxy
    endpoint: str

    def do_GET(self) -> None:
        self._pass_on(None)

    def do_POST(self) -> None:
        self._pass_on(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def _pass_on(self, body: bytes | None) -> None:
        asked = json.loads(body).get("configuration", {}) if body else {}
        if "query" in asked:
            (self.proxy.planned if asked.get("dryRun") else self.proxy.queries).append(asked)
        if self.proxy.refusal is not None and ("query" in asked or self.proxy.of_tables):
            status, reason, message = self.proxy.refusal
            error = {"code": status, "message": message, "errors": [{"reason": reason, "message": message}]}
            self._answer(status, json.dumps({"error": error}).encode())
            return
        request = urllib.request.Request(self.endpoint + self.path, data=body, method=self.command)
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                self._answer(response.status, self._counted(response.read()))
        except urllib.error.HTTPError as error:
            self._answer(error.code, error.read())

    def _counted(self, content: bytes) -> bytes:
        answer = json.loads(content) if content else {}
        self.proxy.rows += answer.get("rows", ())
        if answer.get("statistics", {}).get("query") is None:
            return content
        for counted in (answer["statistics"], answer["statistics"]["query"]):
            counted["totalBytesProcessed"] = str(self.proxy.reads)
        answer["statistics"]["query"]["totalBytesBilled"] = str(self.proxy.reads)
        return json.dumps(answer).encode()

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def proxied(endpoint: str) -> Iterator[Proxy]:
    proxy = Proxy()
    with served(_Handler, proxy=proxy, endpoint=endpoint) as port:
        proxy.address = f"http://127.0.0.1:{port}"
        yield proxy
