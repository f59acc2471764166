"""When a report is due: once on each local date, in every zone and on every night on which clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.adapters.fire_times import CronFires
from bot.domain.reports.policy import Turn, due, last_fire

NEW_YORK = ZoneInfo("America/New_York")
DAY = timedelta(days=1)
NOON = time(12)
BEFORE = datetime(2020, 1, 1, tzinfo=UTC)
FIRES = CronFires(time(7), NEW_YORK)


def test_both_nights_on_which_clocks_change() -> None:
    assert FIRES(date(2026, 3, 8)) == datetime(2026, 3, 8, 11, tzinfo=UTC)
    assert FIRES(date(2026, 11, 1)) == datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata"])
@pytest.mark.parametrize("at", [time(0), time(1, 30), time(2), time(2, 30), time(7)])
def test_once_on_each_date_of_a_year(zone: str, at: time) -> None:
    """Against zoneinfo: the time that the clock shows, or would have shown."""
    known, fires = ZoneInfo(zone), CronFires(at, ZoneInfo(zone))
    for day in (date(2026, 1, 1) + n * DAY for n in range(365)):
        moment = fires(day)
        assert moment == datetime.combine(day, at, known).astimezone(UTC)


def test_a_week_and_a_month() -> None:
    sunday, first_monday = CronFires(time(8), NEW_YORK, day_of_week="sun"), CronFires(time(8), NEW_YORK, day="1st mon")
    days = [date(2026, 1, 1) + n * DAY for n in range(365)]
    assert [day.weekday() for day in days if sunday(day)] == [6] * 52
    assert [(day.month, day.weekday(), day.day <= 7) for day in days if first_monday(day)] == [
        (month, 0, True) for month in range(1, 13)
    ]


@pytest.mark.parametrize(
    ("clock", "turn", "day", "late"),
    [
        ("06:59:59", Turn.SKIP, 14, 23.99),
        ("07:00:00", Turn.POST, 15, 0),
        ("07:01:30", Turn.POST, 15, 0),
        ("07:40:00", Turn.LATE, 15, 40 / 60),
        ("11:59:59", Turn.LATE, 15, 5),
        ("12:00:00", Turn.SKIP, 15, 5),
        ("23:59:59", Turn.SKIP, 15, 17),
    ],
)
def test_it_is_made_up_for_until_noon(clock: str, turn: Turn, day: int, late: float) -> None:
    now = datetime.combine(date(2026, 1, 15), time.fromisoformat(clock), NEW_YORK).astimezone(UTC)
    found = due(last_fire(FIRES, now, NEW_YORK, 2), now, NOON, NEW_YORK, BEFORE)
    assert (found.turn, found.day) == (turn, date(2026, 1, day))
    assert found.late / timedelta(hours=1) == pytest.approx(late, abs=0.01)


def test_what_was_due_before_anything_was_watched_is_not_made_up_for() -> None:
    now = datetime(2026, 1, 15, 15, tzinfo=UTC)
    fired = last_fire(FIRES, now, NEW_YORK, 2)
    assert due(fired, now, NOON, NEW_YORK, None).turn is Turn.NEW
    assert due(fired, now, NOON, NEW_YORK, datetime(2026, 1, 15, 12, 1, tzinfo=UTC)).turn is Turn.NEW
    assert due(fired, now, NOON, NEW_YORK, datetime(2026, 1, 15, 12, tzinfo=UTC)).turn is Turn.LATE
    assert due(None, now, NOON, NEW_YORK, BEFORE).turn is Turn.WAIT
