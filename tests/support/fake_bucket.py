"""A bucket of Google Cloud Storage in memory: the two requests of its JSON API that Fireline makes, list and get."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.local_server import served

PAGE = 2
"""Names a page, so that every test turns pages."""


@dataclass
class FakeBucket:
    """`objects`: name -> (content, when it was made). `refusal`: the status that every request is answered with."""

    name: str
    address: str = ""
    objects: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    refusal: int = 0
    lists: list[dict[str, str]] = field(default_factory=list)

    def put(self, name: str, content: bytes, made: datetime) -> None:
        self.objects[name] = (content, made if made.tzinfo else made.replace(tzinfo=UTC))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bucket: FakeBucket

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        given = {name: values[0] for name, values in parse_qs(asked.query).items()}
        parts = [unquote(part) for part in asked.path.split("/")]
        if self.bucket.refusal or parts[4] != self.bucket.name:
            self._answer(self.bucket.refusal or 404, b"{}")
        elif len(parts) == 6:
            self._answer(200, json.dumps(self._page(given)).encode())
        else:
            content, _ = self.bucket.objects[parts[6]]
            self._answer(200, content)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def _page(self, given: dict[str, str]) -> dict[str, Any]:
        self.bucket.lists.append(given)
        first, end = given.get("startOffset", ""), given.get("endOffset", "￿")
        names = [
            name
            for name in sorted(self.bucket.objects)
            if name.startswith(given.get("prefix", "")) and first <= name < end and name > given.get("pageToken", "")
        ]
        items = [self._item(name) for name in names[:PAGE]]
        return {"items": items, **({"nextPageToken": names[PAGE - 1]} if len(names) > PAGE else {})}

    def _item(self, name: str) -> dict[str, str]:
        content, made = self.bucket.objects[name]
        return {"name": name, "size": str(len(content)), "timeCreated": made.isoformat().replace("+00:00", "Z")}

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def fake_bucket(name: str = "exports") -> Iterator[FakeBucket]:
    bucket = FakeBucket(name)
    with served(_Handler, bucket=bucket) as port:
        bucket.address = f"http://127.0.0.1:{port}"
        yield bucket
