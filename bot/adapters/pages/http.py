"""One request over HTTP: an answer in time, or an outcome. No second try, no redirect, no address in a text."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from ssl import get_default_verify_paths
from typing import Any

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from bot.attempt import Attempt, within
from bot.domain.delivery import Kind, Outcome, Page
from bot.slack.outcomes import named_wait

LARGEST_ANSWER = 1_048_576
"""Bytes: more is not read. Slack's holds the whole message."""
LATER = frozenset({408, 425, 429})
"""Not now: https://www.rfc-editor.org/rfc/rfc9110#name-408-request-timeout, rfc8470, rfc6585."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def data(self) -> Mapping[str, Any]:
        """The JSON object that it is; empty where it is none."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


class NoAuth(AuthBase):
    """Without it requests takes a user and password from ~/.netrc."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        return request


NO_AUTH = NoAuth()


class _Gate(HTTPAdapter):
    """The attempt begins when a connection is open: TLS and a proxy's tunnel come before, the request after. Each piece
    of that is written in time, or not at all: without its end nobody acts on it.
    """

    def __init__(self, attempt: Attempt) -> None:
        super().__init__()
        self._attempt = attempt

    def get_connection_with_tls_context(self, *arguments: Any, **named: Any) -> Any:
        pool = super().get_connection_with_tls_context(*arguments, **named)
        kind: Any = pool.ConnectionCls
        attempt = self._attempt

        def connect(connection: Any) -> None:
            kind.connect(connection)
            attempt.begin(connection.sock)

        def send(connection: Any, data: Any) -> None:
            attempt.go_on()
            kind.send(connection, data)

        pool.ConnectionCls = type(kind.__name__, (kind,), {"connect": connect, "send": send})
        return pool


def ask(timeout_s: float, method: str, url: str, *, auth: Any = NO_AUTH, **asked: Any) -> Answer | Outcome:
    """The answer, whatever its status. An outcome: there was none; NO if nothing was written, else AMBIGUOUS."""
    logging.getLogger("urllib3").setLevel(logging.INFO)  # at DEBUG it logs paths, which may hold secrets

    def work(attempt: Attempt) -> Answer:
        with Session() as session:
            session.headers["User-Agent"] = "fireline"
            for scheme in ("https://", "http://"):
                session.mount(scheme, _Gate(attempt))
            with session.request(
                method, url, auth=auth, stream=True, allow_redirects=False, timeout=timeout_s, **asked
            ) as response:
                return Answer(response.status_code, response.headers, _read(response))

    return within(timeout_s, work)


def _read(response: Response) -> bytes:
    """An answer may come in pieces."""
    body = b""
    for piece in response.iter_content(LARGEST_ANSWER):
        body += piece
        if len(body) >= LARGEST_ANSWER:
            break
    return body[:LARGEST_ANSWER]


def trusted() -> str | bool:
    """Whom to trust as this machine does, and as the SDKs do; True: by the list of requests, where it has none."""
    paths = get_default_verify_paths()
    return paths.cafile or paths.capath or True


def refusal(answer: Answer) -> Outcome | None:
    """What a status shows that is no success; None: it is one."""
    status, wait = answer.status, named_wait(answer.headers)
    if 200 <= status < 300:
        return None
    if status in LATER or (status == 503 and wait is not None):
        return Outcome(Kind.NO, f"HTTP status {status}", retry_after=wait)
    if status >= 500 and status != 501:
        return Outcome(Kind.AMBIGUOUS, f"HTTP status {status}", retry_after=wait)
    return Outcome(Kind.NO, f"HTTP status {status}", permanent=True)


def not_for(vendor: str, page: Page) -> Outcome:
    """Of an act that the vendor has no form of: nobody would hear of it."""
    return Outcome(Kind.NO, f"{vendor} takes no {page.act.value}", permanent=True)


def no_answer_of(vendor: str) -> Outcome:
    """A success that does not look like one of theirs: a proxy or a sign-in page may have given it."""
    return Outcome(Kind.AMBIGUOUS, f"that is no answer of {vendor}", permanent=True)
