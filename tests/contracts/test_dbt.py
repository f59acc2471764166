"""What the preset reads of artifacts of real dbt runs."""

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.sources.files import SETTLES_S
from bot.adapters.sources.presets.dbt import dbt_source, runs_of
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.evidence.vocabulary import Vocabulary
from bot.domain.platform.registry import Registry
from bot.domain.sources import Feed, SourcePlan
from bot.services.loading import hints_of
from bot.services.sources import Connected, SourcesService, SyncReport
from tests.support.builders import rows_of, warehouse

ARTIFACTS = Path(__file__).parent / "sources" / "dbt"
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
TESTED = "test.shop.not_null_stg_orders_price.7079003a04"


@pytest.fixture
def held() -> Iterator[SqlWarehouse]:
    with closing(warehouse()) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One folder an invocation, as a job copies them."""
    for results in ARTIFACTS.glob("run_results-*.json"):
        put(tmp_path / "artifacts" / results.stem.removeprefix("run_results-"), json.loads(results.read_text()))
    return tmp_path / "artifacts"


def put(target: Path, document: Any) -> None:
    target.mkdir(parents=True)
    (target / "run_results.json").write_text(document if isinstance(document, str) else json.dumps(document))
    shutil.copy(ARTIFACTS / "manifest.json", target)


def build() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ARTIFACTS / "run_results-build.json").read_text())
    return found


def sync(path: Path, into: SqlWarehouse, zone: str = "UTC") -> SyncReport:
    newest = max(file.stat().st_ctime for file in path.rglob("*"))
    source = dbt_source(str(path), timedelta(minutes=15), lambda: newest + SETTLES_S + 1)
    plan = SourcePlan("dbt", "dbt", Feed.RUNS, timedelta(minutes=1), timedelta(minutes=15))
    connected = Connected(plan, source, hints_of((), Vocabulary.standard()))
    with closing(SourcesService(into, [connected], lambda: Registry(timezone=zone), lambda: NOW)) as service:
        return service.sync("dbt")


def statuses(into: SqlWarehouse, name: str) -> list[tuple[str, str, int | None, str | None]]:
    """Status, category, records and error of the processor's runs, in the order of their starts."""
    columns = "started_at, status, recorded, records_processed, error_message"
    asked = f"(SELECT {columns} FROM runs WHERE processor_name = '{name}')"  # noqa: S608 (our own names)
    return [tuple(row[1:]) for row in rows_of(into, asked)]


def test_a_result_is_a_run_of_its_model_or_test(folder: Path, held: SqlWarehouse) -> None:
    report = sync(folder, held)
    assert (report.added, report.rejected) == (18, 0)
    assert not [text for text in report.warnings if "run id" in text], "models of one invocation are runs of their own"
    assert statuses(held, "seed.shop.orders") == [("success", "", 3, None), ("success", "", 3, None)]
    (ran, skipped) = statuses(held, "model.shop.broken")
    assert ran[:3] == ("failed", "", None)
    assert "no_such_column" in str(ran[3])
    assert skipped[0] == "skipped"
    assert [status for status, *_ in statuses(held, "model.shop.after_broken")] == ["skipped", "skipped"]


def test_a_failing_test_refuses_the_data_and_a_warning_does_not(folder: Path, held: SqlWarehouse) -> None:
    sync(folder, held)
    assert {found[:2] for found in statuses(held, TESTED)} == {("failed", "validation_failed")}
    warned = statuses(held, "test.shop.accepted_values_stg_orders_shop__hamburg__munich.b304412092")
    assert {found[0] for found in warned} == {"success"}


def test_what_was_only_compiled_is_no_run(folder: Path, held: SqlWarehouse) -> None:
    sync(folder, held)
    assert len(statuses(held, "model.shop.stg_orders")) == 2
    assert list(runs_of(json.loads((ARTIFACTS / "run_results-compile.json").read_text()))) == []


def test_the_data_date_is_the_day_of_the_invocation_where_the_team_is(folder: Path, held: SqlWarehouse) -> None:
    sync(folder, held, "America/Los_Angeles")
    assert {row[0] for row in rows_of(held, "(SELECT data_date FROM runs)")} == {date(2026, 11, 30)}


def test_artifacts_that_are_read_again_count_once_and_new_ones_are_found(folder: Path, held: SqlWarehouse) -> None:
    sync(folder, held)
    assert sync(folder, held).added == 0
    later = build()
    later["metadata"] |= {"invocation_id": "another", "generated_at": "2026-12-01T09:00:00.000000Z"}
    for result in later["results"]:
        for step in result["timing"]:
            step |= {"started_at": "2026-12-01T08:59:00.000000Z", "completed_at": "2026-12-01T08:59:30.000000Z"}
    put(folder / "later", later)
    assert sync(folder, held).added == 9


@pytest.mark.parametrize("broken", ["", "{", "[]", "{}", '{"metadata": {}, "results": 3}', '{"metadata": null}'])
def test_a_broken_file_is_set_aside_and_the_others_are_read(folder: Path, held: SqlWarehouse, broken: str) -> None:
    put(folder / "broken", broken)
    report = sync(folder, held)
    assert (report.added, report.rejected) == (18, 1)
    ((file, _row, _reason, _at),) = rows_of(held, "rejected_rows")
    assert file == "broken/run_results.json"


@pytest.mark.parametrize(
    ("response", "rows"),
    [
        ({"rows_affected": 7, "_message": "SELECT 7"}, 7),
        ({"rows_affected": -1, "_message": "CREATE TABLE"}, None),
        ({"rows_affected": 1, "_message": "CREATE VIEW", "code": "CREATE VIEW"}, None),
        ({"_message": "OK"}, None),
        (None, None),
    ],
)
def test_rows_are_known_as_far_as_the_adapter_tells_them(response: dict[str, Any] | None, rows: int | None) -> None:
    document = build()
    document["results"] = [{**document["results"][0], "adapter_response": response}]
    assert [run["records_processed"] for run in runs_of(document)] == [rows]
