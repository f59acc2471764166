"""A source that nobody can ask any more: every poll fails, while the slots' own runs may still work."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.evidence.runs import Category
from bot.domain.findings.finding import FindingKind as Kind
from bot.domain.findings.finding import RootCause
from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Decision, Outcome
from tests.support.pipeline_days import DAY
from tests.support.pipeline_notified import Facts, facts, messages, replayed, the_one
from tests.support.pipeline_troubles import ERROR, Incident

NOON = datetime(DAY.year, DAY.month, DAY.day, 17, tzinfo=UTC)
"""In New York."""


def polls_fail(days: Incident, hours: float, category: Category | None = ERROR, *, but: int | None = None) -> None:
    """Every poll of so many hours from noon, one each half hour, but that one."""
    place = 0
    for key in [key for key in days.runs if key[0] == "Poller"]:
        for at, run in enumerate(days.runs[key]):
            if run.trigger == "poll" and NOON <= run.started_at < NOON + timedelta(hours=hours):
                if place != but:
                    days.runs[key][at] = run._replace(recorded=category, hinted=category)
                place += 1


@pytest.mark.parametrize(
    ("category", "cause"), [(ERROR, RootCause.PROCESSING_ERROR), (Category.TIMEOUT, RootCause.TIMEOUT)]
)
def test_six_polls_in_a_row_that_fail_are_reported_and_over_with_the_first_that_answers(
    category: Category, cause: RootCause
) -> None:
    days = Incident()
    polls_fail(days, 5, category)
    told = replayed(days)
    said = the_one([each for each in told if each.outcome is Outcome.ANNOUNCE])
    assert facts(said) == Facts(
        Kind.REPEATED_FAILURE, ("Poller",), cause, Severity.P2, "open_circuit_and_fix", frozenset()
    )
    assert f"polls in a row failed since 17:07 UTC ({category})" in said.finding.explanation
    assert timedelta(hours=2, minutes=30) < said.at - NOON <= timedelta(hours=2, minutes=50)
    ended: Decision = told[-1]
    assert ended.outcome is Outcome.RESOLVE
    assert timedelta(hours=5) < ended.at - NOON <= timedelta(hours=5, minutes=40)


@pytest.mark.parametrize("but", [2, 3, 4])
def test_one_that_answers_between_them_says_that_the_source_is_there(but: int) -> None:
    days = Incident()
    polls_fail(days, 4, but=but)
    assert messages(days) == []


def test_what_is_short_comes_back_by_itself() -> None:
    days = Incident()
    polls_fail(days, 2.5)
    assert messages(days) == []


def test_polls_that_nobody_can_explain_may_have_found_nothing() -> None:
    days = Incident()
    polls_fail(days, 12, None)
    assert messages(days) == []


def test_what_fails_every_week_at_this_hour_is_nothing_new() -> None:
    days = Incident()
    polls_fail(days, 5)
    for key in [key for key in days.runs if key[0] == "Poller"]:
        for run in days.runs[key][:]:
            if run.trigger == "poll" and NOON <= run.started_at < NOON + timedelta(hours=5):
                for weeks in (1, 2):
                    before = run.started_at - timedelta(weeks=weeks)
                    again = days.failed("Poller", before.date(), before, seconds=2, recorded=ERROR)
                    days.runs["Poller", before.date()].append(again._replace(trigger="poll"))
    assert messages(days) == []
