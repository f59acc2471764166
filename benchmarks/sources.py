"""`python -m benchmarks.sources`: first reads of sources, then a read of five minutes' rows, and of nothing new.

Each in a process of its own, which tells its peak memory. PostgreSQL runs here, in a cluster of its own.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from benchmarks.batches import FIVE_MINUTES, LOADED_AT, Batches
from benchmarks.history import DAYS, SQL, START, hints, prepare_runs, select_runs
from benchmarks.pipeline import registry
from benchmarks.timing import seconds
from bot.adapters.sources.files import FilesSource
from bot.adapters.sources.sql import Question, SqlSource
from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.sources import Feed, SourcePlan
from bot.ports.sources import Source
from bot.services.sources import Connected, SourcesService
from tests.contracts.postgres import new_database, postgres

MILLION = 1_000_000
FOLDER = Path(__file__).parent.parent / "var" / "bench" / "sources"
LATENESS = timedelta(minutes=15)
FAR = 4e9
"""By the clock of the file system: every file has settled."""
REPEATS = 9
TARGETS = {"sql": (270_000, 20.0), "files": (10 * MILLION, 60.0)}
MOST_MB, MOST_BATCH_MS = 300, 50
COLUMNS = "* EXCLUDE (recorded, hinted)"

TABLE = {
    "run_id": "text", "processor_name": "text", "phase": "bigint", "data_date": "date", "started_at": "timestamptz",
    "completed_at": "timestamptz", "status": "text", "records_processed": "bigint", "duration_seconds": "float",
    "failure_category": "text", "error_message": "text", "attempt": "bigint", '"trigger"': "text",
    "last_heartbeat_at": "timestamptz", "inserted_at": "timestamptz",
}  # fmt: skip


@dataclass(frozen=True)
class Read:
    """Seconds of a first read; milliseconds of one of five minutes' rows, and of nothing new; the peak, in MB."""

    kind: str
    runs: int
    first_s: float
    five_minutes_ms: float
    nothing_ms: float
    peak_mb: int

    def __str__(self) -> str:
        runs, limit = TARGETS[self.kind]
        judged = f" (target {limit:g} s: {self.first_s / limit:.2f}-fold)" if runs == self.runs else ""
        return (
            f"{self.kind}, {self.runs:,} runs: first read {self.first_s:.1f} s{judged},"
            f" peak {self.peak_mb} MB of {MOST_MB}; five minutes' rows {self.five_minutes_ms:.0f} ms of"
            f" {MOST_BATCH_MS}; nothing new {self.nothing_ms:.0f} ms"
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sources", description=__doc__)
    parser.add_argument("--sql", type=int, default=TARGETS["sql"][0], help="runs in PostgreSQL; 0: none")
    parser.add_argument("--files", type=int, default=TARGETS["files"][0], help="runs in Parquet; 0: none")
    parser.add_argument("--parts", type=int, default=1, help="Parquet files that they are in")
    parser.add_argument("--within", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.within:
        print(json.dumps(_measured(*options.within)))
        return
    print(f"load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    shutil.rmtree(FOLDER, ignore_errors=True)
    if options.sql:
        with postgres() as folder:
            address = new_database(folder)
            _fill(address, options.sql)
            print(_read("sql", options.sql, address), flush=True)
    if options.files:
        _write(FOLDER / "exports", options.files, options.parts)
        print(_read("files", options.files, str(FOLDER / "exports")), flush=True)
    shutil.rmtree(FOLDER)


def _read(kind: str, runs: int, place: str) -> Read:
    asked = [sys.executable, "-m", "benchmarks.sources", "--within", kind, str(runs), place]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    return Read(kind, runs, **json.loads(said))


def _measured(kind: str, runs: str, place: str) -> dict[str, Any]:
    """In a process of its own."""
    home = FOLDER / "home"
    home.mkdir(parents=True)
    with closing(SqlWarehouse(DuckDBEngine(home / "warehouse.duckdb", cache_directory=home / "sql"))) as held:
        plan = SourcePlan("history", kind, Feed.RUNS, timedelta(minutes=1), LATENESS)
        connected = Connected(plan, _source(kind, place), hints())
        service = SourcesService(held, [connected], registry, lambda: LOADED_AT)
        first = seconds(lambda: service.sync("history"))
        peak = _peak_mb()
        batches, nothing = [], []
        for _ in _more(kind, place, int(runs)):
            batches.append(seconds(lambda: service.sync("history")))
            nothing.append(seconds(lambda: service.sync("history")))
        service.close()
    shutil.rmtree(home)
    return {
        "first_s": first,
        "five_minutes_ms": 1e3 * sorted(batches)[len(batches) // 2],
        "nothing_ms": 1e3 * sorted(nothing)[len(nothing) // 2],
        "peak_mb": peak,
    }


def _source(kind: str, place: str) -> Source:
    if kind == "files":
        return FilesSource(place, Feed.RUNS, LATENESS, {}, lambda: FAR)
    question = Question("SELECT * FROM history", "inserted_at", "time", LATENESS)
    return SqlSource("history", Feed.RUNS, place, question, {})


def _more(kind: str, place: str, runs: int) -> Iterator[None]:
    """Five minutes' rows at a time, after END."""
    rows = max(1, runs // (DAYS * 24 * 12))
    for at, path in enumerate(Batches(FOLDER / "batches", runs, rows, FIVE_MINUTES)):
        if at == REPEATS:
            return
        if kind == "files":
            shutil.copy(path, Path(place) / f"runs-later-{at}.parquet")
        else:
            _copy(place, path)
        yield


def _peak_mb() -> int:
    status = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) // 1024


@contextmanager
def _runs(runs: int) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '2GB'")
        prepare_runs(connection)
        hours = {"start": START.replace(tzinfo=None), "hours": DAYS * 24, "runs": runs}
        connection.execute((SQL / "hours.sql").read_text(), hours)
        yield connection


def _write(folder: Path, runs: int, parts: int) -> None:
    folder.mkdir(parents=True)
    with _runs(runs) as connection:
        every = DAYS * 24 / parts
        for part in range(parts):
            span = f"start_hour >= TIMESTAMP '{START:%Y-%m-%d %H:%M:%S}' + INTERVAL {round(part * every)} HOUR"
            span += (
                f" AND start_hour < TIMESTAMP '{START:%Y-%m-%d %H:%M:%S}' + INTERVAL {round((part + 1) * every)} HOUR"
            )
            select = select_runs(f"(SELECT * FROM bench_hours WHERE {span})")  # noqa: S608 (our own)
            rows = f"SELECT {COLUMNS} FROM ({select}) ORDER BY inserted_at"  # noqa: S608 (our own)
            connection.execute(f"COPY ({rows}) TO '{folder}/runs-{part:03}.parquet'")


def _fill(address: str, runs: int) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / "runs.parquet"
    with _runs(runs) as connection:
        connection.execute(f"COPY (SELECT {COLUMNS} FROM ({select_runs('bench_hours')})) TO '{path}'")  # noqa: S608
    with psycopg.connect(address) as database:
        database.execute(f"CREATE TABLE history ({', '.join(f'{name} {kind}' for name, kind in TABLE.items())})")
    _copy(address, path)
    with psycopg.connect(address) as database:
        database.execute("CREATE INDEX ON history (inserted_at)")
        database.execute("ANALYZE history")


def _copy(address: str, path: Path) -> None:
    text = path.with_suffix(".csv")
    with duckdb.connect() as connection:
        connection.execute(f"COPY '{path}' TO '{text}' (HEADER false)")
    into = "COPY history FROM STDIN (FORMAT csv)"
    with psycopg.connect(address) as database, database.cursor().copy(into) as copy, text.open("rb") as stream:
        while piece := stream.read(1 << 20):
            copy.write(piece)


if __name__ == "__main__":
    main()
