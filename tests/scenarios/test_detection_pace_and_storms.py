"""Slow runs, and many at once: what statistics and the hour of the week say."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.findings.finding import FindingKind as Kind
from bot.domain.findings.finding import RootCause
from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Outcome
from tests.support.pipeline_days import DAY, later
from tests.support.pipeline_notified import Facts, decisions, facts, messages, the_one
from tests.support.pipeline_troubles import ERROR, Incident

MONDAY = date(2026, 1, 19)
NIGHT = datetime(2026, 1, 19, tzinfo=UTC)
SHARED = ("BoxScores", "PlayByPlay", "Injuries", "Referees", "Shots", "Tracking", "Poller")


def test_runs_of_four_times_the_usual_length_are_reported_at_the_second() -> None:
    days = Incident()
    days.slows("Features", 4.5)
    told = the_one(messages(days, ahead=1))
    assert facts(told) == Facts(
        Kind.PERF_DEGRADATION,
        ("Features",),
        RootCause.PERFORMANCE_DEGRADATION,
        Severity.P1,
        "investigate_performance",
        frozenset(),
    )
    second = days.slots("Features", days.day + timedelta(days=1))[0]
    assert timedelta(0) < told.at - second < timedelta(minutes=40)


def test_runs_that_take_half_as_long_again_for_days_are_a_line_in_the_digest() -> None:
    days = Incident(date(2026, 1, 13))
    days.day -= timedelta(days=5)
    days.slows("BoxScores", 1.6, days=8)
    told = the_one(messages(days, ahead=4))
    assert facts(told) == Facts(
        Kind.SLOW_DRIFT, ("BoxScores",), RootCause.PERFORMANCE_DEGRADATION, Severity.P3, "watch", frozenset()
    )


def test_seven_processors_that_fail_at_once_are_one_storm() -> None:
    days = Incident()
    for name in SHARED:
        days.stumbles(name, 3)
    told = the_one(messages(days))
    assert facts(told)[:1] + facts(told)[2:] == (
        Kind.ALERT_STORM,
        RootCause.INFRASTRUCTURE,
        Severity.P1,
        "wait_or_rollback",
        frozenset(),
    )
    assert set(told.finding.processors) == set(SHARED)
    assert told.at - days.slots("BoxScores")[1] <= timedelta(minutes=30)


@pytest.mark.parametrize("step", [timedelta(minutes=1), timedelta(minutes=10)])
def test_six_processors_that_fail_one_after_another_are_one_storm_at_every_step(step: timedelta) -> None:
    """Each fails once, four minutes after the one before, and its retry brings the rows."""
    days = Incident()
    for place, name in enumerate(SHARED[:6]):
        by = place * timedelta(minutes=4)
        days.stumbles(name, 1)
        days.runs[name, DAY] = [later(run, by) for run in days.runs[name, DAY]]
        days.loads[name, DAY] = [load._replace(known_at=load.known_at + by) for load in days.loads[name, DAY]]
    slot = days.slots("BoxScores")[1]
    decided = decisions(
        days.registry, days.observed(), slot - timedelta(hours=1), slot + timedelta(hours=2, minutes=30), step
    )
    told = the_one([each for each in decided if each.outcome is Outcome.ANNOUNCE])
    assert (told.finding.kind, set(told.finding.processors)) == (Kind.ALERT_STORM, set(SHARED[:6]))
    assert timedelta(minutes=20) < told.at - slot <= timedelta(minutes=30)


def _polls_fail(days: Incident, start: datetime, failures: int) -> None:
    """So many polls within the hour fail by themselves."""
    for n in range(failures):
        begun = start + n * timedelta(minutes=55) / failures
        run = days.failed("Poller", begun.date(), begun, seconds=2, recorded=ERROR)
        days.runs.setdefault(("Poller", begun.date()), []).append(
            run._replace(run_id=f"{run.run_id}.{n}", trigger="poll")
        )


@pytest.mark.parametrize(("failures", "usual", "storms"), [(101, 0, 1), (100, 0, 0), (101, 20, 1), (101, 60, 0)])
def test_over_a_hundred_failures_of_a_poller_within_an_hour(failures: int, usual: int, storms: int) -> None:
    """One message, where other Mondays have far fewer."""
    days, morning = Incident(MONDAY), NIGHT + timedelta(hours=8)
    for week in (2, 1):
        _polls_fail(days, morning - timedelta(weeks=week), usual)
    _polls_fail(days, morning, failures)
    decided = decisions(days.registry, days.observed(), morning - timedelta(hours=2), morning + timedelta(hours=4))
    told = [each for each in decided if each.outcome is Outcome.ANNOUNCE]
    assert [each.finding.kind for each in told] == [Kind.ALERT_STORM] * storms


def _mondays(days: Incident, usual: int) -> None:
    for week in (3, 2, 1):
        days.retries("Poller", NIGHT - timedelta(weeks=week), 3, usual)


def test_three_times_the_retries_of_other_mondays_are_a_storm() -> None:
    days = Incident(MONDAY - timedelta(days=1))
    _mondays(days, 100)
    days.retries("Poller", NIGHT, 3, 300)
    told = the_one(messages(days))
    assert facts(told) == Facts(
        Kind.RETRY_STORM, ("Poller",), RootCause.RETRY_STORM, Severity.P1, "add_backoff", frozenset()
    )
    assert NIGHT < told.at <= NIGHT + timedelta(hours=1, minutes=10)


def test_the_retries_of_every_monday_are_not_spoken_of() -> None:
    days = Incident(MONDAY - timedelta(days=1))
    _mondays(days, 100)
    days.retries("Poller", NIGHT, 3, 120)
    assert messages(days) == []


def test_who_begins_to_watch_after_a_storm_does_not_tell_its_failures_again() -> None:
    """A process that takes over has watched the day before without saying anything."""
    days = Incident()
    for name in SHARED:
        days.stumbles(name, 3, slot=0)
        days.runs[name, DAY] = [run for run in days.runs[name, DAY] if not run.run_id.endswith("r")]
    storm = messages(days)[0]
    assert storm.finding.kind is Kind.ALERT_STORM
    later = storm.at + timedelta(hours=3)
    assert later < days.slots("BoxScores")[1], "nothing has run since"
    assert decisions(days.registry, days.observed(), later, later + timedelta(minutes=30)) == []
