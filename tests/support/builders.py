"""Small worlds: a data directory in memory, rows with sensible defaults, written in any of the formats that load."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.evidence.runs import Category
from bot.domain.evidence.text_rules import TextRule
from bot.domain.platform.registry import Registry
from bot.ports.warehouse import LoadReport
from bot.services.loading import LoadingService
from tests.support.duck import duck

Row = dict[str, Any]

DAY = date(2026, 1, 15)
"""The data date of rows unless told otherwise; winter, far from a clock change."""
NOW = datetime(2026, 1, 20, 12, tzinfo=UTC)

RULES = (
    TextRule(Category.TIMEOUT, ("timed out",)),
    TextRule(Category.PROCESSING_ERROR, ("valueerror", "keyerror")),
    TextRule(Category.NO_DATA_AVAILABLE, ("no data",)),
)

PROCESSORS: list[Row] = [
    {
        "name": "BoxScraper",
        "kind": "scraper",
        "phase": 1,
        "source": "box",
        "schedule_hours_et": [23.0],
        "per_game": True,
    },
    {"name": "Box", "phase": 2, "source": "box", "table": "raw.box", "schedule_hours_et": [25.0], "per_game": True},
    {
        "name": "Poller",
        "phase": 2,
        "source": "box",
        "table": "raw.poll",
        "schedule_hours_et": [24.5],
        "per_game": True,
        "polling": True,
    },
    {
        "name": "Roster",
        "phase": 2,
        "source": "roster",
        "table": "raw.roster",
        "schedule_hours_et": [8.0],
        "per_game": False,
        "sporadic": True,
    },
    {
        "name": "Daily",
        "phase": 2,
        "source": "daily",
        "table": "raw.daily",
        "schedule_hours_et": [8.0],
        "per_game": False,
    },
    {
        "name": "Summary",
        "phase": 3,
        "table": "an.summary",
        "schedule_hours_et": [28.0],
        "per_game": True,
        "dependencies": ["Box"],
    },
    {"name": "Plain", "phase": 4},
]


def registry(processors: Sequence[Row] = PROCESSORS) -> Registry:
    return Registry.model_validate({"processors": [_entry(processor) for processor in processors]})


def registry_yaml(processors: Sequence[Row] = PROCESSORS) -> str:
    """YAML is a superset of JSON."""
    asked = {"address": "https://services.example", "request": {"path": "/process"}}
    names = dict.fromkeys(p["service"] for p in processors if "service" in p)
    services = [{"name": name, **asked} for name in names]
    entries = [_entry(p) for p in processors]
    return json.dumps({"version": "1.0", "timezone": "America/New_York", "services": services, "processors": entries})


def _entry(processor: Row) -> Row:
    entry = {key: value for key, value in processor.items() if key not in ("table", "per_game", "least")}
    if "table" in processor:
        entry["bigquery_table"] = processor["table"]
    if "per_game" in processor:
        least = {"min": processor["least"]} if "least" in processor else {}
        entry["expected_records"] = {"per_game": processor["per_game"], **least}
    return entry


def at(hours: float, day: date = DAY) -> datetime:
    """Naive UTC, as the files have it: `hours` after 00:00 UTC of the day."""
    return datetime(day.year, day.month, day.day) + timedelta(hours=hours)  # noqa: DTZ001 (files hold naive UTC)


def run(run_id: str, processor: str = "Box", *, start: float = 30.0, day: date = DAY, **other: Any) -> Row:
    """A success of 60 s with 100 records, recorded at its end, unless told otherwise."""
    started = at(start, day)
    row: Row = {
        "run_id": run_id,
        "processor_name": processor,
        "phase": next((p["phase"] for p in PROCESSORS if p["name"] == processor), 9),
        "data_date": day,
        "started_at": started,
        "completed_at": started + timedelta(seconds=60),
        "status": "success",
        "records_processed": 100,
        "duration_seconds": 60.0,
        "failure_category": None,
        "error_message": None,
        "attempt": 1,
        "trigger": "schedule",
        "last_heartbeat_at": started + timedelta(seconds=50),
        "inserted_at": started + timedelta(seconds=61),
    }
    return {**row, **other}


def failed(
    run_id: str, processor: str = "Box", category: str | None = None, text: str | None = None, **other: Any
) -> Row:
    said = {"status": "failed", "failure_category": category, "error_message": text, "records_processed": 0}
    return run(run_id, processor, **{**said, **other})


def loaded(table: str = "raw.box", *, rows: int = 100, hours: float = 31.0, day: date = DAY) -> Row:
    return {"table_name": table, "data_date": day, "row_count": rows, "loaded_at": at(hours, day)}


def raw_file(source: str = "box", *, hours: float = 28.0, size: int = 5_000, day: date = DAY) -> Row:
    path = f"gs://raw/{source}/{day}/data.json"
    return {"source": source, "data_date": day, "path": path, "size_bytes": size, "created_at": at(hours, day)}


def game(game_id: str = "G1", day: date = DAY) -> Row:
    return {"game_id": game_id, "game_date": day, "start_utc": at(24, day), "final_utc": at(27, day), "status": "Final"}


TYPES = {
    "phase": "BIGINT", "data_date": "DATE", "started_at": "TIMESTAMP", "completed_at": "TIMESTAMP",
    "row_count": "BIGINT", "records_processed": "BIGINT", "duration_seconds": "DOUBLE", "attempt": "BIGINT",
    "last_heartbeat_at": "TIMESTAMP", "inserted_at": "TIMESTAMP", "loaded_at": "TIMESTAMP", "size_bytes": "BIGINT",
    "created_at": "TIMESTAMP", "game_date": "DATE", "start_utc": "TIMESTAMP", "final_utc": "TIMESTAMP",
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """The rows of a data directory. A file with no rows is not written."""

    runs: Sequence[Row] = ()
    table_loads: Sequence[Row] = ()
    raw_files: Sequence[Row] = ()
    game_schedule: Sequence[Row] = ()
    planned_windows: Sequence[Row] = ()
    processors: Sequence[Row] = field(default_factory=lambda: PROCESSORS)

    def but(self, **changed: Any) -> "World":
        return replace(self, **changed)

    def write(self, directory: Path, suffix: str = ".parquet") -> Path:
        directory.mkdir(parents=True, exist_ok=True)
        for stem in ("runs", "table_loads", "raw_files", "game_schedule"):
            rows = getattr(self, stem)
            if rows:
                write_rows(directory / f"{stem}{suffix}", rows)
        if self.planned_windows:
            (directory / "planned_windows.json").write_text(json.dumps(list(self.planned_windows), default=str))
        (directory / "registry.yaml").write_text(registry_yaml(self.processors))
        return directory


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Columns are those of the rows; `.parquet` gets real types, the text formats get text."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    if path.suffix == ".parquet":
        write_parquet(path, {name: (TYPES.get(name, "VARCHAR"), [row.get(name) for row in rows]) for name in columns})
    elif path.suffix == ".csv":
        with path.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, columns)
            writer.writeheader()
            writer.writerows(rows)
    else:
        path.write_text("".join(json.dumps(row, default=str) + "\n" for row in rows))


def write_parquet(path: Path, columns: Mapping[str, tuple[str, Sequence[Any]]]) -> None:
    """`columns`: name -> (DuckDB type, values)."""
    listed = ", ".join(
        f'unnest($c{place}::{kind}[]) AS "{name}"' for place, (name, (kind, _)) in enumerate(columns.items())
    )
    values = {f"c{place}": list(given[1]) for place, given in enumerate(columns.values())}
    with duck() as connection:
        connection.execute(f"COPY (SELECT {listed}) TO '{path}' (FORMAT parquet)", values)


def copy_parquet(source: Path, path: Path, select: str = "*") -> None:
    """A Parquet file as another file of any suffix, with other columns perhaps."""
    form = {".parquet": "FORMAT parquet", ".csv": "FORMAT csv, HEADER", ".ndjson": "FORMAT json"}[path.suffix]
    with duck() as connection:
        connection.execute(f"COPY (SELECT {select} FROM '{source}') TO '{path}' ({form})")  # noqa: S608 (paths of our own)


@cache
def _sql_cache() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="fireline-sql-")


def sql_cache() -> Path:
    """Translated SQL, shared by all warehouses of the tests, which saves much of their start."""
    return Path(_sql_cache().name)


def warehouse(path: Path | None = None) -> SqlWarehouse:
    """An empty one, in memory unless told."""
    return SqlWarehouse(DuckDBEngine(path, cache_directory=sql_cache()))


def load(
    into: SqlWarehouse,
    directory: Path,
    processors: Sequence[Row] = PROCESSORS,
    rules: Iterable[TextRule] = RULES,
    now: datetime = NOW,
) -> LoadReport:
    service = LoadingService(into, tuple(rules))
    return service.load(directory, registry(processors), now, lambda _step, _rows: None)


def rows_of(into: SqlWarehouse, table: str) -> list[tuple[Any, ...]]:
    """Every row of a table, sorted: two warehouses that hold the same are equal here."""
    engine = into._engine
    assert isinstance(engine, DuckDBEngine)
    with engine.write() as session:
        found = session.reader().execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 (names of our own)
    return sorted(found, key=repr)


DERIVED = ("evidence", "hourly_counts", "daily_counts", "hourly_sketches", "daily_sketches", "runs", "superseded_runs")
"""What any sequence of loads must leave equal to one load of everything."""


def contents(into: SqlWarehouse) -> dict[str, list[tuple[Any, ...]]]:
    return {table: rows_of(into, table) for table in DERIVED}
