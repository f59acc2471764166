"""What an answer of Slack means: a definite yes, a definite no, or nobody knows. The one sorter, for every caller."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from socket import gaierror
from ssl import SSLCertVerificationError
from urllib.error import URLError

from aiohttp import ClientConnectorError, ClientError, ConnectionTimeoutError, InvalidURL
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.domain.delivery import Kind

NOT_SLACK = "that is no answer of a Slack Web API: is SLACK_API_URL right?"
BUSY = frozenset({"ratelimited", "rate_limited"})
"""https://docs.slack.dev/apis/web-api/rate-limits"""
UNCLEAR = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""Slack may have done it all the same: https://docs.slack.dev/reference/methods/chat.postMessage#errors"""
SAME = {"is_inactive": "is_archived"}
"""Two words of Slack for one thing: https://docs.slack.dev/reference/methods/chat.update#errors"""
MIGRATING = "team_added_to_org"
"""A no that is over by itself. Every other no stays until a person puts something right."""
LONGEST_WAIT_S = 86_400
_CODE = re.compile(r"[a-z0-9_-]+", re.IGNORECASE)
_SECONDS = re.compile(r"[0-9]{1,9}")
_UNDONE = (ConnectionRefusedError, gaierror, SSLCertVerificationError)
"""Before a connection is open nothing was asked."""
FAILURES = (SlackClientError, ClientError, HTTPException, OSError, AttributeError, TypeError, ValueError)
"""What a call of slack_sdk raises. The last three: it takes for granted that an answer is a JSON object."""


@dataclass(frozen=True)
class Outcome:
    """`code` is Slack's own word, or ours where it gave none. `retry_after` counts seconds; None: Slack named none.
    `permanent`: the same call gets the same answer until a person puts something right.
    """

    kind: Kind
    code: str
    retry_after: float | None = None
    permanent: bool = False
    busy: bool = False


def of_answer(status: int, data: object, headers: Mapping[str, object]) -> Outcome:
    """Of an answer over HTTP: its status, its JSON (anything else where it is none), its headers."""
    wait = named_wait(headers)
    code = _word(data)
    if isinstance(data, dict) and data.get("ok") is True and status == 200:
        return Outcome(Kind.YES, "ok")
    if status == 429 or code in BUSY:
        return Outcome(Kind.NO, code or "HTTP status 429", wait, busy=True)
    if code in UNCLEAR or (status >= 500 and status != 501):
        return Outcome(Kind.AMBIGUOUS, code or f"HTTP status {status}", wait, busy=wait is not None)
    if code is not None:
        return Outcome(Kind.NO, code, wait, permanent=code != MIGRATING)
    if status >= 300:
        return Outcome(Kind.NO, f"HTTP status {status}", wait, permanent=status != 408)
    return Outcome(Kind.AMBIGUOUS, NOT_SLACK, permanent=True)


def of_failure(error: Exception) -> Outcome:
    """Of what a call raised, in either client of slack_sdk."""
    if isinstance(error, SlackApiError):
        response = error.response
        # For a body that is no JSON at all the SDK gives aiohttp's own response.
        status = response.status_code if hasattr(response, "status_code") else response.status
        return of_answer(status, getattr(response, "data", None), response.headers)
    if isinstance(error, SlackClientError):
        return Outcome(Kind.NO, str(error), permanent=True)
    if isinstance(error, InvalidURL):
        return Outcome(Kind.NO, f"not an address: {error}", permanent=True)
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, (ClientConnectorError, ConnectionTimeoutError, *_UNDONE)):
        return Outcome(Kind.NO, f"not reached: {cause}")
    if isinstance(cause, TimeoutError):
        return Outcome(Kind.AMBIGUOUS, "no answer in time")
    if isinstance(error, ClientError | OSError | HTTPException):
        return Outcome(Kind.AMBIGUOUS, "the connection broke")
    return Outcome(Kind.AMBIGUOUS, NOT_SLACK, permanent=True)


def method_of(error: Exception) -> str | None:
    """Slack's name of the call that failed, where it is known: some calls of the SDK are several of Slack."""
    address = getattr(getattr(error, "response", None), "api_url", None)
    return (address.rpartition("/")[2] or None) if isinstance(address, str) else None


def _word(data: object) -> str | None:
    """Slack's own; the SDK puts the whole of a page that is no JSON in its place."""
    code = data.get("error") if isinstance(data, dict) else None
    return SAME.get(code, code) if isinstance(code, str) and _CODE.fullmatch(code) else None


def named_wait(headers: Mapping[str, object]) -> float | None:
    """The seconds of a Retry-After; None: it is not there, or no whole number."""
    for name, value in headers.items():
        if str(name).lower() == "retry-after":
            first = value[0] if isinstance(value, list) and value else value
            said = str(first).strip()
            return float(min(int(said), LONGEST_WAIT_S)) if _SECONDS.fullmatch(said) else None
    return None
