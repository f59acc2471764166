"""What a date has lost stays told after its failures are over, and is P0 a day after it could be judged."""

from datetime import datetime, timedelta

import pytest

from bot.domain.evidence.observation import TableLoad
from bot.domain.findings.finding import FindingKind as Kind
from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Decision, Outcome
from tests.support.pipeline_days import DAY
from tests.support.pipeline_notified import replayed
from tests.support.pipeline_troubles import Incident

A_DAY_OLD = timedelta(hours=24, minutes=20)
"""After the last slot: the grace period, and a day."""
A_TICK = timedelta(minutes=10)


def spoken(days: Incident) -> list[Decision]:
    found = [each for each in replayed(days, ahead=1) if each.outcome is not Outcome.JOIN]
    return [each for each in found if each.finding.root in ("Injuries", "Coordinator", "PlayByPlay")]


def p0_at(told: list[Decision]) -> datetime:
    return next(each.at for each in told if each.severity is Severity.P0)


def repaired_after(days: Incident, age: timedelta) -> datetime:
    """A backfill fills the date when it is so old; returns when that is known."""
    repair = days.run("Injuries", DAY, days.slots("Injuries")[-1] + age, seconds=90, records=100)
    days.runs["Injuries", DAY].append(repair._replace(trigger="backfill"))
    days.loads["Injuries", DAY].append(TableLoad("data.injuries", DAY, 100, repair.known_at))
    return repair.known_at


def test_a_loss_stays_open_when_the_processor_works_again() -> None:
    """Three slots fail for one date; the next day's first run with data ends the failures, not the loss."""
    days = Incident()
    days.fails("Injuries")
    told = spoken(days)
    assert [(each.finding.kind, each.severity) for each in told] == [
        (Kind.REPEATED_FAILURE, Severity.P1),
        (Kind.ZERO_RECORDS_PROCESSOR, Severity.P1),
        (Kind.ZERO_RECORDS_PROCESSOR, Severity.P0),
    ]
    assert [each.outcome for each in told] == [Outcome.ANNOUNCE, Outcome.UPDATE, Outcome.UPDATE]
    assert len({each.incident for each in told}) == 1
    works_again = days.slots("Injuries", DAY + timedelta(days=1))[1]
    assert works_again < told[1].at <= works_again + A_TICK
    assert timedelta(0) < p0_at(told) - days.slots("Injuries")[-1] - A_DAY_OLD <= A_TICK


def test_a_loss_is_over_when_a_backfill_fills_it() -> None:
    """Hours after it became P0."""
    days = Incident()
    days.fails("Injuries")
    repaired_at = repaired_after(days, timedelta(hours=30))
    last = spoken(days)[-1]
    assert (last.outcome, last.severity) == (Outcome.RESOLVE, Severity.P0)
    assert timedelta(0) < last.at - repaired_at <= 3 * A_TICK


def test_a_loss_is_looked_after_for_weeks() -> None:
    days = Incident()
    days.finds_nothing("Injuries")
    repaired_at = repaired_after(days, timedelta(days=20))
    told = [each for each in replayed(days, ahead=20) if each.finding.root == "Injuries"]
    assert [each.outcome for each in told] == [Outcome.ANNOUNCE, Outcome.UPDATE, Outcome.EDIT, Outcome.RESOLVE]
    assert timedelta(0) < told[-1].at - repaired_at <= 3 * A_TICK


def test_what_nobody_repairs_in_four_weeks_is_a_verdict_afterwards() -> None:
    days = Incident()
    days.finds_nothing("Injuries")
    last = [each for each in replayed(days, ahead=28, step=timedelta(hours=1)) if each.finding.root == "Injuries"][-1]
    assert last.outcome is Outcome.RESOLVE
    assert (last.at.date() - DAY).days == 29


def test_failures_of_weeks_ago_are_over_and_their_loss_is_not() -> None:
    days = Incident()
    days.fails("Injuries")
    told = [each for each in replayed(days, ahead=12, step=timedelta(hours=1)) if each.finding.root == "Injuries"]
    assert told[-1].outcome is Outcome.UPDATE
    assert told[-1].finding.kind is Kind.ZERO_RECORDS_PROCESSOR


def test_a_date_that_was_filled_is_over_with_its_failures() -> None:
    days = Incident()
    days.stumbles("Injuries", 3)
    assert [each.outcome for each in spoken(days)] == [Outcome.ANNOUNCE, Outcome.EDIT, Outcome.RESOLVE]


@pytest.mark.parametrize("name", ["Injuries", "Coordinator"])
def test_an_empty_date_is_p0_a_day_after_it_could_be_judged(name: str) -> None:
    """HIGH and CRITICAL: not a day after its first slot, and not a day after its last."""
    days = Incident()
    days.finds_nothing(name)
    told = spoken(days)
    assert {each.finding.kind for each in told} == {Kind.ZERO_RECORDS_PROCESSOR}
    assert told[0].severity is Severity.P1
    assert timedelta(0) < p0_at(told) - days.slots(name)[-1] - A_DAY_OLD <= A_TICK


@pytest.mark.parametrize("trouble", ["does_not_run", "skips", "fails"])
def test_what_is_reported_early_is_no_older_for_that(trouble: str) -> None:
    """A missing run after 45 minutes, a block at its first skip, failures that go on the next day."""
    days = Incident()
    getattr(days, trouble)("Injuries")
    if trouble == "fails":
        days.fails("Injuries", day=DAY + timedelta(days=1))
    told = [each for each in spoken(days) if each.finding.data_date == DAY]
    assert timedelta(0) < p0_at(told) - days.slots("Injuries")[-1] - A_DAY_OLD <= A_TICK


def test_a_part_is_p0_a_day_after_it_could_be_judged() -> None:
    days = Incident()
    days.brings_only("Injuries", 0.5)
    told = spoken(days)
    assert [each.severity for each in told] == [Severity.P1, Severity.P0]
    assert timedelta(0) < p0_at(told) - days.slots("Injuries")[-1] - A_DAY_OLD <= A_TICK


def test_the_loss_of_a_low_processor_never_is() -> None:
    days = Incident()
    days.finds_nothing("PlayByPlay")
    assert {each.severity for each in spoken(days)} == {Severity.P2}
