"""What the preset reads of metadata databases of real Airflows."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.sources.presets.airflow import airflow_source
from bot.adapters.sources.presets.airflow_runs import Level
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.evidence.vocabulary import Vocabulary
from bot.domain.platform.registry import Registry
from bot.domain.sources import Feed, SourceFailed, SourcePlan
from bot.services.loading import hints_of
from bot.services.sources import Connected, SourcesService, SyncReport
from tests.contracts.postgres import new_database
from tests.contracts.sources.airflow_databases import VERSIONS, change, in_postgresql, in_sqlite
from tests.support.builders import rows_of, warehouse

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
BERLIN = Registry(timezone="Europe/Berlin")
Runs = dict[tuple[str, date], list[dict[str, Any]]]
"""(processor, data date) -> its runs in the order of their starts."""


@pytest.fixture
def held() -> Iterator[SqlWarehouse]:
    with closing(warehouse()) as opened:
        yield opened


def sync(url: str, into: SqlWarehouse, level: Level = "task") -> SyncReport:
    source = airflow_source("airflow", url, level, timedelta(minutes=15))
    plan = SourcePlan("airflow", "airflow", Feed.RUNS, timedelta(minutes=1), timedelta(minutes=15))
    connected = Connected(plan, source, hints_of((), Vocabulary.standard()))
    with closing(SourcesService(into, [connected], lambda: BERLIN, lambda: NOW)) as service:
        return service.sync("airflow")


COLUMNS = "processor_name, data_date, started_at, run_id, status, attempt, trigger, recorded, completed_at"


def runs(into: SqlWarehouse) -> Runs:
    found: Runs = {}
    for row in rows_of(into, f"(SELECT {COLUMNS} FROM runs ORDER BY ALL)"):  # noqa: S608 (our own names)
        named = dict(zip(COLUMNS.split(", "), row, strict=True))
        found.setdefault((named["processor_name"], named["data_date"]), []).append(named)
    return {key: sorted(each, key=lambda run: (run["started_at"], run["attempt"])) for key, each in found.items()}


def told(rows: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(row["status"], row["attempt"]) for row in rows]


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def url(version: str, tmp_path: Path) -> str:
    return in_sqlite(version, tmp_path / "airflow.db")


def test_every_try_of_a_task_is_a_run(url: str, held: SqlWarehouse) -> None:
    report = sync(url, held)
    assert report.rejected == 0
    assert not [text for text in report.warnings if "not read" in text], "a column of the preset's own is no remark"
    found = runs(held)
    assert told(found["daily_sales.extract", date(2026, 11, 23)]) == [("failed", 1), ("success", 2)]
    assert told(found["daily_sales.extract", date(2026, 11, 24)]) == [("success", 1)]
    assert told(found["daily_sales.transform", date(2026, 11, 25)]) == [("failed", 1), ("failed", 2)]
    ((behind),) = found["daily_sales.load", date(2026, 11, 25)]
    assert (behind["status"], behind["recorded"]) == ("failed", "upstream_failure")


def test_instances_of_a_mapped_task_are_one_run_and_one_that_failed_is_not_hidden(url: str, held: SqlWarehouse) -> None:
    sync(url, held)
    found = runs(held)
    assert told(found["per_shop.load_shop", date(2026, 11, 24)]) == [("failed", 1)]
    assert told(found["per_shop.sum_up", date(2026, 11, 25)]) == [("failed", 1)]


def test_skips_backfills_and_manual_runs_are_told_apart(url: str, held: SqlWarehouse) -> None:
    sync(url, held)
    found = runs(held)
    assert [row["status"] for row in found["weekday_report.long", date(2026, 11, 24)]] == ["skipped"]
    assert {row["trigger"] for row in found["weekday_report.choose", date(2026, 11, 24)]} == {"schedule"}
    assert {row["trigger"] for row in found["weekday_report.choose", date(2026, 11, 19)]} == {"backfill"}
    by_hand = [row for (name, _), each in found.items() if name.startswith("by_hand.") for row in each]
    assert {row["trigger"] for row in by_hand} == {"manual"}
    waits = [row for row in by_hand if row["processor_name"] == "by_hand.wait"]
    assert [(row["status"], row["completed_at"] is not None) for row in waits] == [("failed", True)]


def test_a_dag_can_be_the_processor(url: str, held: SqlWarehouse) -> None:
    sync(url, held, "dag")
    found = runs(held)
    assert {name for name, _ in found} == {"daily_sales", "weekday_report", "per_shop", "by_hand"}
    assert told(found["daily_sales", date(2026, 11, 24)]) == [("success", 1)]
    assert told(found["per_shop", date(2026, 11, 25)]) == [("failed", 1)]


def test_postgresql_tells_the_same_as_sqlite(
    version: str, url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = in_postgresql(version, new_database(request.getfixturevalue("postgres_folder")), tmp_path)
    levels: tuple[Level, ...] = ("task", "dag")
    for level in levels:
        with closing(warehouse()) as other:
            sync(url, other, level)
            with closing(warehouse()) as third:
                sync(address, third, level)
                assert runs(third) == runs(other)


def test_a_mapped_task_is_read_whole_when_one_instance_changes(url: str, held: SqlWarehouse) -> None:
    sync(url, held)
    change(
        url,
        "UPDATE task_instance SET state = 'success', updated_at = '2026-12-01 11:00:00.000000' "
        "WHERE dag_id = 'per_shop' AND task_id = 'load_shop' AND run_id LIKE '%2026-11-24%' AND state = 'failed'",
    )
    report = sync(url, held)
    assert report.corrected == 1
    assert told(runs(held)["per_shop.load_shop", date(2026, 11, 25)]) == [("success", 1)]
    assert told(runs(held)["per_shop.load_shop", date(2026, 11, 26)]) == [("failed", 1)]


def test_what_has_not_begun_is_no_run_and_what_is_at_work_runs(url: str, held: SqlWarehouse) -> None:
    change(
        url,
        "UPDATE task_instance SET state = 'scheduled', try_number = 3 "
        "WHERE dag_id = 'daily_sales' AND task_id = 'transform' AND run_id LIKE '%2026-11-23%'",
        "UPDATE task_instance SET state = 'running', end_date = NULL "
        "WHERE dag_id = 'daily_sales' AND task_id = 'load' AND run_id LIKE '%2026-11-23%'",
    )
    sync(url, held)
    found = runs(held)
    assert ("daily_sales.transform", date(2026, 11, 23)) not in found
    ((at_work),) = found["daily_sales.load", date(2026, 11, 23)]
    assert (at_work["status"], at_work["completed_at"]) == ("running", None)


def test_an_airflow_from_before_run_ids_is_read_by_its_execution_dates(held: SqlWarehouse, tmp_path: Path) -> None:
    url = in_sqlite("airflow2", tmp_path / "airflow.db")
    change(
        url,
        "ALTER TABLE task_instance ADD COLUMN execution_date TIMESTAMP",
        "UPDATE task_instance SET execution_date = (SELECT d.execution_date FROM dag_run AS d "
        "WHERE d.dag_id = task_instance.dag_id AND d.run_id = task_instance.run_id)",
        *(f"ALTER TABLE task_instance DROP COLUMN {name}" for name in ("run_id", "map_index", "updated_at")),
        *(f"ALTER TABLE dag_run DROP COLUMN {name}" for name in ("data_interval_start", "updated_at", "clear_number")),
        "DROP TABLE task_instance_history",
    )
    sync(url, held)
    found = runs(held)
    assert told(found["daily_sales.extract", date(2026, 11, 23)]) == [("success", 2)]
    assert told(found["per_shop.load_shop", date(2026, 11, 25)]) == [("failed", 1)]


def test_another_database_is_named_as_such(held: SqlWarehouse, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'other.db'}"
    change(url, "CREATE TABLE jobs (name TEXT)")
    with pytest.raises(SourceFailed, match=r"no table dag_run.*sql_alchemy_conn"):
        sync(url, held)
