"""A recorded world as plain Python values, read straight from its files."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import yaml

SMALLEST_FILE = 200
"""Bytes; replay/DATA.md: a smaller file is empty."""


@dataclass(frozen=True, slots=True)
class Run:
    run_id: str
    processor: str
    data_date: date
    started_at: datetime
    status: str
    records: int | None
    seconds: float | None
    category: str | None
    text: str | None
    inserted_at: datetime


@dataclass(frozen=True)
class World:
    """Times are aware UTC. Loads and files are in order of time."""

    processors: dict[str, dict[str, Any]]
    zone: ZoneInfo
    runs: list[Run]
    loads: dict[tuple[str, date], list[tuple[datetime, int]]]
    files: dict[tuple[str, date], list[datetime]]
    game_days: set[date]
    instants: dict[tuple[date, float], datetime] = field(default_factory=dict)

    def slot(self, day: date, hour: float) -> datetime:
        if (day, hour) not in self.instants:
            self.instants[day, hour] = slot(day, hour, self.zone)
        return self.instants[day, hour]


def slot(day: date, hour: float, zone: ZoneInfo) -> datetime:
    """The first minute at which the clock on the wall shows `hour` hours after midnight of the day, or later."""
    wall = datetime(day.year, day.month, day.day) + timedelta(hours=hour)  # noqa: DTZ001 (a wall clock has no zone)
    moment = wall.replace(tzinfo=UTC) + timedelta(hours=3)
    while moment.astimezone(zone).replace(tzinfo=None) < wall:
        moment += timedelta(minutes=1)
    return moment


def read_world(directory: Path) -> World:
    with duckdb.connect() as connection:

        def rows(stem: str, columns: str) -> list[tuple[Any, ...]]:
            return connection.execute(f"SELECT {columns} FROM '{directory / stem}.parquet'").fetchall()  # noqa: S608

        loads: dict[tuple[str, date], list[tuple[datetime, int]]] = defaultdict(list)
        for table, day, at, count in sorted(rows("table_loads", "table_name, data_date, loaded_at, row_count")):
            loads[table, day].append((_utc(at), count))
        files: dict[tuple[str, date], list[datetime]] = defaultdict(list)
        for source, day, at, size in sorted(rows("raw_files", "source, data_date, created_at, size_bytes")):
            if size >= SMALLEST_FILE:
                files[source, day].append(_utc(at))
        runs = [
            Run(run_id, name, day, _utc(start), status, records, seconds, category, text, _utc(known))
            for run_id, name, day, start, status, records, seconds, category, text, known in rows(
                "runs",
                "run_id, processor_name, data_date, started_at, status, records_processed, duration_seconds,"
                " failure_category, error_message, inserted_at",
            )
        ]
        game_days = {day for (day,) in rows("game_schedule", "game_date")}
    document = yaml.safe_load((directory / "registry.yaml").read_text())
    processors = {entry["name"]: entry for entry in document["processors"]}
    return World(processors, ZoneInfo(document["timezone"]), runs, dict(loads), dict(files), game_days)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
