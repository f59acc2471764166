"""What Airflow and dbt know of the platform, in a drafted registry."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.adapters.sources.presets.airflow_platform import airflow_platform
from bot.adapters.sources.presets.airflow_runs import Level
from bot.adapters.sources.presets.dbt_platform import dbt_platform
from bot.domain.platform.described import Described, PlatformDescription, without_cycles
from bot.services.registry_draft import draft
from tests.contracts.postgres import new_database
from tests.contracts.sources.airflow_databases import VERSIONS, change, in_postgresql, in_sqlite
from tests.contracts.test_airflow import BERLIN, held, sync  # noqa: F401 (a fixture)

DBT = Path(__file__).parent / "sources" / "dbt"


def entries(text: str) -> dict[str, dict[str, Any]]:
    return {entry["name"]: entry for entry in yaml.safe_load(text)["processors"]}


@pytest.mark.parametrize("version", VERSIONS)
def test_airflow_tells_owners_schedules_and_what_waits_for_what(version: str, tmp_path: Path, held: Any) -> None:  # noqa: F811
    url = in_sqlite(version, tmp_path / "airflow.db")
    sync(url, held)
    drafted = draft(held.processor_facts(), BERLIN, airflow_platform(url, "task"))
    found = entries(drafted.text)
    assert drafted.zone.name == "Europe/Berlin"
    assert found["daily_sales.load"]["dependencies"] == ["daily_sales.transform"]
    assert found["daily_sales.extract"]["owner"] == "sales-team"
    assert "owner" not in found["by_hand.wait"]
    lag = 1 if version == "airflow2" else 0
    assert found["daily_sales.extract"]["schedule"] == ["30 2 * * *"]
    assert found["daily_sales.extract"].get("data_lag_days", 0) == lag
    assert not {"schedule", "schedule_hours_et"} & found["daily_sales.transform"].keys()
    assert found["per_shop.load_shop"]["timeout_seconds"] == 600
    assert str(found["daily_sales.extract"]["active"]["from"]) == "2026-11-23"


@pytest.mark.parametrize("version", VERSIONS)
def test_what_airflow_does_not_start_now_is_not_due(version: str, tmp_path: Path, held: Any) -> None:  # noqa: F811
    url = in_sqlite(version, tmp_path / "airflow.db")
    change(url, "UPDATE dag SET is_paused = 1 WHERE dag_id = 'daily_sales'")
    sync(url, held)
    drafted = draft(held.processor_facts(), BERLIN, airflow_platform(url, "task"))
    assert not {"schedule", "schedule_hours_et"} & entries(drafted.text)["daily_sales.extract"].keys()
    assert "not started now: it is paused" in drafted.text


@pytest.mark.parametrize("version", VERSIONS)
def test_postgresql_describes_the_same(version: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    address = in_postgresql(version, new_database(request.getfixturevalue("postgres_folder")), tmp_path)
    levels: tuple[Level, ...] = ("task", "dag")
    for level in levels:
        assert airflow_platform(address, level) == airflow_platform(f"sqlite:///{tmp_path / version}.db", level)


def test_dbt_tells_owners_and_what_is_made_from_what() -> None:
    found = dbt_platform(DBT).by_name
    assert found["model.shop.shop_sales"].dependencies == ("model.shop.stg_orders",)
    assert found["model.shop.shop_sales"].owner == "Finance data"
    assert found["model.shop.stg_orders"].owner == "sales-team"
    assert found["model.shop.stg_orders"].description == "Orders as they come from the shops"
    assert "model.shop.paid_orders" not in found


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"nodes": []}'])
def test_a_broken_manifest_says_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    assert dbt_platform(tmp_path) == PlatformDescription()


def test_jobs_that_wait_for_each_other_lose_what_closes_the_circle() -> None:
    jobs = [Described("a", "", ("b", "a", "gone")), Described("b", "", ("c",)), Described("c", "", ("a", "a"))]
    kept = {job.name: job.dependencies for job in without_cycles(jobs)}
    assert sum(len(names) for names in kept.values()) == 2
    assert all(set(names) <= {"a", "b", "c"} - {name} for name, names in kept.items())
