"""What Slack sends, read into requests: payloads of every wrong shape."""

import sys
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadInput
from bot.domain.health.model import HealthRequest
from handlers import payloads
from handlers.replies import Place

ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(ANYTHING)
def test_any_command_is_read(text: Any) -> None:
    assert isinstance(payloads.wants_help({"text": text}), bool)
    with suppress(BadInput):
        assert isinstance(payloads.text({"text": text}), str)


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
    direct = {"event": {"user": "U1", "channel": "D1", "ts": "1.1", "channel_type": "im"}}
    assert Place.of(direct) == Place("U1", "D1", direct=True)
    home = {"user": {"id": "U1"}, "container": {"type": "view", "view_id": "V1"}}
    assert Place.of(home) == Place("U1", None)


def test_huge_values_are_read_in_time() -> None:
    huge = "d" * 10_000_000
    with pytest.raises(BadInput, match="10,000,000 characters"):
        payloads.text({"text": huge})
    assert len(payloads.typed({"value": huge})) == payloads.MOST_TEXT
    assert sys.getsizeof(payloads.typed({"value": huge})) < 10_000


SAID = {"type": "message", "channel_type": "im", "user": "U1", "text": "health", "ts": "1.1"}
MENTION = {"type": "app_mention", "user": "U1", "text": "<@U0> health", "ts": "1.1"}
LEFT_ALONE = (
    {"user": None},
    {"user": ""},
    {"bot_id": "B1"},
    {"subtype": "message_changed", "hidden": True},
    {"subtype": "message_deleted"},
    {"subtype": "bot_message"},
    {"subtype": "channel_join"},
    {"edited": {"user": "U1", "ts": "1.2"}},
)


@pytest.mark.parametrize("event", [SAID, MENTION])
def test_only_what_a_person_says_is_for_us(event: dict[str, Any]) -> None:
    assert payloads.is_for_us(event)
    assert payloads.is_for_us({**event, "subtype": "thread_broadcast"})
    for change in LEFT_ALONE:
        assert not payloads.is_for_us({**event, **change})


def test_a_message_in_a_channel_is_not_for_us() -> None:
    assert not payloads.is_for_us({**SAID, "channel_type": "channel"})


@given(st.dictionaries(st.sampled_from(["type", "user", "subtype", "channel_type", "bot_id", "edited"]), ANYTHING))
def test_any_event_is_for_us_or_not(event: dict[str, Any]) -> None:
    assert isinstance(payloads.is_for_us(event), bool)
