"""Table loads that stop as a whole are a blind source; a table that stops by itself, or with its runs, lost data."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from bot.domain.evidence.runs import Status
from bot.domain.findings.finding import FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Decision, Outcome
from tests.support.pipeline_days import AFTER, DAY, PipelineDays
from tests.support.pipeline_notified import messages, replayed


def stopped(days: PipelineDays, since: datetime, until: datetime | None = None) -> PipelineDays:
    """No table shows what was loaded in that time."""
    for key, loads in days.loads.items():
        days.loads[key] = [load for load in loads if load.known_at < since or (until and load.known_at >= until)]
    return days


def without_records(days: PipelineDays) -> PipelineDays:
    for key, runs in days.runs.items():
        days.runs[key] = [run._replace(records=None) for run in runs]
    return days


def told(found: Iterable[Decision]) -> list[tuple[FindingKind, str]]:
    return [(each.finding.kind, each.finding.root) for each in found]


FEED = [(FindingKind.SOURCE_BLIND, "source table_loads")]


@pytest.mark.parametrize("hours", [8, 14, 23, 30])
@pytest.mark.parametrize("records", [True, False])
def test_a_feed_that_stops_is_one_message(hours: float, records: bool) -> None:
    """At any hour of the day, for good, and whether or not runs say how many records they brought. What was told before
    three tables should have shown something is taken back.
    """
    days = PipelineDays()
    stopped(days, days.slots("Standings")[0] + timedelta(hours=hours - 6))
    found = replayed(days if records else without_records(days), ahead=2)
    announced = [each for each in found if each.outcome is Outcome.ANNOUNCE]
    assert told(announced)[-1:] == FEED
    assert len(announced) <= (2 if records else 3)
    assert Severity.P0 not in {each.severity for each in found}
    over = {each.incident for each in found if each.outcome is Outcome.RESOLVE}
    assert {each.incident for each in announced[:-1]} == over


def test_a_feed_that_comes_back_leaves_no_losses() -> None:
    days = PipelineDays()
    since = days.slots("Odds")[4]
    stopped(days, since, since + timedelta(hours=20))
    found = replayed(days, ahead=2)
    assert told(each for each in found if each.outcome is Outcome.ANNOUNCE)[-1:] == FEED
    assert found[-1].outcome is Outcome.RESOLVE
    assert found[-1].finding.kind is FindingKind.SOURCE_BLIND


def test_one_table_of_many_has_lost_its_data() -> None:
    days = PipelineDays()
    days.loads["Injuries", DAY] = []
    assert told(messages(days)) == [(FindingKind.ZERO_RECORDS_PROCESSOR, "Injuries")]


@pytest.mark.parametrize("status", [Status.FAILED, Status.SUCCESS])
def test_losses_of_all_in_runs_that_do_not_claim_data_are_losses(status: Status) -> None:
    """Nothing is loaded anywhere, and the runs say so: they fail, or they bring nothing."""
    days = PipelineDays()
    stopped(days, days.slots("Standings")[0])
    for when in days.dates[-1 - AFTER :]:
        for processor in days.registry.processors:
            days.change(processor.name, when, lambda run: run._replace(status=status, records=0))
    found = told(messages(days))
    assert found
    assert all(kind is not FindingKind.SOURCE_BLIND for kind, _ in found)
