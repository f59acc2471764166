"""A slot that passes between others is missing, whatever the date has."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.detection import passed_slots
from bot.domain.detection.silence import Silence
from bot.domain.detection.skipped_slots import SkippedSlots
from bot.domain.detection.trouble import Trouble
from bot.domain.findings.finding import FindingKind
from bot.domain.platform.judgement import STANDARD
from bot.domain.platform.schedule import Days, Schedule
from tests.scenarios.test_detection_unregistered import run

HOURLY = Schedule(ZoneInfo("UTC"), crons=("6 * * * *",))
LAST = datetime(2026, 3, 11, 3, 6, 20, tzinfo=UTC)
"""A Wednesday."""


def found_after(minutes: float, schedule: Schedule = HOURLY, ends_at: datetime | None = None) -> bool:
    return passed_slots.detect("Job", schedule, LAST, LAST + timedelta(minutes=minutes), ends_at) is not None


def test_an_hourly_job_is_missed_at_its_next_slot() -> None:
    assert not found_after(119)
    trouble = passed_slots.detect("Job", HOURLY, LAST, LAST + timedelta(hours=5))
    assert trouble is not None
    assert (trouble.kind, trouble.since) == (FindingKind.MISSING_RUN, datetime(2026, 3, 11, 4, 6, tzinfo=UTC))
    assert trouble.evident_at == datetime(2026, 3, 11, 5, 6, tzinfo=UTC)
    assert trouble.explanation == "Job: no run has started since 11 Mar 03:06 UTC; 4 slots have passed since 04:06"


def test_a_dense_job_is_missed_45_minutes_after_its_slot() -> None:
    often = Schedule(ZoneInfo("UTC"), crons=("*/5 * * * *",))
    assert not found_after(47, often)
    assert found_after(50, often)


@pytest.mark.parametrize(
    "schedule",
    [
        Schedule(ZoneInfo("UTC"), (3.0, 4.0, 5.0, 6.0)),
        Schedule(ZoneInfo("UTC"), crons=("0 1-3 * * *", "0 22,23 * * *")),
        Schedule(ZoneInfo("UTC"), crons=("6 * * * *",), days=Days(weekdays=("mon", "tue"))),
    ],
    ids=["few slots are second chances", "the next slot is far", "a day off"],
)
def test_nothing_is_missed(schedule: Schedule) -> None:
    assert not found_after(10 * 60, schedule)


def test_over_midnight_it_goes_on_and_what_is_retired_is_silent() -> None:
    assert found_after(24 * 60)
    assert not found_after(8 * 24 * 60)


def test_where_a_recorded_history_ends_nothing_is_missed() -> None:
    assert not found_after(180, ends_at=datetime(2026, 3, 11, 5, tzinfo=UTC))


def skipped(*without: int, until: int = 240, minutes: float = 0.5) -> Trouble | None:
    """Of an hourly job that has run but in those hours, counted from its first."""
    seen, now = SkippedSlots(HOURLY), LAST
    for hour in range(until):
        now = LAST + timedelta(hours=hour)
        if hour not in without:
            seen.take(run("Job", now, ended_at=now + timedelta(minutes=minutes)), lambda _moment: False)
    return seen.detect("Job", now)


def test_single_slots_that_pass_too_often_are_missing() -> None:
    trouble = skipped(220, 225, 229, 234)
    assert trouble is not None
    assert (trouble.kind, trouble.since) == (FindingKind.MISSING_RUN, LAST.replace(second=0) + timedelta(hours=220))
    said = "4 of its 24 slots of a day passed without a run, one at a time, since 20 Mar 07:06 UTC, the last at 21:06"
    assert trouble.explanation == f"Job: {said}"


@pytest.mark.parametrize(
    ("without", "minutes"),
    [
        ((220, 225, 229), 0.5),
        ((220, 221, 222, 223, 224), 0.5),
        ((190, 220, 225, 229), 0.5),
        (tuple(range(1, 240, 2)), 0.5),
        ((220, 225, 229, 234), 65),
    ],
    ids=["three", "in a row", "over two days", "every other one, always", "the run before went on"],
)
def test_single_slots_that_pass_are_no_news(without: tuple[int, ...], minutes: float) -> None:
    assert skipped(*without, minutes=minutes) is None


def test_a_poller_that_is_silent_is_so_for_the_date_of_its_next_slot() -> None:
    evening = Schedule(ZoneInfo("UTC"), (20.0, 26.0))
    silence = Silence(STANDARD)
    silence.take([run("Job", LAST - timedelta(minutes=10 * n)) for n in range(8 * 144, -1, -1)])
    now = LAST.replace(hour=1) + timedelta(hours=3)
    counts = silence.counts("Job", now)
    assert counts is not None
    told = silence.detect("Job", now, counts, None, lambda moment: passed_slots.next_date(evening, moment))
    assert told is not None
    assert told.data_date == date(2026, 3, 11)
    assert passed_slots.next_date(evening, LAST.replace(hour=1)) == date(2026, 3, 10)
    assert passed_slots.next_date(Schedule(ZoneInfo("UTC")), LAST) is None
