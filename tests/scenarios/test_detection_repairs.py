"""Rows end a streak, whatever way they come; a run that hangs in front of rows is told, and blocks nothing."""

from datetime import timedelta

import pytest

from bot.domain.evidence.observation import TableLoad
from bot.domain.evidence.runs import Category, Status
from bot.domain.findings.finding import FindingKind as Kind
from bot.domain.incidents.decisions import Outcome
from tests.support.pipeline_days import DAY
from tests.support.pipeline_notified import messages, replayed, the_one
from tests.support.pipeline_troubles import ERROR, RETRY, Incident


def fails_and_is_repaired(days: Incident, trigger: str) -> None:
    """The evening's first slot fails three times; after an hour something brings all of the rows, and nothing more
    runs for the date."""
    early, good, *_ = days.runs["PlayByPlay", DAY]
    starts = [good.started_at + n * (RETRY + timedelta(seconds=90)) for n in range(3)]
    bad = [
        days.failed("PlayByPlay", DAY, start, attempt=attempt, recorded=ERROR)
        for attempt, start in enumerate(starts, start=1)
    ]
    repair = days.run("PlayByPlay", DAY, good.started_at + timedelta(hours=1), seconds=90, records=100)
    days.runs["PlayByPlay", DAY] = [early, *bad, repair._replace(trigger=trigger, attempt=4)]
    days.loads["PlayByPlay", DAY] = [TableLoad("data.playbyplay", DAY, 100, repair.known_at)]


@pytest.mark.parametrize("trigger", ["backfill", "retry"])
def test_a_backfill_or_a_late_retry_that_brings_rows_ends_a_streak(trigger: str) -> None:
    days = Incident()
    fails_and_is_repaired(days, trigger)
    told = replayed(days)
    assert [(each.outcome, each.finding.kind) for each in told] == [
        (Outcome.ANNOUNCE, Kind.REPEATED_FAILURE),
        (Outcome.EDIT, Kind.REPEATED_FAILURE),
        (Outcome.RESOLVE, Kind.REPEATED_FAILURE),
    ]
    repaired = days.loads["PlayByPlay", DAY][0].known_at
    assert timedelta(0) <= told[-1].at - repaired <= timedelta(minutes=20)


def test_a_backfill_that_brings_no_rows_does_not() -> None:
    days = Incident()
    fails_and_is_repaired(days, "backfill")
    days.loads["PlayByPlay", DAY] = []
    assert Outcome.RESOLVE not in {each.outcome for each in replayed(days)}


def test_failures_after_a_repair_are_a_streak_of_their_own() -> None:
    """A backfill has brought the first slot's rows, and then the second slot fails three times."""
    days = Incident()
    early, first, second, _ = days.runs["PlayByPlay", DAY]
    starts = [second.started_at + n * RETRY for n in range(3)]
    bad = [days.failed("PlayByPlay", DAY, start, attempt=n + 1, recorded=ERROR) for n, start in enumerate(starts)]
    days.runs["PlayByPlay", DAY] = [early, first._replace(trigger="backfill"), *bad]
    days.loads["PlayByPlay", DAY] = days.loads["PlayByPlay", DAY][:1]
    assert the_one(messages(days)).finding.kind is Kind.REPEATED_FAILURE


def hangs_at_the_second_slot(days: Incident, name: str) -> None:
    """Six tenths of the rows are there; the next run stops breathing after 150 s and is closed hours later."""
    early, first, good, _ = days.runs[name, DAY]
    closed = good.started_at + timedelta(hours=8)
    hung = good._replace(
        status=Status.FAILED,
        recorded=Category.TIMEOUT,
        records=0,
        heartbeat_at=good.started_at + timedelta(seconds=150),
        ended_at=closed,
        known_at=closed,
    )
    days.runs[name, DAY] = [early, first, hung]
    days.loads[name, DAY] = days.loads[name, DAY][:1]


def test_a_hung_run_on_a_date_that_has_rows_is_reported_and_blocks_nothing() -> None:
    """First why, when no late row of that run is to be expected any more; then that rows lack."""
    days = Incident()
    hangs_at_the_second_slot(days, "Gamebook")
    told = [each for each in replayed(days) if each.finding.root == "Gamebook"]
    assert [each.finding.kind for each in told[:2]] == [Kind.STUCK_RUN, Kind.PARTIAL_COVERAGE]
    assert len({each.incident for each in told}) == 1
    assert told[0].finding.impact == ()
    hung = days.runs["Gamebook", DAY][2]
    assert timedelta(minutes=95) <= told[0].at - hung.started_at <= timedelta(minutes=110)


def test_a_silent_run_after_whose_start_rows_came_has_ended() -> None:
    """Only its row is late: all that it was to bring is there."""
    days = Incident()
    hangs_at_the_second_slot(days, "Gamebook")
    came = days.runs["Gamebook", DAY][2].started_at + timedelta(minutes=10)
    days.loads["Gamebook", DAY].append(TableLoad("data.gamebook", DAY, 100, came))
    assert messages(days) == []


def test_what_a_failing_run_loads_is_no_repair() -> None:
    """Each run writes a part of its rows and is then refused: three in a row are told as that."""
    days = Incident()
    days.fails("PlayByPlay", Category.VALIDATION_FAILED)
    failures = [run for run in days.runs["PlayByPlay", DAY] if run.status is Status.FAILED]
    days.loads["PlayByPlay", DAY] = [
        TableLoad("data.playbyplay", DAY, 40, run.started_at + timedelta(minutes=1)) for run in failures
    ]
    told = messages(days)
    assert told[0].finding.kind is Kind.VALIDATION_FAILED
    assert told[0].at <= failures[2].known_at + timedelta(minutes=10)
