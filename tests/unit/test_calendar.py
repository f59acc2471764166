"""Slots as instants: both clock changes, order, and hours that do not exist."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.platform.calendar import ceil_hour, floor_hour, slot_instant

NEW_YORK = ZoneInfo("America/New_York")
ZONES = [
    ZoneInfo(name) for name in ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu")
]
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
HOURS = st.integers(0, 4 * 72 - 1).map(lambda quarter: quarter / 4)


@pytest.mark.parametrize(
    ("day", "hour", "instant"),
    [
        (date(2026, 3, 8), 2.5, "2026-03-08T07:00"),
        (date(2026, 3, 8), 2.0, "2026-03-08T07:00"),
        (date(2026, 3, 8), 3.0, "2026-03-08T07:00"),
        (date(2026, 3, 8), 1.75, "2026-03-08T06:45"),
        (date(2026, 3, 8), 6.0, "2026-03-08T10:00"),
        (date(2026, 3, 7), 26.5, "2026-03-08T07:00"),
        (date(2026, 3, 7), 25.0, "2026-03-08T06:00"),
        (date(2026, 3, 7), 27.0, "2026-03-08T07:00"),
        (date(2026, 11, 1), 1.5, "2026-11-01T05:30"),
        (date(2026, 11, 1), 1.0, "2026-11-01T05:00"),
        (date(2026, 11, 1), 2.0, "2026-11-01T07:00"),
        (date(2026, 10, 31), 25.5, "2026-11-01T05:30"),
        (date(2026, 1, 15), 0.0, "2026-01-15T05:00"),
        (date(2026, 7, 15), 23.0, "2026-07-16T03:00"),
    ],
)
def test_a_slot_is_the_right_instant(day: date, hour: float, instant: str) -> None:
    assert slot_instant(day, hour, NEW_YORK) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@given(DAYS, HOURS, HOURS, st.sampled_from(ZONES))
def test_a_later_slot_is_never_earlier(day: date, one: float, other: float, zone: ZoneInfo) -> None:
    early, late = sorted((one, other))
    assert slot_instant(day, early, zone) <= slot_instant(day, late, zone)


@given(DAYS, HOURS, st.sampled_from(ZONES))
def test_a_slot_shows_its_wall_clock_or_the_next_that_exists(day: date, hour: float, zone: ZoneInfo) -> None:
    instant = slot_instant(day, hour, zone)
    wall = datetime(day.year, day.month, day.day) + timedelta(hours=hour)  # noqa: DTZ001 (a wall clock has no zone)
    shown = instant.astimezone(zone).replace(tzinfo=None)
    assert timedelta() <= shown - wall <= timedelta(hours=1)
    if shown != wall:
        just_before = (instant - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
        assert just_before < wall, "the clock jumps over the slot exactly there"


@given(DAYS, HOURS, st.sampled_from(ZONES))
def test_a_time_that_occurs_twice_is_the_first(day: date, hour: float, zone: ZoneInfo) -> None:
    instant = slot_instant(day, hour, zone)
    shown = instant.astimezone(zone).replace(tzinfo=None)
    for minutes in (30, 60):
        earlier = (instant - timedelta(minutes=minutes)).astimezone(zone).replace(tzinfo=None)
        assert earlier != shown


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 (hypothesis adds the zone)
def test_whole_hours_enclose_a_moment(moment: datetime) -> None:
    floor, ceil = floor_hour(moment), ceil_hour(moment)
    assert floor <= moment <= ceil
    assert ceil - floor in (timedelta(), timedelta(hours=1))
    assert (floor == moment) == (ceil == moment)
