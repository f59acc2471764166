"""A live pipeline with everything it has shown so far, for tests to look at."""

import csv
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import duckdb

from sandbox.pipeline.database import COLUMNS, DATE, FILE_NAME, MOMENT
from sandbox.pipeline.fleet import Processor
from sandbox.pipeline.live import Batch, Pipeline
from sandbox.pipeline.moments import slot, utc
from sandbox.pipeline.rows import LoadRow, RawRow, RunRow

TYPES = {"TEXT": "VARCHAR", "INTEGER": "BIGINT", "REAL": "DOUBLE", DATE: "DATE", MOMENT: "TIMESTAMP"}


class Bench:
    """Collects what `advance` returns: the latest row of each run, all loads and raw files."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.pipeline = Pipeline(directory)
        self.start = self.pipeline.advanced_to
        self.runs: dict[str, RunRow] = {}
        self.loads: list[LoadRow] = []
        self.raws: list[RawRow] = []

    @property
    def now(self) -> datetime:
        return self.pipeline.advanced_to

    def processor(self, name: str) -> Processor:
        return self.pipeline.world.fleet.by_name[name]

    def advance(self, to: datetime) -> Batch:
        batch = self.pipeline.advance(to)
        self.runs.update({row.run_id: row for row in batch.runs})
        self.loads += batch.table_loads
        self.raws += batch.raw_files
        return batch

    def until_slot(self, day: date, hours: float) -> None:
        self.advance(utc(slot(day, hours)))

    def forward(self, **span: float) -> Batch:
        return self.advance(self.now + timedelta(**span))

    def runs_of(self, name: str, day: date, polls: bool = False) -> list[RunRow]:
        """Runs of a processor for a date by start; polls only if asked for."""
        rows = (row for row in self.runs.values() if row.processor_name == name and row.data_date == day)
        return sorted((row for row in rows if polls or row.trigger != "poll"), key=lambda row: row.started_at)

    def rows(self, name: str, day: date) -> int:
        """Rows in the processor's table for a date, from the live loads; 0 if none came."""
        table = self.processor(name).table
        return ([load.row_count for load in self.loads if load.table_name == table and load.data_date == day] or [0])[
            -1
        ]

    def has_raw(self, source: str, day: date) -> bool:
        return any(row.source == source and row.data_date == day and row.size_bytes >= 200 for row in self.raws)


def query(directory: Path, sql: str) -> list[tuple[object, ...]]:
    """SQL of DuckDB over a pipeline's database; `@name` stands for its table, `@runs` for the run history."""
    file = directory / FILE_NAME
    copy = _copied(file, file.stat().st_mtime_ns)
    return copy.execute(sql.replace("@runs", "processor_run_history").replace("@", "")).fetchall()


@lru_cache(maxsize=2)
def _copied(file: Path, changed_ns: int) -> duckdb.DuckDBPyConnection:  # noqa: ARG001 (a part of the cache's key)
    copy, scratch = duckdb.connect(), file.with_suffix(".csv")
    with closing(sqlite3.connect(file)) as kept:
        for table, columns in COLUMNS.items():
            with scratch.open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream).writerows(kept.execute(f"SELECT * FROM {table}"))  # noqa: S608
            types = {name: TYPES[kind] for name, kind in columns.items()}
            read = f"read_csv('{scratch}', header=false, quote='\"', columns={types!r})"
            copy.execute(f"CREATE TABLE {table} AS SELECT * FROM {read}")  # noqa: S608
    scratch.unlink()
    return copy


def steps(start: datetime, end: datetime, length: timedelta) -> Iterator[datetime]:
    while start < end:
        start = min(end, start + length)
        yield start


MakeBench = Callable[[], Bench]
