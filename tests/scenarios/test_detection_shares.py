"""The part of an hourly date that is there: what stops is missed, what is told as failing is not expected."""

from datetime import datetime

from bot.domain.evidence.runs import Category
from bot.domain.findings.finding import FindingKind as Kind
from tests.support.pipeline_days import DAY
from tests.support.pipeline_notified import messages, replayed, the_one
from tests.support.pipeline_troubles import ERROR, Incident


def stop(days: Incident, after: datetime) -> None:
    """Neither runs nor loads from that moment on."""
    days.change("Odds", DAY, lambda run: run if run.started_at < after else None)
    days.loads["Odds", DAY] = [load for load in days.loads["Odds", DAY] if load.known_at < after]


def fail(days: Incident, first: datetime, last: datetime, category: Category = ERROR) -> None:
    """Each slot of the span fails, once, and loads nothing."""
    days.change(
        "Odds",
        DAY,
        lambda run: (
            days.failed("Odds", DAY, run.started_at, recorded=category) if first <= run.started_at < last else run
        ),
    )
    days.loads["Odds", DAY] = [load for load in days.loads["Odds", DAY] if not first <= load.known_at < last]


def kinds(days: Incident) -> set[Kind]:
    return {each.finding.kind for each in replayed(days)}


def test_a_later_half_that_does_not_come_is_a_part() -> None:
    days = Incident()
    stop(days, days.slots("Odds")[8])
    told = the_one(messages(days))
    assert (told.finding.kind, told.finding.root) == (Kind.PARTIAL_COVERAGE, "Odds")
    assert "50 rows of about 100 (50%)" in told.finding.explanation


def test_slots_that_failed_are_failures_first_and_a_loss_until_their_data_is_there() -> None:
    days = Incident()
    slots = days.slots("Odds")
    fail(days, slots[8], slots[-1].replace(minute=59))
    assert the_one(messages(days)).finding.kind is Kind.REPEATED_FAILURE
    assert Kind.PARTIAL_COVERAGE in kinds(days), "an update of the same message"


def test_what_stops_beside_slots_that_failed_is_a_part_still() -> None:
    """Four of sixteen fail, and the last six bring nothing."""
    days = Incident()
    slots = days.slots("Odds")
    fail(days, slots[6], slots[10])
    stop(days, slots[10])
    parts = [each for each in replayed(days) if each.finding.kind is Kind.PARTIAL_COVERAGE]
    assert "38 rows of about 100 (38%)" in parts[0].finding.explanation


def test_slots_that_say_no_data_are_expected_like_the_rest() -> None:
    """A failure that is none of its own is told by nobody: what it leaves out is a part."""
    days = Incident()
    slots = days.slots("Odds")
    fail(days, slots[8], slots[-1].replace(minute=59), Category.NO_DATA_AVAILABLE)
    assert Kind.PARTIAL_COVERAGE in kinds(days)


def test_a_slot_whose_retry_worked_is_expected_like_the_rest() -> None:
    days = Incident()
    days.stumbles("Odds", 1, slot=3)
    days.stumbles("Odds", 1, slot=6)
    stop(days, days.slots("Odds")[13])
    assert Kind.PARTIAL_COVERAGE in kinds(days)
