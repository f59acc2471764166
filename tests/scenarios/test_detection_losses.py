"""Data that is not there, late, or only partly there: each kind that must be told."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.evidence.runs import Category
from bot.domain.findings.finding import FindingKind as Kind
from bot.domain.findings.finding import RootCause
from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Outcome, Reason
from tests.support.pipeline_days import DAY
from tests.support.pipeline_notified import Facts, facts, messages, minutes_after, replayed, the_one
from tests.support.pipeline_troubles import Incident

GRACE = range(20, 41)
"""Minutes after the last slot: the grace period, a tick, and grouping."""


@pytest.mark.parametrize(
    ("masked", "cause"),
    [(False, RootCause.PROCESSOR_FAILED), (True, RootCause.MASKED_FAILURE)],
    ids=["plain", "masked"],
)
def test_no_rows_although_the_file_is_there_is_reported_after_the_last_slot(masked: bool, cause: RootCause) -> None:
    days = Incident()
    days.finds_nothing("PlayByPlay", masked=masked)
    told = the_one(messages(days))
    assert facts(told) == Facts(
        Kind.ZERO_RECORDS_PROCESSOR, ("PlayByPlay",), cause, Severity.P2, "processor_rerun", frozenset()
    )
    assert told.finding.data_date == DAY
    assert minutes_after(days.slots("PlayByPlay")[-1], told) in GRACE


def test_no_rows_that_others_wait_for_name_them() -> None:
    days = Incident()
    days.finds_nothing("Gamebook")
    told = the_one(messages(days))
    assert facts(told)[:4] == (
        Kind.ZERO_RECORDS_PROCESSOR,
        ("Gamebook",),
        RootCause.PROCESSOR_FAILED,
        Severity.P1,
    )
    assert set(told.finding.impact) == {"Summary", "Features", "Coordinator", "Exporter"}


def test_a_loss_of_a_high_processor_becomes_p0_after_a_day() -> None:
    days = Incident()
    days.finds_nothing("Injuries")
    told = [each for each in replayed(days, ahead=1) if each.outcome in (Outcome.ANNOUNCE, Outcome.UPDATE)]
    assert [each.severity for each in told] == [Severity.P1, Severity.P0]
    assert told[1].escalated
    assert told[1].incident == told[0].incident


@pytest.mark.parametrize(
    ("size", "category", "cause"),
    [
        (None, Category.PROCESSING_ERROR, RootCause.SCRAPER_FAILED),
        (120, Category.PROCESSING_ERROR, RootCause.SCRAPER_FAILED),
        (None, Category.TIMEOUT, RootCause.SCRAPER_TIMEOUT),
    ],
    ids=["no file", "an empty answer", "no answer in time"],
)
def test_a_source_that_does_not_deliver_is_reported_with_its_scraper(
    size: int | None, category: Category, cause: RootCause
) -> None:
    days = Incident()
    days.has_no_file("news", size=size, category=category)
    told = the_one(messages(days))
    assert facts(told) == Facts(
        Kind.ZERO_RECORDS_SCRAPER,
        ("NewsScraper", "News"),
        cause,
        Severity.P2,
        "scraper_rerun",
        frozenset(),
    )
    assert told.finding.data_date == DAY


def test_a_source_without_a_scraper_is_reported_by_its_processor() -> None:
    days = Incident()
    days.has_no_file("plays")
    told = the_one(messages(days))
    assert (told.finding.kind, told.finding.processors) == (Kind.ZERO_RECORDS_SCRAPER, ("PlayByPlay",))


def test_failures_for_want_of_a_file_are_one_incident_with_its_source() -> None:
    """Before the date is judged only its runs tell; then the verdict says why they failed."""
    days = Incident()
    days.has_no_file("news")
    days.fails("News")
    told = replayed(days, ahead=1)
    assert [each.finding.kind for each in told if each.outcome is Outcome.ANNOUNCE] == [
        Kind.REPEATED_FAILURE,
        Kind.ZERO_RECORDS_SCRAPER,
    ]
    (ended,) = [each for each in told if each.outcome is Outcome.RESOLVE]
    assert (ended.finding.root, ended.reason) == ("News", Reason.MERGED)


def test_failures_for_want_of_a_file_that_no_scraper_brings_become_that() -> None:
    days = Incident()
    days.has_no_file("plays")
    days.fails("PlayByPlay")
    first, then = [each for each in replayed(days) if each.outcome in (Outcome.ANNOUNCE, Outcome.UPDATE)]
    assert (first.incident, first.finding.root_cause) == (then.incident, RootCause.PROCESSING_ERROR)
    assert then.finding.root_cause is RootCause.SCRAPER_FAILED


def test_the_first_skip_in_front_of_an_empty_table_is_reported() -> None:
    days = Incident()
    days.skips("BoxScores")
    told = the_one(messages(days))
    assert facts(told) == Facts(
        Kind.IDEMPOTENCY_BLOCK,
        ("BoxScores",),
        RootCause.IDEMPOTENCY_BUG,
        Severity.P1,
        "clear_marker_and_rerun",
        frozenset(),
    )
    assert minutes_after(days.slots("BoxScores")[1], told) <= 20


@pytest.mark.parametrize(("name", "severity"), [("Standings", Severity.P2), ("Summary", Severity.P1)])
def test_a_run_that_does_not_start_is_missing_after_45_minutes(name: str, severity: Severity) -> None:
    days = Incident()
    days.does_not_run(name)
    told = the_one(messages(days))
    assert facts(told)[:5] == (Kind.MISSING_RUN, (name,), RootCause.MISSING_RUN, severity, "trigger_run")
    assert 45 <= minutes_after(days.slots(name)[0], told) <= 60


def test_data_that_is_not_there_at_its_deadline_is_chased() -> None:
    """Its only run is under way when the deadline passes, alive and within its limit."""
    days = Incident()
    days.amend("Features", timeout_seconds=14_400)
    slow = days.run("Features", DAY, days.slots("Features")[0], seconds=11_000, records=100)
    days.runs["Features", DAY] = [slow]
    days.loads["Features", DAY] = [days.loads["Features", DAY][0]._replace(known_at=slow.known_at)]
    told = the_one(messages(days))
    assert facts(told)[:5] == (Kind.SLA_MISS, ("Features",), RootCause.LATE_RUN, Severity.P1, "chase")
    deadline = datetime(2026, 1, 16, 10, tzinfo=UTC)
    assert timedelta(0) <= told.at - deadline <= timedelta(minutes=10)


def test_a_missing_run_that_starts_and_misses_its_deadline_is_one_incident() -> None:
    days = Incident()
    days.is_late("BoxScores", 8.7)
    told = [each for each in replayed(days) if each.outcome in (Outcome.ANNOUNCE, Outcome.UPDATE)]
    assert told[0].finding.kind is Kind.MISSING_RUN
    assert len({each.incident for each in told}) == 1


@pytest.mark.parametrize("share", [0.85, 0.5, 0.05])
def test_less_than_nine_tenths_of_the_usual_rows_are_partial(share: float) -> None:
    days = Incident()
    days.brings_only("BoxScores", share)
    told = the_one(messages(days))
    assert facts(told) == Facts(
        Kind.PARTIAL_COVERAGE,
        ("BoxScores",),
        RootCause.PARTIAL_DATA,
        Severity.P1,
        "rerun_after_source_check",
        frozenset(),
    )
    assert told.finding.data_date == DAY
    assert minutes_after(days.slots("BoxScores")[-1], told) in GRACE


def test_rows_that_the_history_does_not_count_are_a_note() -> None:
    days = Incident()
    days.forgets_to_count("BoxScores")
    told = the_one(messages(days))
    assert facts(told) == Facts(
        Kind.TRACKING_BUG, ("BoxScores",), RootCause.TRACKING_BUG, Severity.P3, "none", frozenset()
    )
