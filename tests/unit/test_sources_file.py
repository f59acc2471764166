"""What `sources.yaml` may say of BigQuery, Airflow and dbt, and what is wrong with it otherwise."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.sources.objects import Pattern
from bot.config.chosen_sources import quota_warnings, sources_in_use
from bot.config.registry import load_registry
from bot.config.settings import BUNDLED_CONFIG, Settings
from bot.config.sources import load_sources
from bot.domain.errors import ConfigError
from bot.source_adapters import connected_sources, patterns_of, tables_of
from tests.support.builders import registry

TABLE = "kind: bigquery, feeds: runs, table: ref.history"


def written(folder: Path, fields: str) -> Path:
    path = folder / "sources.yaml"
    path.write_text(f"sources:\n  - {{name: history, {fields}}}\n")
    return path


@pytest.mark.parametrize(
    ("text", "size"), [("500 MB", 500_000_000), ("10GB", 10**10), ("1 tb", 10**12), ("1048576", 1_048_576), ("7B", 7)]
)
def test_bytes_are_written_with_their_unit(tmp_path: Path, text: str, size: int) -> None:
    (entry,) = load_sources(written(tmp_path, f"{TABLE}, max_bytes: {text}"))
    assert entry.max_bytes == size


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("kind: bigquery, feeds: runs", "either a table or a query"),
        (f"{TABLE}, query: SELECT 1", "either a table or a query"),
        (f"{TABLE}, max_bytes: much", "write 500 MB or 10 GB"),
        (f"{TABLE}, max_bytes: 0", "max_bytes"),
        ("kind: bigquery, feeds: runs, table: history", "write dataset.table or project.dataset.table"),
        ("kind: bigquery, feeds: runs, table: 'a.b; DROP TABLE c'", "write dataset.table or project.dataset.table"),
        (f"{TABLE}, cursor: 'a` OR TRUE'", "is no name of a column"),
        (f"{TABLE}, url: x", "has no url"),
        ("kind: bigquery, feeds: runs, query: 'SELECT 1 WHERE a > :since'", "no cursor to bind it to"),
        ("kind: bigquery, feeds: runs, query: 'SELECT 1 WHERE a > :from'", "no partition to bind it to"),
        ("kind: files, path: x, table: a.b", "has no table"),
        ("kind: files, path: x, columns: {job: status}", "'job' is no column of Fireline's"),
        ("kind: files, path: x, columns: {procesor_name: job}", "'procesor_name' .* Did you mean processor_name"),
        (f"{TABLE}, columns: {{table_name: t}}", "'table_name' is no column of Fireline's"),
        ("kind: airflow", "needs url"),
        ("kind: airflow, url: 'sqlite:///a.db', level: run", "level"),
        ("kind: airflow, url: 'sqlite:///a.db', columns: {status: state}", "has no columns"),
        ("kind: airflow, url: 'postgresql://a:secret@host/b'", "holds a password"),
        ("kind: dbt", "needs path"),
        ("kind: dbt, path: x, feeds: runs", "has no feeds"),
        ("kind: dbt, path: x, timezone: Europe/Berlin", "has no timezone"),
        ("kind: files, path: x, timezone: Europe/Bern", "'Europe/Bern' is not a known time zone. Did you mean"),
        ("kind: files, path: x, timezone: EST5", "is not a known time zone"),
        ("kind: files, path: x, timezone: localtime", "is not a known time zone"),
        ("kind: files, path: x, timezone: '+02:00'", "An offset has no clock changes"),
        ("kind: files, path: x, timezone: ''", "timezone"),
    ],
)
def test_what_makes_no_sense_is_named(tmp_path: Path, fields: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load_sources(written(tmp_path, fields))


def test_a_source_is_made_without_connecting_to_anything(tmp_path: Path) -> None:
    for name in ("policy.yaml", "registry.yaml"):
        (tmp_path / name).write_text((Settings().config / name).read_text())
    written(tmp_path, f"{TABLE}, cursor: inserted_at, project: ours")
    (connected,) = connected_sources(Settings(config=tmp_path), registry)
    assert (connected.plan.name, connected.plan.kind) == ("history", "bigquery")


def test_the_bundled_sources_are_read_only_where_they_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = shutil.copytree(BUNDLED_CONFIG, tmp_path / "nba")
    monkeypatch.delenv("FIRELINE_BIGQUERY_PROJECT", raising=False)
    assert sources_in_use(Settings()) == ()
    assert sources_in_use(Settings(config=copied)) == (), "a laptop reaches for nothing"
    monkeypatch.setenv("FIRELINE_BIGQUERY_PROJECT", "nba-props-platform")
    assert sources_in_use(Settings()) == ()
    feeds = {
        connected.plan.name: connected.plan.feeds for connected in connected_sources(Settings(config=copied), registry)
    }
    assert feeds == {
        "run_history": "runs",
        "scraper_history": "runs",
        "schedule": "game_schedule",
        "tables": "table_loads",
        "raw_files": "raw_files",
    }


def test_what_a_registry_names_is_looked_at() -> None:
    named = load_registry(BUNDLED_CONFIG / "registry.yaml").registry
    assert tables_of(named)["nba_raw.nbac_gamebook_player_stats"] == "game_date"
    assert Pattern("nbac/gamebook", "gs://nba-scraped-data/nbac/gamebook/{date}/*.json") in patterns_of(named)


@pytest.mark.parametrize(
    ("fields", "lateness"),
    [("kind: bigquery_tables", 3 * 24), ("kind: objects", 3 * 24), ("kind: objects, lateness: 1h", 1), (TABLE, 0.25)],
)
def test_what_looks_at_dates_looks_back_for_days(tmp_path: Path, fields: str, lateness: float) -> None:
    (entry,) = load_sources(written(tmp_path, fields))
    assert entry.lateness == timedelta(hours=lateness)


def test_more_loads_than_bigquery_allows_are_said(tmp_path: Path) -> None:
    for warehouse, every, said in (
        ("duckdb", "30s", []),
        ("bigquery", "1m", []),
        ("bigquery", "30s", ["sources.yaml: the sources may make 2,880 loads a day"]),
    ):
        written(tmp_path, f"{TABLE}, every: {every}")
        settings = Settings(config=tmp_path, warehouse=warehouse)
        assert [line.split(", each of")[0] for line in quota_warnings(settings, tmp_path)] == said
