"""What Slack sends, read into requests: the grammar of /health, and payloads of every wrong shape."""

import sys
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadInput
from bot.domain.health.model import HealthRequest
from bot.domain.verdicts.validation import ValidationRequest
from handlers import payloads
from handlers.replies import Place

ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("", HealthRequest()),
        ("   \t ", HealthRequest()),
        ("30d", HealthRequest(days=30)),
        ("1day", HealthRequest(days=1)),
        ("14 phase 2", None),
        ("14days", HealthRequest(days=14)),
        ("30D", HealthRequest(days=30)),
        ("phase 2", HealthRequest(phase=2)),
        ("PHASE 2", HealthRequest(phase=2)),
        ("phase 02", HealthRequest(phase=2)),
        ("phase 2 30d", HealthRequest(phase=2, days=30)),
        ("30d phase 2", HealthRequest(phase=2, days=30)),
        ("phase2", HealthRequest(phase=2)),
        ("Phase2 30d", HealthRequest(phase=2, days=30)),
        ("phase2 3", None),
        ("phase\u0662", HealthRequest(processor="phase\u0662")),
        ("phase 30d 2", HealthRequest(phase=2, days=30)),
        ("NbacBox", HealthRequest(processor="NbacBox")),
        ("NbacBox 30d", HealthRequest(processor="NbacBox", days=30)),
        ("  30d   NbacBox ", HealthRequest(processor="NbacBox", days=30)),
        ("nbac_box-2.v1", HealthRequest(processor="nbac_box-2.v1")),
        ("0d", HealthRequest(days=0)),
        ("9999d", HealthRequest(days=9999)),
        ("12345d", HealthRequest(processor="12345d")),
        ("<@U01ALEX>", HealthRequest(processor="<@U01ALEX>")),
        ("phases", HealthRequest(processor="phases")),
        ("\u0663d", HealthRequest(days=3)),
        ("phase", None),
        ("phase x", None),
        ("phase -1", None),
        ("phase 1 2", None),
        ("phase 12345", None),
        ("phase \u0662", None),
        ("phase 2 Box", None),
        ("Box phase 2", None),
        ("Box Score", None),
        ("7d 30d", None),
        ("7d Box 7d", None),
        ("7 days", None),
        ("x" * 501, None),
    ],
)
def test_grammar(text: str, request_: HealthRequest | None) -> None:
    """None: refused with what to write instead. Windows and phases that do not exist are the service's to refuse."""
    if request_ is not None:
        assert payloads.health({"text": text}) == request_
        return
    with pytest.raises(BadInput, match="Write `/health"):
        payloads.health({"text": text})


@given(st.text() | st.text("phase 0123456789d?x", max_size=12))
def test_any_text_is_a_request_or_bad_input(text: str) -> None:
    try:
        request = payloads.health({"text": text})
    except BadInput:
        return
    assert request.phase is None or request.processor is None
    assert 0 <= request.days <= 9999


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("", ValidationRequest()),
        ("Box", ValidationRequest(processor="Box")),
        ("2026-01-15 Box", ValidationRequest(processor="Box", first=date(2026, 1, 15), last=date(2026, 1, 15))),
        ("2026-01-15..2026-01-17", ValidationRequest(first=date(2026, 1, 15), last=date(2026, 1, 17))),
        ("2026-01-15 .. 2026-01-17", ValidationRequest(first=date(2026, 1, 15), last=date(2026, 1, 17))),
        (
            "Box 2026-01-15.. 2026-01-17",
            ValidationRequest(processor="Box", first=date(2026, 1, 15), last=date(2026, 1, 17)),
        ),
        ("2026-01-15 .. Box", None),
        ("2026-01-15..", None),
        ("..2026-01-15", None),
        ("Box Other", None),
        ("20260115-x", None),
        ("x" * 600, None),
    ],
)
def test_grammar_of_validate(text: str, request_: ValidationRequest | None) -> None:
    if request_ is None:
        with pytest.raises(BadInput):
            payloads.validation({"text": text})
    else:
        assert payloads.validation({"text": text}) == request_


@given(st.text())
def test_any_text_is_a_validation_or_bad_input(text: str) -> None:
    with suppress(BadInput):
        payloads.validation({"text": text})


def test_what_is_said_of_a_long_text_is_not_longer() -> None:
    with pytest.raises(BadInput) as refused:
        payloads.health({"text": "\U000e0001 " * 249})
    assert len(str(refused.value)) < 3_000


@given(ANYTHING)
def test_any_command_is_read(text: Any) -> None:
    assert isinstance(payloads.wants_help({"text": text}), bool)
    if not isinstance(text, str):
        assert payloads.health({"text": text}) == HealthRequest()


@pytest.mark.parametrize("text", ["help", " HELP ", "?", "-h", "--help", "help me", "Help phase 2"])
def test_help_is_asked_for(text: str) -> None:
    assert payloads.wants_help({"text": text})


@pytest.mark.parametrize("text", ["", "helper", "phase help", "Box help", None, 5])
def test_help_is_not_asked_for(text: object) -> None:
    assert not payloads.wants_help({"text": text})


def test_what_was_clicked() -> None:
    assert payloads.clicked({"value": "30:phase:2"}) == HealthRequest(days=30, phase=2)
    chosen = {"selected_option": {"value": "7:processor:Box", "text": {}}, "value": "7:all"}
    assert payloads.clicked(chosen) == HealthRequest(processor="Box")


@given(ANYTHING, ANYTHING)
def test_any_click_is_read_or_refused(value: Any, chosen: Any) -> None:
    for action in ({"value": value}, {"selected_option": chosen}, {"selected_option": {"value": value}}, {}):
        with pytest.raises(BadInput, match="fresh one"):
            payloads.clicked(action)


@given(ANYTHING)
def test_anything_typed_is_text(value: Any) -> None:
    typed = payloads.typed({"value": value})
    assert isinstance(typed, str)
    assert len(typed) <= payloads.MOST_TEXT


PLACES = ("user_id", "user", "channel_id", "channel", "event", "container", "message", "response_url", "view")


@given(st.dictionaries(st.sampled_from(PLACES), ANYTHING))
def test_any_body_has_a_place(body: dict[str, Any]) -> None:
    place = Place.of(body)
    assert isinstance(place.user, str)
    assert place.channel is None or isinstance(place.channel, str)


def test_places() -> None:
    assert Place.of({"user_id": "U1", "channel_id": "C1"}) == Place("U1", "C1")
    container = {"message_ts": "1.1", "is_ephemeral": False}
    body = {"user": {"id": "U1"}, "channel": {"id": "C1"}, "container": container, "message": {"thread_ts": "0.9"}}
    assert Place.of(body) == Place("U1", "C1", "1.1", thread_ts="0.9")
    mention = {"event": {"user": "U1", "channel": "C1", "ts": "1.1"}}
    assert Place.of(mention) == Place("U1", "C1", asked_at="1.1")
    home = {"user": {"id": "U1"}, "container": {"type": "view", "view_id": "V1"}}
    assert Place.of(home) == Place("U1", None)


def test_huge_values_are_read_in_time() -> None:
    huge = "d" * 10_000_000
    with pytest.raises(BadInput, match="10000000 characters"):
        payloads.health({"text": huge})
    assert len(payloads.typed({"value": huge})) == payloads.MOST_TEXT
    assert sys.getsizeof(payloads.typed({"value": huge})) < 10_000
