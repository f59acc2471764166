"""A bucket that stands still, at once or in the middle of a file, or that a proxy answers for: one clear line."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event

import pytest

from bot.adapters.sources import google_buckets
from bot.adapters.sources.google_buckets import GoogleBuckets
from bot.domain.sources import SourceFailed
from tests.support.local_server import served


class Still(BaseHTTPRequestHandler):
    """Of a file it sends the beginning; of a list nothing."""

    over: Event

    def do_GET(self) -> None:
        if "alt=media" in self.path:
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"a beginning")
        self.over.wait(30)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def buckets(monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleBuckets]:
    over = Event()
    monkeypatch.setattr(google_buckets, "TIMEOUT_S", (0.2, 0.2))
    with served(Still, over=over) as port:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
        yield GoogleBuckets()
        over.set()


def test_it_is_given_up_after_its_limit(buckets: GoogleBuckets, tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match=r"^gs://raw does not answer within 0\.2 s\. Check the network"):
        list(buckets.matching("gs://raw/box/*.json"))
    with pytest.raises(SourceFailed, match=r"^gs://raw does not answer within 0\.2 s\. Check the network"):
        buckets.fetch("gs://raw/box/a.json", tmp_path / "a.json")


class Login(BaseHTTPRequestHandler):
    """What a proxy shows to whom it does not know."""

    def do_GET(self) -> None:
        page = b"<html>Please log in</html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        pass


def test_the_page_of_a_proxy_is_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(Login) as port:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{port}")
        with pytest.raises(
            SourceFailed, match=r"^gs://raw: .* not Google Cloud Storage: text/html, no JSON\. Is a proxy"
        ):
            list(GoogleBuckets().matching("gs://raw/box/*.json"))
