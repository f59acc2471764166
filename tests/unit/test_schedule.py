"""Slots of a data date by cron, by hours, on the days of a calendar, and over both clock changes."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.platform.registry import Processor, Registry
from bot.domain.platform.schedule import Active, Days, Schedule

NEW_YORK, BERLIN = ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
"""Berlin's clock changes."""
WEEKDAYS = Days(weekdays=("mon", "tue", "wed", "thu", "fri"), holidays=("2026-04-03", "2026-04-06"))


def times(schedule: Schedule, day: date) -> list[str]:
    return [f"{slot.astimezone(schedule.zone):%d %H:%M}" for slot in schedule.slots(day)]


def cron(*expressions: str, **other: object) -> Schedule:
    return Schedule(BERLIN, crons=expressions, **other)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expression", "day", "expected"),
    [
        ("30 17,18 * * 1-5", date(2026, 3, 27), ["27 17:30", "27 18:30"]),
        ("30 17,18 * * 1-5", date(2026, 3, 28), []),
        ("0 6 1 * *", date(2026, 3, 1), ["01 06:00"]),
        ("0 6 L * *", date(2026, 2, 28), ["28 06:00"]),
        ("0 6 * * SUN", date(2026, 3, 1), ["01 06:00"]),
        ("0 6 * * 7", date(2026, 3, 1), ["01 06:00"]),
        ("0 6 13 * FRI", date(2026, 3, 6), ["06 06:00"]),
        ("0 6 29 2 *", date(2028, 2, 29), ["29 06:00"]),
        ("@daily", date(2026, 3, 2), ["02 00:00"]),
    ],
)
def test_a_cron_expression_fires_on_its_days(expression: str, day: date, expected: list[str]) -> None:
    assert times(cron(expression), day) == expected


def test_several_expressions_and_hours_are_one_schedule() -> None:
    schedule = Schedule(BERLIN, hours=(26.0,), crons=("0 6 * * *", "0 12 * * 1", "0 6 * * 1"))
    assert times(schedule, date(2026, 3, 2)) == ["02 06:00", "02 12:00", "03 02:00"]
    assert schedule.most_a_day == 4


def test_a_nightly_job_may_be_about_the_day_before() -> None:
    nightly = cron("0 2 * * 2-6", lag_days=1, days=WEEKDAYS)
    assert times(nightly, date(2026, 3, 27)) == ["28 02:00"], "the data of Friday, on Saturday"
    assert not nightly.slots(date(2026, 3, 28)), "its run of Sunday does not fire, and Saturday is a day off"
    assert nightly.last_chance(date(2026, 3, 27)) == datetime(2026, 3, 28, 1, tzinfo=UTC)
    before = datetime(2026, 3, 30, 23, 30, tzinfo=UTC)
    assert nightly.newest(before) == date(2026, 3, 27), "Monday's slot comes on Tuesday at 02:00"
    assert times(cron("30 2 * * *", lag_days=1), SPRING - timedelta(days=1)) == ["29 03:00"]


def test_several_hours_of_the_day_after_are_one_data_date() -> None:
    assert times(cron("0 2,14 * * *", lag_days=2), date(2026, 3, 2)) == ["04 02:00", "04 14:00"]


def test_a_dense_job_runs_through_the_clock_changes_as_cron_does() -> None:
    quarter_hourly = cron("*/15 * * * *")
    assert len(quarter_hourly.slots(SPRING)) == 23 * 4
    assert len(quarter_hourly.slots(AUTUMN)) == 25 * 4
    assert {later - earlier for earlier, later in pairwise(quarter_hourly.slots(AUTUMN))} == {timedelta(minutes=15)}


def test_a_nightly_job_runs_once_where_an_hour_comes_twice_and_where_it_does_not_come() -> None:
    nightly = cron("30 2 * * *")
    assert nightly.slots(AUTUMN) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC),)
    assert nightly.slots(SPRING) == (datetime(2026, 3, 29, 1, tzinfo=UTC),)
    assert nightly.last_chance(SPRING) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "by the clock before the change"


def test_the_last_of_many_slots_may_be_in_the_second_reading() -> None:
    assert cron("*/30 0-2 * * *").most_a_day == 6
    half_hourly = cron("*/30 * * * *")
    assert half_hourly.last_chance(AUTUMN) == datetime(2026, 10, 25, 22, 30, tzinfo=UTC)


def test_nothing_is_due_on_a_day_off_nor_out_of_service() -> None:
    schedule = Schedule(BERLIN, (32.0,), days=WEEKDAYS, active=Active(**{"from": "2026-03-05", "until": "2026-04-30"}))
    assert times(schedule, date(2026, 3, 27)) == ["28 08:00"], "the data of Friday, on Saturday"
    assert not schedule.slots(date(2026, 3, 28))
    assert not schedule.slots(date(2026, 4, 3)), "a holiday"
    assert not schedule.slots(date(2026, 3, 4))
    assert not schedule.slots(date(2026, 5, 1))
    assert schedule.last_chance(date(2026, 4, 3)) is None


