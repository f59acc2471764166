"""Where a replay ends: with the history, whose next date is nobody's loss; or later, when it was told so."""

from datetime import datetime, timedelta

import pytest

from bot.domain.findings.finding import FLEET
from bot.domain.findings.finding import FindingKind as Kind
from bot.domain.findings.severity_policy import SeverityPolicy
from bot.domain.gate.policy import GatePolicy
from bot.domain.incidents.decisions import Decision, Outcome
from bot.domain.incidents.notice import NOTIFYING
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.services.replay import FAR, ReplayService, span_of
from tests.support.pipeline_days import PipelineDays
from tests.support.pipeline_notified import STEP

HEALTHY = PipelineDays()
FIRST = HEALTHY.slots("Standings")[0]
LAST_ROW = max(run.known_at for runs in HEALTHY.runs.values() for run in runs)
"""Late on the day after the last data date: the daily processor's slots of that day have passed."""
DATE_AFTER = HEALTHY.dates[-1] + timedelta(days=1)


def told_until(last: datetime | None) -> list[Decision]:
    observed = HEALTHY.observed()
    service = ReplayService(SeverityPolicy(), GatePolicy(), AcceptedLosses())
    span = span_of(observed, FIRST, last, STEP, FAR)
    return [each for each in service.run(HEALTHY.registry, observed, span) if each.outcome in NOTIFYING]


def test_a_history_that_ends_misses_nothing_after_its_last_date() -> None:
    assert HEALTHY.slots("Standings", DATE_AFTER)[0] + timedelta(hours=1) < LAST_ROW
    assert told_until(None) == []


@pytest.mark.parametrize("after", [timedelta(), timedelta(hours=3)])
def test_what_is_due_until_the_end_that_is_asked_for_is_reported(after: timedelta) -> None:
    """A poller within the hour; the fleet when so many of it were due."""
    slot, poller, *silence = told_until(LAST_ROW + after)
    assert (slot.finding.kind, slot.finding.root) == (Kind.MISSING_RUN, "Standings")
    assert slot.finding.data_date == DATE_AFTER
    assert (poller.finding.kind, poller.finding.root) == (Kind.MISSING_RUN, "Poller")
    assert poller.at - poller.finding.since <= timedelta(minutes=70)
    assert {(each.finding.kind, each.finding.root) for each in silence} == {(Kind.SOURCE_BLIND, FLEET)}
    assert {each.outcome for each in silence[1:]} <= {Outcome.UPDATE}


def test_an_end_before_anything_is_due_changes_nothing() -> None:
    assert told_until(HEALTHY.slots("Standings", DATE_AFTER)[0] + timedelta(minutes=44)) == []


def test_only_an_end_that_is_not_reported_is_that_of_the_history() -> None:
    observed = HEALTHY.observed()
    assert span_of(observed, None, None, STEP, FAR).to_the_end
    assert span_of(observed, None, None, STEP, FAR).last == LAST_ROW
    assert not span_of(observed, None, LAST_ROW, STEP, FAR).to_the_end
