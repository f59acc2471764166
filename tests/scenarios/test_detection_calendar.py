"""Dates on which less happens, or at other hours: clock changes, windows, days without games."""

from datetime import date, timedelta

import pytest

from bot.domain.evidence.runs import Category
from bot.domain.findings.finding import FindingKind as Kind
from tests.support.pipeline_days import DAY, PipelineDays
from tests.support.pipeline_notified import messages, the_one
from tests.support.pipeline_troubles import Incident

SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)


@pytest.mark.parametrize("night", [SPRING - timedelta(days=1), SPRING, AUTUMN - timedelta(days=1), AUTUMN])
def test_a_healthy_night_of_a_clock_change(night: date) -> None:
    assert messages(Incident(night)) == []


def test_a_scheduler_that_keeps_the_clock_before_the_change() -> None:
    """Local times that do not exist in the night of 8 March are read by the clock before: an hour later."""
    days = Incident(SPRING - timedelta(days=1))
    days.is_late("Summary", 0.7)
    days.is_late("Features", 0.7)
    assert messages(days) == []


@pytest.mark.parametrize("night", [SPRING - timedelta(days=1), AUTUMN - timedelta(days=1)])
def test_a_loss_in_the_night_of_a_clock_change_is_reported(night: date) -> None:
    days = Incident(night)
    days.finds_nothing("BoxScores")
    told = the_one(messages(days))
    assert (told.finding.kind, told.finding.data_date) == (Kind.ZERO_RECORDS_PROCESSOR, night)


def test_an_upstream_not_ready_at_two_slots_that_the_clock_change_makes_one() -> None:
    """02:00 and 03:00 ET of 8 March are the same instant: Features runs before Summary is done, and heals."""
    days = Incident(SPRING - timedelta(days=1))
    runs = days.runs["Features", days.day]
    early = days.failed("Features", days.day, days.slots("Features")[0], seconds=5, recorded=Category.UPSTREAM_FAILURE)
    by = days.slots("Features")[1] - runs[0].started_at + timedelta(minutes=1)
    days.is_late("Features", by / timedelta(hours=1))
    days.runs["Features", days.day] = [early, days.runs["Features", days.day][0]]
    assert messages(days) == []


def test_failures_within_an_announced_window() -> None:
    days = Incident()
    days.fails("PlayByPlay")
    first = days.slots("PlayByPlay")[1] - timedelta(hours=1)
    days.announced(["PlayByPlay"], first, 60)
    assert messages(days) == []


def test_failures_after_an_announced_window_are_reported() -> None:
    days = Incident()
    days.fails("PlayByPlay")
    days.announced(["PlayByPlay"], days.slots("PlayByPlay")[0] - timedelta(hours=4), 3)
    assert the_one(messages(days)).finding.kind is Kind.REPEATED_FAILURE


def test_a_window_of_another_processor_hides_nothing() -> None:
    days = Incident()
    days.fails("PlayByPlay")
    days.announced(["BoxScores"], days.slots("PlayByPlay")[0], 24)
    assert the_one(messages(days)).finding.root == "PlayByPlay"


def test_a_backfill_that_fails_often_and_slowly() -> None:
    days = Incident()
    start = days.slots("Standings")[1]
    days.announced(["BoxScores"], start, 3, kind="backfill")
    for n in range(60):
        old = DAY - timedelta(days=100 + n)
        begun = start + timedelta(minutes=2 * n)
        run = days.failed("BoxScores", old, begun, seconds=400, recorded=Category.TIMEOUT if n % 3 else None)
        days.runs["BoxScores", old] = [run._replace(trigger="backfill")]
    assert messages(days) == []


def test_days_without_games() -> None:
    """Nothing is due but of the daily processor, and the scheduled runs find nothing, in failures."""
    days = Incident(off=[DAY + timedelta(days=n) for n in range(-1, 3)])
    assert messages(days) == []


def test_a_daily_processor_is_due_on_a_day_without_games() -> None:
    days = Incident(off=[DAY])
    days.finds_nothing("Standings")
    told = the_one(messages(days))
    assert (told.finding.kind, told.finding.root) == (Kind.ZERO_RECORDS_PROCESSOR, "Standings")


def test_an_off_season_in_summer() -> None:
    """Weeks without a game: their dates are no baseline, and no finding."""
    summer = date(2026, 7, 20)
    assert messages(Incident(summer, off=[summer + timedelta(days=n) for n in range(-15, 3)], before=24)) == []


@pytest.mark.parametrize("category", [None, Category.NO_DATA_AVAILABLE])
def test_a_sporadic_processor_that_brings_nothing(category: Category | None) -> None:
    days = Incident()
    days.finds_nothing("Roster", masked=True)
    runs = days.runs["Roster", DAY]
    days.runs["Roster", DAY] = [run._replace(recorded=category) for run in runs]
    assert messages(days) == []


def test_a_processor_without_slots_is_never_missing() -> None:
    days = PipelineDays()
    days.amend("Shots", schedule_hours_et=())
    days.runs["Shots", DAY], days.loads["Shots", DAY] = [], []
    assert messages(days) == []