def test_the_last_working_day_of_the_month() -> None:
    closing = Days(weekdays=("mon", "tue", "wed", "thu", "fri"), month_days=(-1,))
    month = [date(2026, 2, 1) + timedelta(days=offset) for offset in range(59)]
    assert [day for day in month if closing.include(day)] == [date(2026, 2, 27), date(2026, 3, 31)]
    assert [day for day in month if Days(month_days=(1, 15)).include(day)] == [
        date(2026, 2, 1),
        date(2026, 2, 15),
        date(2026, 3, 1),
        date(2026, 3, 15),
    ]


def test_the_last_of_hours_may_be_read_by_the_clock_before_the_change() -> None:
    schedule = Schedule(NEW_YORK, (6.0, 10.0, 26.5))
    assert schedule.last_chance(date(2026, 3, 7)) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    assert Schedule(NEW_YORK).last_chance(date(2026, 3, 7)) is None


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("0 0 30 2 *", "'0 0 30 2 \\*' never fires: no date has that day and month"),
        ("0 0 31 2,apr *", "never fires"),
        ("0 0 32 2 *", "Bad day-of-month"),
        ("* * *", "has 3 fields"),
        ("0 0 * * * *", "has 6 fields"),
        ("61 * * * *", "Bad minute"),
        ("daily", "has 1 fields"),
        (["0 6 * * *", 7], "is no cron expression"),
    ],
)
def test_an_expression_that_makes_no_sense_or_never_fires_is_refused(expression: object, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Processor.model_validate({"name": "A", "schedule": expression})


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"schedule": "0 2 * * *", "data_lag_days": 3}, "less than or equal to 2"),
        ({"schedule": "0 2 * * *", "data_lag_days": -1}, "greater than or equal to 0"),
        ({"schedule": "0 2 * * *", "data_lag_days": True}, "true is not a number"),
        (
            {"schedule_hours_et": [2], "data_lag_days": 1},
            "no schedule that it could be about",
        ),
    ],
)
def test_a_lag_that_makes_no_sense_is_refused(fields: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Processor.model_validate({"name": "A", **fields})


def test_a_processor_has_its_own_zone_or_the_registrys() -> None:
    own = {"name": "A", "schedule": "0 6 * * *", "timezone": "Asia/Kolkata"}
    registry = Registry.model_validate(
        {
            "timezone": "Europe/Berlin",
            "calendars": {"business": {"weekdays": ["Monday", "tue"]}},
            "processors": [own, {"name": "B", "schedule": ["0 6 * * *"], "calendar": "business"}],
        }
    )
    again = Registry.model_validate_json(registry.model_dump_json(by_alias=True))
    for each in (registry, again):
        assert each.schedules["A"].slots(date(2026, 3, 3)) == (datetime(2026, 3, 3, 0, 30, tzinfo=UTC),)
        assert each.schedules["B"].slots(date(2026, 3, 3)) == (datetime(2026, 3, 3, 5, tzinfo=UTC),)
        assert each.schedules["B"].slots(date(2026, 3, 4)) == ()


ZONES = st.sampled_from([ZoneInfo(name) for name in ("Europe/Berlin", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu")])


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), ZONES)
def test_days_follow_each_other_without_a_gap_or_an_overlap(day: date, zone: ZoneInfo) -> None:
    schedule = Schedule(zone, crons=("*/10 * * * *",))
    both = [*schedule.slots(day), *schedule.slots(day + timedelta(days=1))]
    assert {later - earlier for earlier, later in pairwise(both)} == {timedelta(minutes=10)}


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(0, 23), ZONES)
def test_the_newest_date_has_begun(day: date, hour: int, zone: ZoneInfo) -> None:
    schedule = Schedule(zone, crons=("0 6 * * 1",))
    now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    newest = schedule.newest(now)
    assert newest is not None
    assert schedule.slots(newest)[0] <= now < schedule.slots(newest + timedelta(days=7))[0]


@pytest.mark.parametrize(
    ("said", "minutes"), [("45m", 45), ("2h", 120), ("1h30m", 90), (10, 10), ("PT1H", 60), (None, None)]
)
def test_a_grace_is_read_and_moves_what_is_missing_and_judged(said: object, minutes: int | None) -> None:
    grace = Processor.model_validate({"name": "job", "grace": said}).grace
    assert grace == (None if minutes is None else timedelta(minutes=minutes))
    usual, stated = (Schedule(BERLIN, (26.0,), grace=each) for each in (None, grace))
    assert stated.missing_after == (grace or timedelta(minutes=45))
    day = date(2026, 3, 7)
    assert stated.last_chance(day) - usual.last_chance(day) == (grace or timedelta())  # type: ignore[operator]


@pytest.mark.parametrize("said", ["soon", "", "25h", True, "-5m"])
def test_a_grace_that_makes_no_sense_is_refused(said: object) -> None:
    with pytest.raises(ValidationError, match="grace"):
        Processor.model_validate({"name": "job", "grace": said})
