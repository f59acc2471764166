"""One sorter: the same answer means the same to the listeners' client and to the incident channel's."""

from typing import Any
from urllib.error import URLError

import pytest
from aiohttp import ClientConnectionError, ServerDisconnectedError
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackRequestError

from bot.domain.delivery import Kind
from bot.slack.outcomes import LONGEST_WAIT_S, NOT_SLACK, of_answer, of_failure

PAGE = {"ok": False, "error": "Received a response in a non-JSON format: <html>..."}


def no(code: str) -> dict[str, Any]:
    return {"ok": False, "error": code}


ANSWERS: dict[str, tuple[int, object, Kind, str, bool]] = {
    "done": (200, {"ok": True}, Kind.YES, "ok", False),
    "refused": (200, no("not_in_channel"), Kind.NO, "not_in_channel", True),
    "a code nobody knows": (200, no("brand_new_code"), Kind.NO, "brand_new_code", True),
    "an edit in an archived channel": (200, no("is_inactive"), Kind.NO, "is_archived", True),
    "a limit": (429, no("ratelimited"), Kind.NO, "ratelimited", False),
    "a limit as a page": (429, PAGE, Kind.NO, "HTTP status 429", False),
    "moving": (200, no("team_added_to_org"), Kind.NO, "team_added_to_org", False),
    "no such page": (404, PAGE, Kind.NO, "HTTP status 404", True),
    "moved elsewhere": (302, None, Kind.NO, "HTTP status 302", True),
    "not implemented": (501, no("unknown_method"), Kind.NO, "unknown_method", True),
    "Slack's own error": (200, no("internal_error"), Kind.AMBIGUOUS, "internal_error", False),
    "down": (502, PAGE, Kind.AMBIGUOUS, "HTTP status 502", False),
    "an empty answer": (200, {}, Kind.AMBIGUOUS, NOT_SLACK, True),
    "a list": (200, ["ok"], Kind.AMBIGUOUS, NOT_SLACK, True),
    "a page": (200, PAGE, Kind.AMBIGUOUS, NOT_SLACK, True),
}


@pytest.mark.parametrize(("status", "data", "kind", "code", "permanent"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_a_yes_a_no_or_unclear(status: int, data: object, kind: Kind, code: str, permanent: bool) -> None:
    outcome = of_answer(status, data, {})
    assert (outcome.kind, outcome.code, outcome.permanent) == (kind, code, permanent)


FAILURES: dict[str, tuple[Exception, Kind]] = {
    "never sent": (SlackRequestError("no such argument"), Kind.NO),
    "nobody listens": (URLError(ConnectionRefusedError(111, "refused")), Kind.NO),
    "too late": (TimeoutError(), Kind.AMBIGUOUS),
    "too late, wrapped": (URLError(TimeoutError()), Kind.AMBIGUOUS),
    "cut off": (ServerDisconnectedError(), Kind.AMBIGUOUS),
    "cut off, wrapped": (URLError(ConnectionResetError()), Kind.AMBIGUOUS),
    "broken": (ClientConnectionError(), Kind.AMBIGUOUS),
    "the SDK could not read it": (AttributeError("'list' object has no attribute 'get'"), Kind.AMBIGUOUS),
}


@pytest.mark.parametrize(("error", "kind"), FAILURES.values(), ids=FAILURES)
def test_a_failure_before_the_connection_is_a_no_and_after_it_unclear(error: Exception, kind: Kind) -> None:
    assert of_failure(error).kind is kind


@pytest.mark.parametrize("name", ["Retry-After", "retry-after"])
@pytest.mark.parametrize(("said", "wait"), [("7", 7.0), (["600"], 600.0), ("9" * 9, float(LONGEST_WAIT_S)), ("0", 0.0)])
def test_the_wait_that_slack_names(name: str, said: object, wait: float) -> None:
    assert of_answer(429, no("ratelimited"), {name: said}).retry_after == wait


@pytest.mark.parametrize("said", ["", "soon", "-5", "1e9", "\u0667", "9" * 10, [], "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_a_wait_that_is_no_number_of_seconds_is_none(said: object) -> None:
    assert of_answer(429, no("ratelimited"), {"Retry-After": said}).retry_after is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.sampled_from(["ok", "error", "ratelimited"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["ok", "error", "x"]), inner, max_size=3)
    ),
)


@given(status=st.integers(100, 599), data=JSON, wait=st.none() | st.text(max_size=12))
def test_any_answer_at_all_is_sorted_and_only_ok_is_a_yes(status: int, data: Any, wait: str | None) -> None:
    outcome = of_answer(status, data, {} if wait is None else {"Retry-After": wait})
    accepted = status == 200 and isinstance(data, dict) and data.get("ok") is True
    assert (outcome.kind is Kind.YES) == accepted
    assert outcome.code
    assert not (outcome.busy and outcome.permanent)
