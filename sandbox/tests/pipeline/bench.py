"""A live pipeline with everything it has shown so far, for tests to look at."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb

from sandbox.pipeline.fleet import Processor
from sandbox.pipeline.live import Batch, Pipeline
from sandbox.pipeline.moments import slot, utc
from sandbox.pipeline.rows import LoadRow, RawRow, RunRow


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
    """SQL over a data directory; `@name` stands for the Parquet file of that name."""
    for table in ("runs", "table_loads", "raw_files", "game_schedule"):
        sql = sql.replace(f"@{table}", f"'{directory / table}.parquet'")
    with duckdb.connect() as connection:
        return connection.execute(sql).fetchall()


def steps(start: datetime, end: datetime, length: timedelta) -> Iterator[datetime]:
    while start < end:
        start = min(end, start + length)
        yield start


MakeBench = Callable[[], Bench]
