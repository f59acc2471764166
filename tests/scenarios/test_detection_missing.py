"""Runs that never began, and zeros that keep later ones from trying."""

from datetime import timedelta

from bot.domain.evidence.runs import Status
from bot.domain.findings.finding import FindingKind as Kind
from bot.domain.findings.finding import RootCause
from bot.domain.incidents.decisions import Outcome
from tests.support.pipeline_days import DAY, later
from tests.support.pipeline_notified import messages, minutes_after, replayed, the_one
from tests.support.pipeline_troubles import Incident

MINUTE = timedelta(minutes=1)


def finds_nothing_at_first(days: Incident) -> None:
    """The morning's run of the daily processor works, and finds nothing."""
    start = days.slots("Standings")[0] + MINUTE
    days.runs["Standings", DAY][0] = days.run("Standings", DAY, start, seconds=9, records=0)
    del days.loads["Standings", DAY][0]


def test_a_zero_at_the_first_slot_and_no_run_at_the_last_is_a_missing_run() -> None:
    days = Incident()
    finds_nothing_at_first(days)
    del days.runs["Standings", DAY][1], days.loads["Standings", DAY][0]
    told = the_one(messages(days))
    last = days.slots("Standings")[-1]
    assert (told.finding.kind, told.finding.root, told.finding.since) == (Kind.MISSING_RUN, "Standings", last)
    assert 45 <= minutes_after(last, told) <= 60


def test_a_last_slot_that_runs_forty_minutes_late_is_not_spoken_of() -> None:
    days = Incident()
    finds_nothing_at_first(days)
    days.runs["Standings", DAY][1] = later(days.runs["Standings", DAY][1], 40 * MINUTE)
    load = days.loads["Standings", DAY][0]
    days.loads["Standings", DAY] = [load._replace(known_at=load.known_at + 40 * MINUTE)]
    assert messages(days) == []


def test_a_zero_that_later_slots_skip_over_and_a_file_that_comes_after_them() -> None:
    """Nothing tries again: the zero-record success has marked the date as done."""
    days = Incident()
    days.without_rows("BoxScores", DAY)
    first, *more = days.slots("BoxScores")
    days.runs["BoxScores", DAY] = [
        days.run("BoxScores", DAY, first + MINUTE, seconds=2, records=0),
        *(days.run("BoxScores", DAY, at + MINUTE, seconds=1, records=0, status=Status.SKIPPED) for at in more),
    ]
    file = days.files["box", DAY][0]
    days.files["box", DAY] = [file._replace(known_at=more[-1] + 5 * MINUTE)]
    told = the_one(messages(days))
    assert (told.finding.kind, told.finding.root) == (Kind.IDEMPOTENCY_BLOCK, "BoxScores")
    assert 20 <= minutes_after(more[-1], told) <= 30


def test_slots_that_skip_beside_a_run_at_work_block_nothing() -> None:
    """It takes an hour and brings all of the rows at its end; the table is empty until then."""
    days = Incident()
    early, _, *more = days.runs["BoxScores", DAY]
    evening = days.slots("BoxScores")[1]
    long = days.run("BoxScores", DAY, evening - 10 * MINUTE, seconds=3_600, records=100)
    skip = days.run("BoxScores", DAY, evening + MINUTE, seconds=1, records=0, status=Status.SKIPPED)
    days.runs["BoxScores", DAY] = [early, long, skip, *(run._replace(records=100) for run in more)]
    days.loads["BoxScores", DAY] = [days.loads["BoxScores", DAY][-1]._replace(known_at=long.known_at)]
    days.amend("BoxScores", timeout_seconds=7_200)
    assert messages(days) == []


def test_what_starts_them_all_is_one_message_from_the_sixth_on() -> None:
    """The daily processor is missed in the morning; in the evening, eight hours later, six more are."""
    days = Incident()
    missing = {"Standings", "BoxScores", "PlayByPlay", "Injuries", "Referees", "Shots", "Tracking"}
    for name in missing:
        days.does_not_run(name)
    morning, evening = [each for each in replayed(days) if each.outcome is Outcome.ANNOUNCE]
    assert (morning.finding.kind, morning.finding.root) == (Kind.MISSING_RUN, "Standings")
    assert (evening.finding.kind, evening.finding.root_cause) == (Kind.ALERT_STORM, RootCause.SCHEDULER_FAILURE)
    assert set(evening.finding.processors) == missing
    assert 45 <= minutes_after(days.slots("BoxScores")[0], evening) <= 60
