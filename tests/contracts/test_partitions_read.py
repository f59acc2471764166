"""What loads and answers read of BigQuery's partitioned tables: each statement names the partitions, a few."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import sqlglot
from sqlglot import exp

from bot.adapters.warehouse.engine import Parameters
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.evidence.feeds import CLAIMS_WITHIN
from bot.domain.evidence.observation import DateSpan
from bot.domain.health.model import Window
from tests.contracts.bqemulator.emulator import PROJECT
from tests.contracts.partitions import PARTITIONED, Noting, dates_named, scope_of
from tests.contracts.stories import FIRST, NEXT, RUNNING, moment
from tests.contracts.warehouses import Played, Step
from tests.support.builders import DAY, World, at, run


def test_no_statement_of_a_load_reads_all_partitions(bigquery_endpoint: str, tmp_path: Path) -> None:
    """Runs that are new after the newest row of any table; then one that ends, is corrected, has no id."""
    engine = Noting(PROJECT, "partitions", endpoint=bigquery_endpoint)
    with closing(SqlWarehouse(engine)) as held:
        played = Played(held, tmp_path)
        long_ago = run("long ago", start=30, day=DAY - timedelta(days=200))
        played.load(Step(FIRST.but(runs=[*FIRST.runs, long_ago])))
        more = [
            [run("new", start=36), run("under way", start=36.1, inserted_at=at(36.2), **RUNNING)],
            [run("under way", start=36.15), run("new", start=36, records_processed=7, inserted_at=at(37))],
            [run("other", start=36.4, day=NEXT), run("", start=36.3)],
        ]
        for runs in more:
            engine.asked.clear()
            played.load(Step(World(runs, processors=FIRST.processors)))
            read = [bounds for asked in engine.asked for bounds in _read(*asked)]
            assert len(read) >= 8
            assert min(first for first, _ in read) >= at(30).date() - CLAIMS_WITHIN
            assert len([bounds for bounds in read if bounds[1] == date.max]) <= 4  # what is claimed within open gaps
    assert DAY - timedelta(days=200) < at(30).date() - CLAIMS_WITHIN


def test_no_answer_reads_all_partitions(bigquery_endpoint: str, tmp_path: Path) -> None:
    """Detection, health, validation, impact: a backfill of last year is observed, and its partitions only then read."""
    engine = Noting(PROJECT, "partitions_of_answers", endpoint=bigquery_endpoint)
    old, now = DAY - timedelta(days=400), moment(40)
    with closing(SqlWarehouse(engine)) as held:
        played = Played(held, tmp_path)
        played.load(Step(FIRST.but(runs=[*FIRST.runs, run("last year", start=30, day=old)])))
        engine.asked.clear()
        held.observed(now - timedelta(hours=1), now)
        held.observed(now - timedelta(days=35), now, now - timedelta(days=2))
        for window in (Window.at(now, 7), Window.live(now, 7)):
            held.health_counts(window)
            held.health_durations(window)
            held.failed_groups(window)
        held.silent_runs(now - timedelta(days=2), now)
        held.observed_dates(DateSpan(DAY, NEXT), DAY, now)
        held.run_times(Window.live(now, 7))
        held.freshness(DAY, now)
        read = [bounds for asked in engine.asked for bounds in _read(*asked)]
        assert len(read) >= 12
        assert old < min(first for first, _ in read) - timedelta(days=1)
        played.load(Step(World([run("backfill", start=39 + 400 * 24, day=old)], processors=FIRST.processors)))
        assert "backfill" in {seen.run_id for seen in held.observed(now - timedelta(hours=2), now).runs}
        engine.asked.clear()
        assert (held.source_marks(), held.source_reads()) == ({}, {})
        assert held.platform_document()
        assert engine.asked == []  # what a read without news asks is listed, which bills nothing


def _read(statement: str, parameters: Parameters) -> Iterator[tuple[date, date]]:
    """The first and the last partition of each place where a partitioned table is read or changed."""
    for table in sqlglot.parse_one(statement, dialect="bigquery").find_all(exp.Table):
        if table.name not in PARTITIONED or isinstance(table.parent, exp.Schema | exp.Insert):
            continue
        scope = scope_of(table)
        found = dates_named(scope, parameters)
        assert found is not None, f"{table.name} is read whole: {scope.sql()}"
        yield found
