"""Runs that fail or hang: each kind that must be told, as an incident in the small pipeline."""

from datetime import timedelta

import pytest

from bot.domain.evidence.runs import Category, Status
from bot.domain.findings.finding import FindingKind as Kind
from bot.domain.findings.finding import RootCause
from bot.domain.findings.severity import Severity
from tests.support.pipeline_days import DAY
from tests.support.pipeline_notified import Facts, facts, messages, minutes_after, the_one
from tests.support.pipeline_troubles import Incident

LATE_EVENING = 1
"""The first post-game slot with data."""


def test_a_healthy_pipeline_is_not_spoken_of() -> None:
    assert messages(Incident(), ahead=1) == []


@pytest.mark.parametrize("unrecorded", [False, True])
def test_the_third_failure_in_a_row_is_reported(unrecorded: bool) -> None:
    days = Incident()
    days.fails("PlayByPlay", unrecorded=unrecorded)
    told = the_one(messages(days))
    wanted = Facts(
        Kind.REPEATED_FAILURE,
        ("PlayByPlay",),
        RootCause.PROCESSING_ERROR,
        Severity.P2,
        "open_circuit_and_fix",
        frozenset(),
    )
    assert facts(told) == wanted
    assert told.finding.data_date == DAY
    assert minutes_after(days.slots("PlayByPlay")[LATE_EVENING], told) <= 30
    assert "failed 3 times in a row" in told.finding.explanation


def test_a_quality_gate_that_refuses_three_times_is_reported() -> None:
    days = Incident()
    days.fails("Injuries", Category.VALIDATION_FAILED)
    told = the_one(messages(days))
    assert facts(told) == Facts(
        Kind.VALIDATION_FAILED, ("Injuries",), RootCause.VALIDATION_FAILED, Severity.P2, "inspect_data", frozenset()
    )
    assert told.finding.data_date == DAY


def in_unknown_words(days: Incident, name: str, *, retried: bool = True) -> None:
    """Its failures say nothing that anybody has a rule for; `retried`: each attempt was tried again as such."""
    silent = [run._replace(recorded=None, hinted=None) for run in days.runs[name, DAY] if run.status is Status.FAILED]
    if not retried:
        silent = [run._replace(attempt=1, trigger="schedule") for run in silent]
    days.runs[name, DAY] = [silent.pop(0) if run.status is Status.FAILED else run for run in days.runs[name, DAY]]


def test_retried_failures_that_nobody_has_words_for_are_reported_as_those_that_speak() -> None:
    days = Incident()
    days.fails("PlayByPlay")
    in_unknown_words(days, "PlayByPlay")
    told = the_one(messages(days))
    assert (told.finding.kind, told.finding.root_cause) == (Kind.REPEATED_FAILURE, RootCause.PROCESSING_ERROR)
    assert minutes_after(days.slots("PlayByPlay")[LATE_EVENING], told) <= 30


def test_what_fails_in_unknown_words_and_is_not_retried_has_lost_its_date_at_the_end() -> None:
    """It may have found nothing, and the file was there: what was lost is told after the last slot."""
    days = Incident()
    days.fails("PlayByPlay", attempts=1)
    in_unknown_words(days, "PlayByPlay", retried=False)
    told = the_one(messages(days))
    assert (told.finding.kind, told.finding.action) == (Kind.ZERO_RECORDS_PROCESSOR, "processor_rerun")
    assert 20 <= minutes_after(days.slots("PlayByPlay")[-1], told) <= 40


@pytest.mark.parametrize("recorded", [Category.TIMEOUT, Category.PROCESSING_ERROR, None])
def test_two_runs_that_reach_their_limit_are_reported(recorded: Category | None) -> None:
    """In whatever words, be they recorded as any error (`exit code 124`)."""
    days = Incident()
    days.fails("Injuries", recorded or Category.TIMEOUT, attempts=2, seconds=1_803)
    if recorded is None:
        in_unknown_words(days, "Injuries")
    told = the_one(messages(days))
    assert facts(told) == Facts(
        Kind.TIMEOUT, ("Injuries",), RootCause.TIMEOUT, Severity.P1, "raise_timeout_or_fix", frozenset()
    )
    assert 60 <= minutes_after(days.slots("Injuries")[LATE_EVENING], told) <= 80


def test_a_failing_root_is_reported_with_all_that_it_blocks() -> None:
    """It blocks the CRITICAL coordinator: at once, and nothing downstream has a message of its own."""
    days = Incident()
    days.fails("Gamebook")
    told = the_one(messages(days))
    assert facts(told) == Facts(
        Kind.UPSTREAM_CASCADE,
        ("Gamebook",),
        RootCause.PROCESSING_ERROR,
        Severity.P0,
        "fix_and_rerun_processor",
        frozenset({"Summary", "Features", "Coordinator", "Exporter"}),
    )
    assert minutes_after(days.slots("Gamebook")[LATE_EVENING], told) <= 30


def test_a_critical_processor_that_runs_into_its_limit_is_no_phase_and_p0_all_the_same() -> None:
    days = Incident()
    days.fails("Coordinator", Category.TIMEOUT, attempts=2, seconds=1_803)
    told = the_one(messages(days))
    assert facts(told) == Facts(
        Kind.UPSTREAM_CASCADE,
        ("Coordinator",),
        RootCause.TIMEOUT,
        Severity.P0,
        "fix_and_rerun_processor",
        frozenset({"Exporter"}),
    )


def test_a_run_without_heartbeat_for_half_an_hour_is_reported() -> None:
    days = Incident()
    days.hangs("PlayByPlay")
    told = the_one(messages(days))
    assert facts(told) == Facts(
        Kind.STUCK_RUN, ("PlayByPlay",), RootCause.STUCK_RUN, Severity.P2, "kill_and_rerun", frozenset()
    )
    assert 30 <= minutes_after(days.slots("PlayByPlay")[LATE_EVENING], told) <= 50


def test_a_run_whose_last_heartbeat_is_at_its_limit_hangs_when_no_row_of_it_comes() -> None:
    days = Incident()
    days.hangs("PlayByPlay")
    *kept, hung = days.runs["PlayByPlay", days.day]
    days.runs["PlayByPlay", days.day] = [*kept, hung._replace(heartbeat_at=hung.started_at + timedelta(minutes=31))]
    told = the_one(messages(days))
    assert told.finding.kind is Kind.STUCK_RUN
    assert minutes_after(hung.started_at, told) <= 31 + 30 + 3 * 60 + 10


def test_a_hung_run_that_blocks_predictions_is_p0() -> None:
    days = Incident()
    days.hangs("Features")
    told = the_one(messages(days))
    assert (told.finding.kind, told.severity) == (Kind.STUCK_RUN, Severity.P0)
    assert set(told.finding.impact) == {"Coordinator", "Exporter"}


def test_a_processor_that_fails_in_between_successes_is_reported() -> None:
    days = Incident()
    for place in (1, 3, 4, 7, 9, 10):
        days.stumbles("Odds", 1, slot=place + _retried(days))
    told = the_one(messages(days))
    assert facts(told) == Facts(
        Kind.FAILURE_SPIKE, ("Odds",), RootCause.PROCESSING_ERROR, Severity.P1, "investigate", frozenset()
    )
    fourth = days.slots("Odds")[7]
    assert timedelta(0) <= told.at - fourth <= timedelta(minutes=30)


def _retried(days: Incident) -> int:
    """Rows that earlier stumbles added to the date."""
    return len(days.runs["Odds", DAY]) - len(days.slots("Odds"))
