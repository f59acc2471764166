"""Buckets of Google Cloud Storage, by its JSON API: https://cloud.google.com/storage/docs/json_api/v1/objects/list.

gcsfs would bring gRPC and a second client, and cannot ask for a span of names: here the dates of a pattern are one list
request, which is what Google bills.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bot.adapters.sources.places import DATE, Entry, expression, fixed_part
from bot.domain.sources import SourceFailed

if TYPE_CHECKING:
    from requests import Response, Session

SCOPE = "https://www.googleapis.com/auth/devstorage.read_only"
ADDRESS = "https://storage.googleapis.com"
TIMEOUT_S = (10.0, 60.0)
"""To connect, and between two pieces of an answer."""
TRIES = 3
PASSING = (429, 500, 502, 503, 504)
LOGIN = "Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS to a key file."


class GoogleBuckets:
    """`STORAGE_EMULATOR_HOST` names another address, which is used without credentials."""

    def __init__(self) -> None:
        self._session: Session | None = None
        self._emulator = os.environ.get("STORAGE_EMULATOR_HOST", "").rstrip("/")

    def matching(self, pattern: str) -> Iterator[Entry]:
        wanted = expression(pattern)
        return (entry for entry in self._listed(fixed_part(pattern)) if wanted.fullmatch(entry.path))

    def of_dates(self, pattern: str, dates: Sequence[date]) -> Iterator[tuple[date, Entry]]:
        """Names are listed in order, so that those of a few dates are a span of them."""
        wanted, before = expression(pattern), pattern.partition(DATE)[0]
        spanned = fixed_part(before) == before or before.count("*") + before.count("?") + before.count("[") == 0
        first, end = (f"{before}{min(dates)}", f"{before}{max(dates) + timedelta(days=1)}") if spanned else ("", "")
        for entry in self._listed(before if spanned else fixed_part(pattern), first, end):
            found = wanted.fullmatch(entry.path)
            day = _date(found[1]) if found else None
            if day in dates:
                assert day is not None
                yield day, entry

    def fetch(self, path: str, to: Path) -> None:
        bucket, _, name = path.removeprefix("gs://").partition("/")
        answer = self._asked(bucket, f"/o/{quote(name, safe='')}", {"alt": "media"}, stream=True)
        with answer, to.open("wb") as target, _answering(bucket):
            for piece in answer.iter_content(1 << 20):
                target.write(piece)

    def _listed(self, prefix: str, first: str = "", end: str = "") -> Iterator[Entry]:
        """`prefix`, `first` and `end` with scheme and bucket."""
        bucket, _, start = prefix.removeprefix("gs://").partition("/")
        given = {"prefix": start, "fields": "items(name,size,timeCreated),nextPageToken", "maxResults": "1000"}
        if first:
            given |= {"startOffset": _name(first), "endOffset": _name(end)}
        while True:
            page = _page(bucket, self._asked(bucket, "/o", given))
            for each in page.get("items", ()):
                written = datetime.fromisoformat(each["timeCreated"])
                yield Entry(f"gs://{bucket}/{each['name']}", int(each["size"]), written)
            if not page.get("nextPageToken"):
                return
            given = {**given, "pageToken": page["nextPageToken"]}

    def _asked(self, bucket: str, path: str, given: dict[str, str], *, stream: bool = False) -> "Response":
        from google.auth.exceptions import GoogleAuthError

        address = f"{self._emulator or ADDRESS}/storage/v1/b/{quote(bucket, safe='')}{path}"
        try:
            with _answering(bucket):
                answer = self._opened().get(address, params=given, timeout=TIMEOUT_S, stream=stream)
        except GoogleAuthError as error:
            raise SourceFailed(f"gs://{bucket}: Google Cloud gives no identity: {error}".rstrip("."), LOGIN) from error
        if answer.status_code >= 400:
            self._session = None  # credentials may be renewed before the next read
            raise _refused(bucket, answer)
        return answer

    def _opened(self) -> "Session":
        import google.auth
        import requests
        from google.auth.transport.requests import AuthorizedSession
        from requests.adapters import HTTPAdapter
        from urllib3.util import Retry

        if self._session is None:
            if self._emulator:
                self._session = requests.Session()
            else:
                credentials, _ = google.auth.default(scopes=[SCOPE])
                self._session = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]
            again = Retry(total=TRIES, status_forcelist=PASSING, backoff_factor=0.5, raise_on_status=False)
            self._session.mount("https://", HTTPAdapter(max_retries=again))
        return self._session


@contextmanager
def _answering(bucket: str) -> Iterator[None]:
    """Raises SourceFailed where it stands still, also in the middle of an answer."""
    from requests.exceptions import RequestException

    try:
        yield
    except RequestException as error:
        late = "timed out" in str(error)
        why = f" within {TIMEOUT_S[1]:g} s" if late else f": {type(error).__name__}"
        raise SourceFailed(f"gs://{bucket} does not answer{why}", "Check the network. It is tried again.") from error


def _page(bucket: str, answer: "Response") -> dict[str, Any]:
    """Raises SourceFailed for what is no answer of Google's, such as the page at which a proxy asks for a login."""
    from requests.exceptions import JSONDecodeError

    try:
        page: dict[str, Any] = answer.json()
    except JSONDecodeError as error:
        kind = answer.headers.get("Content-Type", "no type")
        reason = f"gs://{bucket}: what answers is not Google Cloud Storage: {kind}, no JSON"
        raise SourceFailed(reason, "Is a proxy between? Check HTTPS_PROXY and the network.") from error
    return page


def _refused(bucket: str, answer: "Response") -> SourceFailed:
    code = answer.status_code
    if code == 401:
        return SourceFailed(f"gs://{bucket}: Google Cloud refuses the credentials", LOGIN)
    if code == 403:
        role = "--member=user:WHO@EXAMPLE.COM --role=roles/storage.objectViewer"
        grant = f"Run `gcloud storage buckets add-iam-policy-binding gs://{bucket} {role}`."
        return SourceFailed(f"gs://{bucket} may not be listed or read", grant)
    if code == 404:
        return SourceFailed(
            f"gs://{bucket}: there is no such bucket or file", "`gcloud storage ls` lists what is there."
        )
    return SourceFailed(f"gs://{bucket} answers {code}", "It is tried again.")


def _name(path: str) -> str:
    return path.removeprefix("gs://").partition("/")[2]


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
