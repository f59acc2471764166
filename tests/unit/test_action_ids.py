"""Values of buttons: they come back as the request they were made of; forged ones are refused."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadInput
from bot.domain.health.model import HealthRequest
from bot.domain.impact.report import ImpactRequest
from bot.domain.incidents.feedback import Word
from bot.domain.platform.registry import Processor
from bot.domain.verdicts.validation import ValidationRequest
from bot.views import action_ids
from bot.views.blocks import OPTION_VALUE, option

DAYS = st.integers(0, 9999)
REQUESTS = st.one_of(
    st.builds(HealthRequest, days=DAYS),
    st.builds(HealthRequest, days=DAYS, phase=st.integers(0, 9999)),
    st.builds(HealthRequest, days=DAYS, processor=st.text(min_size=1, max_size=120)),
)


@given(REQUESTS)
def test_round_trip(request_: HealthRequest) -> None:
    value = action_ids.encode(request_)
    assert action_ids.decode(value) == request_
    assert option("label", value)["value"] == value


def test_the_longest_name_a_registry_takes_fits_an_option() -> None:
    longest = Processor(name="n" * 120, phase=1).name
    assert len(action_ids.encode(HealthRequest(days=9999, processor=longest))) <= OPTION_VALUE


@pytest.mark.parametrize(
    "value",
    [
        "", "7", "7:", "7:all:x", "7:phase", "7:phase:", "7:phase:x", "7:phase:-1", "7:phase:12345", "7:phase:\u0662",
        "7:processor:", "7:other:x", ":all", "x:all", "-7:all", "12345:all", "\u0667:all", "7 :all", "7:ALL", "home",
        "7:phase:2:3", "null", "{}", "7:phase:2 ", "\x00", "7:processor", "7:all\n",
    ],
)  # fmt: skip
def test_forged(value: str) -> None:
    with pytest.raises(BadInput, match="older message"):
        action_ids.decode(value)


@given(st.text())
def test_any_value_is_a_request_or_refused(value: str) -> None:
    try:
        request = action_ids.decode(value)
    except BadInput:
        return
    assert action_ids.decode(action_ids.encode(request)) == request


@given(st.text(min_size=1, max_size=120), st.dates())
def test_round_trip_of_an_impact(name: str, day: date) -> None:
    assert action_ids.decode_impact(action_ids.encode_impact(name, day)) == ImpactRequest(name, day)


@pytest.mark.parametrize(
    "value", ["", ":", "2026-01-15", "2026-01-15:", "2026-13-15:Box", "20260115:Box", "Box", "2026-W03-4:Box", "7:all"]
)
def test_forged_impact(value: str) -> None:
    with pytest.raises(BadInput, match="older message"):
        action_ids.decode_impact(value)


@given(st.none() | st.text(min_size=1, max_size=120), st.none() | st.tuples(st.dates(), st.dates()))
def test_round_trip_of_a_validation(name: str | None, days: tuple[date, date] | None) -> None:
    first, last = days or (None, None)
    for request in (
        ValidationRequest(processor=name, first=first, last=last),
        ValidationRequest(processor=name, newest=92),
    ):
        assert action_ids.decode_validation(action_ids.encode_validation(request)) == request


@pytest.mark.parametrize(
    "value", ["", ":", "..", "Box", "2026-01-15:Box", "2026-13-15..:Box", "x..y:Box", "20260115..:", "7d..2026-01-15:"]
)
def test_forged_validation(value: str) -> None:
    with pytest.raises(BadInput, match="older message"):
        action_ids.decode_validation(value)


@given(st.sampled_from(Word), st.text(min_size=1))
def test_what_is_said_of_an_incident(word: Word, incident: str) -> None:
    assert action_ids.decode_feedback(action_ids.encode_feedback(word, incident)) == (word, incident)


@pytest.mark.parametrize("value", ["", "useful", "useful:", "great:I1", ":I1"])
def test_what_nobody_can_have_said(value: str) -> None:
    with pytest.raises(BadInput, match="older message"):
        action_ids.decode_feedback(value)


def test_names_are_all_different() -> None:
    named = [value for name, value in vars(action_ids).items() if name.isupper() and not name.startswith("_")]
    assert len(named) == len(set(named)) > 10
    assert all(0 < len(name) <= 255 for name in named)


@given(DAYS, st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 2)))  # noqa: DTZ001 (hypothesis wants it)
def test_the_window_of_a_block(days: int, as_of: datetime) -> None:
    block = action_ids.block_of(HealthRequest(days=days, phase=2), as_of)
    assert action_ids.window_of(block) == HealthRequest(days=days)
    assert len(block) <= 255


def test_a_window_of_the_past_goes_with_every_button() -> None:
    past = HealthRequest(days=1, phase=2, as_of=datetime(2026, 12, 1, tzinfo=UTC))
    assert action_ids.decode(action_ids.encode(past)) == past
    block = action_ids.block_of(past, datetime(2026, 12, 1, tzinfo=UTC))
    assert action_ids.window_of(block) == HealthRequest(days=1, as_of=past.as_of)


@pytest.mark.parametrize("block", ["", "7", "d@1", "30d", "30d@", "30d@x", "12345d@1", "-3d@1", "٣d@1", "30d@1 "])
def test_a_block_of_another_release_has_the_usual_window(block: str) -> None:
    assert action_ids.window_of(block) == HealthRequest()
