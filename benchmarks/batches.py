"""Batches of runs as they arrive after the history: written to Parquet, loaded through the product's own loader."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb

from benchmarks.history import DAYS, END, World, facts, hints, prepare_runs, select_runs
from benchmarks.timing import Timing
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.ports.warehouse import DataFile, LoadReport

FIVE_MINUTES = timedelta(minutes=5)
LOADED_AT = END + timedelta(days=30)
"""After every batch: rows of the future are set aside."""


@dataclass(frozen=True)
class BatchTimes:
    """Milliseconds to load one new 5-minute batch of `rows` runs into `history` runs, and to load it again."""

    history: int
    rows: int
    load: Timing
    again: Timing


class Batches:
    """Parquet files of `rows` runs, each of `span`, one after the other from END on."""

    def __init__(self, folder: Path, first_run: int, rows: int, span: timedelta) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._first, self._rows, self._span = folder, first_run, rows, span
        self._connection = duckdb.connect()
        prepare_runs(self._connection)

    def __iter__(self) -> Iterator[Path]:
        at = 0
        while True:
            yield self._write(at)
            at += 1

    def _write(self, at: int) -> Path:
        path = self._folder / str(at) / "runs.parquet"
        path.parent.mkdir(exist_ok=True)
        start = (END + at * self._span).replace(tzinfo=None)
        self._connection.execute(
            "CREATE OR REPLACE TEMP TABLE batch AS"
            " SELECT $start::TIMESTAMP AS start_hour, $first AS first_run, $rows AS runs",
            {"start": start, "first": self._first + at * self._rows, "rows": self._rows},
        )
        select = select_runs("batch").replace("3.6e9", str(self._span / timedelta(microseconds=1)))
        self._connection.execute(
            f"COPY (SELECT * EXCLUDE (recorded, hinted) FROM ({select})) TO '{path}' (FORMAT parquet)"  # noqa: S608
        )
        return path


class Feeder:
    """Loads files as `fireline load` does."""

    def __init__(self, warehouse: SqlWarehouse) -> None:
        self._warehouse, self._platform, self._hints = warehouse, facts(), hints()

    def load(self, path: Path) -> tuple[LoadReport, float]:
        """The report, and the seconds it took."""
        began = time.perf_counter()
        report = self._warehouse.load(
            [DataFile.of(path)], self._platform, self._hints, LOADED_AT, lambda _step, _rows: None
        )
        return report, time.perf_counter() - began


def measure(world: World, repeats: int) -> BatchTimes:
    """At the history's own rate. The history is longer by the batches afterwards."""
    rows = world.runs // (DAYS * 24 * 12)
    warehouse = SqlWarehouse(world.engine())
    feeder = Feeder(warehouse)
    load, again = [], []
    for at, path in enumerate(Batches(world.home / "batches", world.runs, rows, FIVE_MINUTES)):
        if at > repeats:
            break
        first, taken = feeder.load(path)
        assert first.files[0].added == rows, "every run of a new batch is new"
        second, repeated = feeder.load(path)
        assert second.touched_from is None, "the same batch again changes nothing"
        load.append(taken)
        again.append(repeated)
    warehouse.close()
    return BatchTimes(world.runs, rows, Timing.of(load[1:]), Timing.of(again[1:]))
