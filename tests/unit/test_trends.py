"""Trends: local days across both clock changes, and the week of failures in local hours."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.health.trends import FailedHour, heat_of, local_days

ET = ZoneInfo("America/New_York")
KOLKATA = ZoneInfo("Asia/Kolkata")
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (made aware)
ZONES = st.sampled_from([ET, ZoneInfo("UTC"), ZoneInfo("Europe/London"), ZoneInfo("Australia/Sydney")])


def hours(now: datetime, zone: ZoneInfo = ET) -> dict[date, float]:
    return {day: (w.until - w.since) / timedelta(hours=1) for day, w in local_days(now, zone)}


def test_the_days_of_a_plain_week() -> None:
    days = local_days(datetime(2026, 1, 20, 17, 30, tzinfo=UTC), ET)
    assert [day for day, _ in days] == [date(2026, 1, n) for n in range(14, 21)]
    first, last = days[0][1], days[-1][1]
    assert (first.since, first.until) == (datetime(2026, 1, 14, 5, tzinfo=UTC), datetime(2026, 1, 15, 5, tzinfo=UTC))
    assert (last.since, last.until) == (datetime(2026, 1, 20, 5, tzinfo=UTC), datetime(2026, 1, 20, 18, tzinfo=UTC))


def test_late_in_the_evening_it_is_tomorrow_in_utc() -> None:
    days = local_days(datetime(2026, 1, 21, 3, 0, tzinfo=UTC), ET)
    assert days[-1][0] == date(2026, 1, 20)


def test_the_clock_goes_forward() -> None:
    assert hours(datetime(2026, 3, 10, 16, tzinfo=UTC))[date(2026, 3, 8)] == 23


def test_the_clock_goes_back() -> None:
    assert hours(datetime(2026, 11, 3, 16, tzinfo=UTC))[date(2026, 11, 1)] == 25


def test_a_zone_of_half_hours_is_cut_at_whole_utc_hours() -> None:
    days = local_days(datetime(2026, 1, 20, 17, 30, tzinfo=UTC), KOLKATA)
    assert days[0][1].since == datetime(2026, 1, 13, 18, tzinfo=UTC)


@given(MOMENTS, ZONES, st.integers(1, 40))
def test_days_follow_each_other_without_a_gap(now: datetime, zone: ZoneInfo, count: int) -> None:
    days = local_days(now, zone, count)
    assert len(days) == count
    assert days[-1][0] == now.astimezone(zone).date()
    assert all(a[1].until == b[1].since and b[0] - a[0] == timedelta(days=1) for a, b in pairwise(days))
    assert all(w.since.astimezone(zone).date() == day for day, w in days)
    assert days[-1][1].since <= now <= days[-1][1].until
    assert all(not w.exact and w.as_of == now for _, w in days)


def test_heat_counts_an_average_week_in_local_hours() -> None:
    monday = datetime(2026, 1, 19, 14, tzinfo=UTC)
    rows = [FailedHour("A", 1, monday, 4), FailedHour("B", 1, monday - timedelta(weeks=1), 2)]
    heat = heat_of([*rows, FailedHour("A", 1, datetime(2026, 1, 20, 3, tzinfo=UTC), 8)], ET)
    assert heat[0][9] == 1.5
    assert heat[0][22] == 2.0
    assert sum(map(sum, heat)) == 3.5


def test_the_same_local_hour_on_both_sides_of_a_clock_change() -> None:
    before, after = datetime(2026, 3, 2, 14, tzinfo=UTC), datetime(2026, 3, 9, 13, tzinfo=UTC)
    heat = heat_of([FailedHour("A", 1, before, 4), FailedHour("A", 1, after, 4)], ET)
    assert heat[0][9] == 2.0


@given(st.lists(st.builds(FailedHour, st.just("A"), st.just(1), MOMENTS, st.integers(0, 10**6))))
def test_heat_loses_nothing(rows: list[FailedHour]) -> None:
    heat = heat_of(rows, ET)
    assert [len(day) for day in heat] == [24] * 7
    assert sum(map(sum, heat)) * 4 == pytest.approx(sum(row.failed for row in rows))
