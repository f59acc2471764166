"""Writes a world's files: parquet tables through DuckDB, the registry, the planned windows and the answers."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from tests.worlds.fleet import fleet, registry
from tests.worlds.labels import Label
from tests.worlds.model import Pieces
from tests.worlds.season import Season

RUNS = """run_id VARCHAR, processor_name VARCHAR, phase BIGINT, data_date DATE, started_at TIMESTAMP,
    completed_at TIMESTAMP, status VARCHAR, records_processed BIGINT, duration_seconds DOUBLE,
    failure_category VARCHAR, error_message VARCHAR, attempt BIGINT, trigger VARCHAR, last_heartbeat_at TIMESTAMP,
    inserted_at TIMESTAMP"""
LOADS = "table_name VARCHAR, data_date DATE, row_count BIGINT, loaded_at TIMESTAMP"
RAW = "source VARCHAR, data_date DATE, path VARCHAR, size_bytes BIGINT, created_at TIMESTAMP"
GAMES = "game_id VARCHAR, game_date DATE, start_utc TIMESTAMP, final_utc TIMESTAMP, status VARCHAR"
TRUTH = """run_id VARCHAR, true_category VARCHAR, processor_name VARCHAR, started_at TIMESTAMP,
    failure_category VARCHAR, error_message VARCHAR"""
Row = Sequence[object]


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return "\\N" if value is None else value


def _write(path: Path, columns: str, rows: Iterable[Row]) -> None:
    """A parquet file of these rows, by way of a CSV file next to it."""
    types = dict(column.split() for column in columns.split(","))
    with tempfile.NamedTemporaryFile("w", suffix=".csv", dir=path.parent, newline="", encoding="utf-8") as draft:
        writer = csv.writer(draft)
        writer.writerows([_cell(value) for value in row] for row in rows)
        draft.flush()
        table = duckdb.read_csv(
            draft.name, header=False, columns=types, na_values=["\\N"], quotechar='"', escapechar='"', delimiter=","
        )
        table.write_parquet(str(path))


def write(folder: Path, season: Season, pieces: Pieces, answers: Label) -> None:
    """All files of the world; an existing one is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    runs = [(f"r{row.number:07d}", row) for row in pieces.runs]
    failed = [(key, row) for key, row in runs if row.status == "failed"]
    _write(
        folder / "runs.parquet", RUNS,
        (
            (key, row.processor, row.phase, row.day, row.started, row.completed, row.status, row.records, row.seconds,
             row.shown, row.text, row.attempt, row.trigger, row.heartbeat, row.inserted)
            for key, row in runs
        ),
    )  # fmt: skip
    _write(folder / "table_loads.parquet", LOADS, ((one.table, one.day, one.rows, one.at) for one in pieces.loads))
    _write(
        folder / "raw_files.parquet", RAW,
        ((one.source, one.day, f"gs://raw/{one.source}/{one.day}/{one.name}", one.size, one.at) for one in pieces.raw),
    )  # fmt: skip
    games = [game for day in season.days for game in season.games[day]]
    _write(
        folder / "game_schedule.parquet", GAMES,
        ((f"G{one.day:%Y%m%d}{one.number:02d}", one.day, one.start, one.final, "Final") for one in games),
    )  # fmt: skip
    _write(
        folder / "truth_categories.parquet", TRUTH,
        ((key, row.category, row.processor, row.started, row.shown, row.text) for key, row in failed),
    )  # fmt: skip
    (folder / "registry.yaml").write_text(registry(list(fleet().values())), encoding="utf-8")
    (folder / "planned_windows.json").write_text(json.dumps(pieces.windows, indent=1), encoding="utf-8")
    (folder / "labels.json").write_text(json.dumps(answers, indent=1), encoding="utf-8")
