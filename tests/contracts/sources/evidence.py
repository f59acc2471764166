"""What each kind of source of evidence reads in the tests: a place that facts about dates are put into."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import fsspec
import pytest

from bot.adapters.sources.bigquery_client import BigQuery, Place
from bot.adapters.sources.bigquery_tables import BigQueryTablesSource, Span
from bot.adapters.sources.objects import ObjectsSource, Pattern
from bot.ports.sources import Source
from bot.source_adapters import places
from tests.contracts.bqemulator.emulator import PROJECT, emulated
from tests.support.builders import NOW
from tests.support.fake_bucket import fake_bucket

SPAN = Span(timedelta(days=3), 30, timedelta(minutes=1))
_datasets = count(1)


@dataclass(frozen=True)
class EvidenceRig:
    """`put` adds a fact about a date. `again`: the source in a new process. `part`: one that finds a part of its places
    missing; `broken`: all of them.
    """

    put: Callable[[date], None]
    again: Callable[[], Source]
    part: Callable[[], Source]
    broken: Callable[[], Source]


class CountedTables:
    """Tables of BigQuery that are counted by date: one partitioned by it, others not."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint, self.dataset = endpoint, f"counted_{next(_datasets)}"
        self.client = emulated(endpoint)
        self.client.create_dataset(self.dataset)
        self.run(f"CREATE TABLE {self.dataset}.box (player STRING, game_date DATE) PARTITION BY game_date")
        self.run(f"CREATE TABLE {self.dataset}.plain (player STRING, game_date DATE)")
        self.run(f"CREATE TABLE {self.dataset}.moments (player STRING, game_date TIMESTAMP)")
        self.run(f"CREATE TABLE {self.dataset}.texts (player STRING, game_date STRING)")

    def run(self, sql: str) -> None:
        self.client.query(sql).result()

    def put(self, day: date, table: str = "box", rows: int = 1) -> None:
        value = (
            f"TIMESTAMP '{day} 12:00:00'" if table == "moments" else f"'{day}'" if table == "texts" else f"DATE '{day}'"
        )
        values = ", ".join(f"('p', {value})" for _ in range(rows))
        self.run(f"INSERT INTO {self.dataset}.{table} VALUES {values}")  # noqa: S608 (our own)

    def source(self, *tables: str, column: str = "game_date", endpoint: str = "") -> Source:
        client = BigQuery("tables", Place(PROJECT, 10**9, endpoint or self._endpoint))
        named = {f"{self.dataset}.{table}": column for table in tables}
        return BigQueryTablesSource("tables", client, lambda: named, SPAN)

    def close(self) -> None:
        self.client.close()  # type: ignore[no-untyped-call]


@contextmanager
def tables(endpoint: str, table: str) -> Iterator[EvidenceRig]:
    with closing(CountedTables(endpoint)) as made:
        yield EvidenceRig(
            lambda day: made.put(day, table),
            lambda: made.source(table),
            lambda: made.source("not_there", table),
            lambda: made.source("not_there"),
        )


@contextmanager
def folder(root: Path) -> Iterator[EvidenceRig]:
    """Raw files on this machine."""
    numbers = count(1)

    def put(day: date) -> None:
        place = root / "raw" / "box" / day.isoformat()
        place.mkdir(parents=True, exist_ok=True)
        path = place / f"{next(numbers):03}.json"
        path.write_text("{}")
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))

    yield _of_patterns(put, f"{root}/raw/box/{{date}}/*.json", f"file://{root}/not_there/{{date}}/*.json")


@contextmanager
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[EvidenceRig]:
    """Raw files in a bucket of Google Cloud Storage."""
    numbers = count(1)
    with fake_bucket() as made:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", made.address)

        def put(day: date) -> None:
            made.put(f"raw/box/{day}/{next(numbers):03}.json", b"{}", NOW)

        yield _of_patterns(put, "gs://exports/raw/box/{date}/*.json", "gs://not_there/{date}/*.json")


@contextmanager
def in_memory() -> Iterator[EvidenceRig]:
    """Raw files where fsspec has a driver, as for s3://."""
    numbers, root = count(1), f"bucket-{next(_datasets)}"
    system = fsspec.filesystem("memory")

    def put(day: date) -> None:
        path = f"/{root}/box/{day}/{next(numbers):03}.json"
        system.pipe(path, b"{}")
        system.store[path].created = NOW

    yield _of_patterns(put, f"memory://{root}/box/{{date}}/*.json", "not_there://bucket/{date}/*.json")


def _of_patterns(put: Callable[[date], None], pattern: str, missing: str) -> EvidenceRig:
    def source(*patterns: str) -> Source:
        named = [Pattern("box", each) for each in patterns]
        return ObjectsSource("raw", lambda: named, places(), SPAN.lateness, SPAN.days)

    return EvidenceRig(put, lambda: source(pattern), lambda: source(missing, pattern), lambda: source(missing))


KINDS: Mapping[str, str] = {
    "partitioned table": "bigquery_tables",
    "table": "bigquery_tables",
    "table of moments": "bigquery_tables",
    "table of texts": "bigquery_tables",
    "folder": "objects",
    "bucket": "objects",
    "fsspec": "objects",
}
_TABLES = {"partitioned table": "box", "table": "plain", "table of moments": "moments", "table of texts": "texts"}


@contextmanager
def evidence_of(kind: str, root: Path, request: pytest.FixtureRequest) -> Iterator[EvidenceRig]:
    if kind in _TABLES:
        made = tables(request.getfixturevalue("bigquery_endpoint"), _TABLES[kind])
    elif kind == "bucket":
        made = bucket(request.getfixturevalue("monkeypatch"))
    else:
        made = folder(root) if kind == "folder" else in_memory()
    with made as rig:
        yield rig
