"""What is told where evidence is missing: no table, no loads, no games, no slots."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.domain.findings.finding import FindingKind as Kind
from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Decision, Outcome
from bot.domain.platform.registry import Criticality, ExpectedRecords
from tests.support.pipeline_days import DAY
from tests.support.pipeline_notified import decisions, messages, minutes_after, replayed, the_one
from tests.support.pipeline_troubles import Incident


def untraced(days: Incident, deadline: time | None = None) -> None:
    """The exporter has one slot and no table; its run and its retry fail."""
    days.amend("Exporter", bigquery_table=None, schedule_hours_et=(40.5,), sla_completion_time=deadline)
    days.fails("Exporter", attempts=2)


def test_a_slot_and_its_retry_that_fail_where_no_table_tells_more() -> None:
    days = Incident()
    untraced(days)
    told = the_one(messages(days))
    assert (told.finding.kind, told.finding.root) == (Kind.ZERO_RECORDS_PROCESSOR, "Exporter")
    assert 20 <= minutes_after(days.slots("Exporter")[0], told) <= 30


def test_its_deadline_before_that_is_chased_in_the_same_message() -> None:
    days = Incident()
    untraced(days, time(16, 40))
    told = [each for each in replayed(days) if each.outcome in (Outcome.ANNOUNCE, Outcome.UPDATE)]
    assert [each.finding.kind for each in told] == [Kind.SLA_MISS, Kind.ZERO_RECORDS_PROCESSOR]
    assert 10 <= minutes_after(days.slots("Exporter")[0], told[0]) < 20
    assert len({each.incident for each in told}) == 1


@pytest.mark.parametrize("records", [0, 40])
def test_where_a_run_has_worked_failures_after_it_say_nothing(records: int) -> None:
    days = Incident()
    untraced(days, time(16, 40))
    start = days.slots("Exporter")[0] - timedelta(minutes=5)
    days.runs["Exporter", DAY].insert(0, days.run("Exporter", DAY, start, seconds=60, records=records))
    assert messages(days) == []


@pytest.mark.parametrize(("records", "over"), [(None, True), (0, False)])
def test_a_streak_is_over_with_a_later_date_that_works_whether_records_are_counted(
    records: int | None, over: bool
) -> None:
    """Neither a table nor the registry tells what is due. A zero is no sign that it works; no count is no zero."""
    days = Incident()
    days.amend("Exporter", bigquery_table=None, expected_records=ExpectedRecords(), criticality=Criticality.HIGH)
    days.fails("Exporter", attempts=4)
    for key, runs in list(days.runs.items()):
        if key[0] == "Exporter" and key[1] != DAY:
            days.runs[key] = [run._replace(records=records) for run in runs]
    worse = [each for each in replayed(days, ahead=1) if each.finding.severity is Severity.P0]
    assert (the_one(messages(days)).finding.kind, not worse) == (Kind.REPEATED_FAILURE, over)


@pytest.mark.parametrize("claimed", [0, 100])
def test_a_lost_date_of_a_processor_without_slots_is_reported_after_48_hours(claimed: int) -> None:
    days = Incident()
    days.amend("Shots", schedule_hours_et=())
    days.without_rows("Shots", DAY)
    days.change("Shots", DAY, lambda run: run._replace(records=claimed) if run.records else run)
    told = the_one(messages(days, ahead=2))
    assert (told.finding.kind, told.finding.root, told.finding.data_date) == (Kind.ZERO_RECORDS_PROCESSOR, "Shots", DAY)
    nothing_heals = datetime.combine(DAY + timedelta(days=3), time(), UTC)
    assert 0 <= minutes_after(nothing_heals, told) <= 10


def over_two_days(days: Incident, **lacking: object) -> list[Decision]:
    """Messages of a replay in which a kind of evidence was never loaded."""
    noon = days.slots("Standings")[0]
    observed = replace(days.observed(), **lacking)  # type: ignore[arg-type]
    decided = decisions(days.registry, observed, noon, noon + timedelta(days=2))
    return [each for each in decided if each.outcome is Outcome.ANNOUNCE]


def test_without_loads_a_silent_run_hangs_when_no_late_row_can_come_any_more() -> None:
    days = Incident()
    days.hangs("PlayByPlay")
    told = the_one(over_two_days(days, loads=()))
    hung = days.runs["PlayByPlay", DAY][-1]
    assert told.finding.kind is Kind.STUCK_RUN
    assert 95 <= minutes_after(hung.started_at, told) <= 110


def test_without_loads_a_run_whose_row_is_late_is_not_called_stuck() -> None:
    days = Incident()
    days.row_is_late("PlayByPlay", 1.4)
    assert over_two_days(days, loads=()) == []


def test_without_games_who_runs_every_day_is_missed() -> None:
    days = Incident()
    days.amend("BoxScores", runs_on_no_game_days=True)
    days.does_not_run("BoxScores")
    told = the_one(over_two_days(days, games=()))
    assert (told.finding.kind, told.finding.root) == (Kind.MISSING_RUN, "BoxScores")
    assert 45 <= minutes_after(days.slots("BoxScores")[0], told) <= 60


def test_without_games_who_runs_on_game_days_only_is_not() -> None:
    days = Incident()
    days.amend("BoxScores", runs_on_no_game_days=False)
    days.does_not_run("BoxScores")
    assert over_two_days(days, games=()) == []


def test_a_long_run_that_is_alive_is_none_without_a_table_either() -> None:
    days = Incident()
    days.amend("Exporter", bigquery_table=None, timeout_seconds=14_400)
    [good, *_] = days.runs["Exporter", DAY]
    end = good.started_at + timedelta(seconds=10_000)
    days.runs["Exporter", DAY] = [good._replace(ended_at=end, known_at=end, heartbeat_at=end, seconds=10_000.0)]
    assert [each for each in messages(days, ahead=1) if each.finding.root == "Exporter"] == []
