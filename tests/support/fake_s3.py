"""A bucket of S3 in memory: what a driver asks of it to list, to look for and to copy objects."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from tests.support.local_server import served

PAGE = 2
"""Names a page, so that every test turns pages."""


@dataclass
class FakeS3:
    """`objects`: name -> (content, when it was made). `refusal`: the status that every request is answered with."""

    name: str
    address: str = ""
    objects: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    refusal: int = 0
    expired: str = ""
    """The access key whose time is over."""

    def put(self, name: str, content: bytes, made: datetime) -> None:
        self.objects[name] = (content, made if made.tzinfo else made.replace(tzinfo=UTC))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bucket: FakeS3

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        given = {name: values[0] for name, values in parse_qs(asked.query, keep_blank_values=True).items()}
        name, _, key = unquote(asked.path).lstrip("/").partition("/")
        if self.bucket.expired and f"Credential={self.bucket.expired}/" in self.headers.get("Authorization", ""):
            self._refuse(400, "ExpiredToken")
        elif self.bucket.refusal or name != self.bucket.name:
            self._refuse(self.bucket.refusal or 404, "NoSuchBucket")
        elif not key:
            self._answer(_page(self.bucket, given).encode(), {"Content-Type": "application/xml"})
        elif key not in self.bucket.objects:
            self._refuse(404, "NoSuchKey")
        else:
            content, made = self.bucket.objects[key]
            moment = format_datetime(made.astimezone(UTC), usegmt=True)
            self._answer(content, {"Last-Modified": moment, "ETag": '"1"'})

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def _refuse(self, status: int, code: str) -> None:
        said = "Access Denied" if status == 403 else f"The request failed: {code}"
        code = "AccessDenied" if status == 403 else code
        said = "The provided token has expired." if code == "ExpiredToken" else said
        self._answer(f"<Error><Code>{code}</Code><Message>{said}</Message></Error>".encode(), {}, status)

    def _answer(self, content: bytes, headers: dict[str, str], status: int = 200) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _page(bucket: FakeS3, given: dict[str, str]) -> str:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html"""
    prefix, delimiter = given.get("prefix", ""), given.get("delimiter", "")
    after = given.get("continuation-token", "")
    entries: dict[str, str] = {}
    for name in sorted(bucket.objects):
        if name.startswith(prefix):
            folder, sign, _ = name[len(prefix) :].partition(delimiter) if delimiter else (name, "", "")
            entries.setdefault(f"{prefix}{folder}/" if sign else name, "folder" if sign else "file")
    left = [(name, kind) for name, kind in entries.items() if name > after]
    shown = left[: min(PAGE, int(given.get("max-keys", PAGE)))]
    listed = "".join(_entry(bucket, name, kind) for name, kind in shown)
    more = len(left) > len(shown)
    token = f"<NextContinuationToken>{escape(shown[-1][0])}</NextContinuationToken>" if more else ""
    counted = f"<KeyCount>{len(shown)}</KeyCount><IsTruncated>{str(more).lower()}</IsTruncated>"
    return f"<ListBucketResult><Name>{bucket.name}</Name>{counted}{token}{listed}</ListBucketResult>"


def _entry(bucket: FakeS3, name: str, kind: str) -> str:
    if kind == "folder":
        return f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>"
    content, made = bucket.objects[name]
    moment = made.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    about = f"<LastModified>{moment}</LastModified><Size>{len(content)}</Size><ETag>1</ETag>"
    return f"<Contents><Key>{escape(name)}</Key>{about}<StorageClass>STANDARD</StorageClass></Contents>"


@contextmanager
def fake_s3(name: str = "exports") -> Iterator[FakeS3]:
    bucket = FakeS3(name)
    with served(_Handler, bucket=bucket) as port:
        bucket.address = f"http://127.0.0.1:{port}"
        yield bucket
