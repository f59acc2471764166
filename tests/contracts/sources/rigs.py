"""What each kind of source reads in the tests: a place that rows are put into, and the source that reads it."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.adapters.sources.bigquery import BigQuerySource
from bot.adapters.sources.bigquery_asked import Question as Asking
from bot.adapters.sources.bigquery_client import BigQuery, Place
from bot.adapters.sources.bigquery_cost import Budget
from bot.adapters.sources.files import SETTLES_S, FilesSource
from bot.adapters.sources.sql import Question, SqlSource
from bot.config.sources import SourceEntry
from bot.domain.evidence.vocabulary import Vocabulary
from bot.domain.sources import Feed
from bot.ports.sources import Source
from bot.source_adapters import chosen_of, places
from tests.contracts.bqemulator.emulator import PROJECT, emulated
from tests.contracts.postgres import new_database
from tests.support.builders import NOW, Row
from tests.support.fake_bucket import fake_bucket

LATENESS = timedelta(minutes=15)
BATCH_ROWS = 2
QUERY = "SELECT * FROM history"
COLUMNS = (
    "run_id", "processor_name", "data_date", "started_at", "completed_at", "status", "records_processed",
    "error_message", "inserted_at",
)  # fmt: skip
THEIRS = {"processor_name": "job", "records_processed": "n"}
"""Our column -> what the team calls it."""


@dataclass(frozen=True)
class Rig:
    """`put` adds rows as the team's own code would, newer ones later. `again`: the source in a new process."""

    put: Callable[[Sequence[Row]], None]
    again: Callable[[], Source]
    broken: Callable[[], Source]
    """One whose place is not there."""


def _theirs(row: Row) -> dict[str, Any]:
    return {THEIRS.get(name, name): row.get(name) for name in COLUMNS}


def _question() -> Question:
    return Question(QUERY, "inserted_at", "time", LATENESS)


@contextmanager
def sqlite(folder: Path) -> Iterator[Rig]:
    path = folder / "history.db"

    def put(rows: Sequence[Row]) -> None:
        with closing(sqlite3.connect(path)) as connection, connection:
            names = ", ".join(_theirs(rows[0]))
            connection.execute(f"CREATE TABLE IF NOT EXISTS history ({names})")
            places = ", ".join("?" for _ in COLUMNS)
            values = [[_text(value) for value in _theirs(row).values()] for row in rows]
            connection.executemany(f"INSERT INTO history VALUES ({places})", values)  # noqa: S608 (places)

    def of(where: Path) -> Source:
        return SqlSource("history", Feed.RUNS, f"sqlite:///{where}", _question(), THEIRS, BATCH_ROWS)

    yield Rig(put, lambda: of(path), lambda: of(folder / "no.db"))


def _text(value: Any) -> Any:
    return value.isoformat(" ") if isinstance(value, datetime) else None if value is None else str(value)


_TYPES = {"started_at": "timestamptz", "completed_at": "timestamptz", "inserted_at": "timestamp", "data_date": "date"}


@contextmanager
def postgresql(address: str) -> Iterator[Rig]:
    """Moments with and without an offset, which the session reads as UTC."""

    def put(rows: Sequence[Row]) -> None:
        with psycopg.connect(address) as connection:
            columns = ", ".join(f"{THEIRS.get(name, name)} {_TYPES.get(name, 'text')}" for name in COLUMNS)
            connection.execute(f"CREATE TABLE IF NOT EXISTS history ({columns})")
            with connection.cursor().copy("COPY history FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([_aware(name, row.get(name)) for name in COLUMNS])

    def of(where: str) -> Source:
        return SqlSource("history", Feed.RUNS, where, _question(), THEIRS, BATCH_ROWS)

    yield Rig(put, lambda: of(address), lambda: of(f"{address}_that_is_not_there"))


def _aware(name: str, value: Any) -> Any:
    return value.replace(tzinfo=UTC) if _TYPES.get(name) == "timestamptz" and value is not None else value


@contextmanager
def files(folder: Path) -> Iterator[Rig]:
    exports, parts = folder / "exports", count(1)

    def put(rows: Sequence[Row]) -> None:
        exports.mkdir(exist_ok=True)
        text = "".join(json.dumps(_theirs(row), default=str) + "\n" for row in rows)
        (exports / f"runs-{next(parts):04}.ndjson").write_text(text)

    def later() -> float:
        """The clock of the file system, after its files have settled."""
        newest = max((path.stat().st_ctime for path in exports.glob("*")), default=0.0)
        return newest + SETTLES_S + 1

    def of(where: Path) -> Source:
        return FilesSource(str(where), None, LATENESS, THEIRS, later)

    yield Rig(put, lambda: of(exports), lambda: of(folder / "nowhere"))


@contextmanager
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """Exports in a bucket of Google Cloud Storage."""
    parts = count(1)
    with fake_bucket() as made:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", made.address)

        def put(rows: Sequence[Row]) -> None:
            text = "".join(json.dumps(_theirs(row), default=str) + "\n" for row in rows)
            part = next(parts)
            made.put(f"daily/runs-{part:04}.ndjson", text.encode(), NOW + timedelta(seconds=part))

        def of(where: str) -> Source:
            return FilesSource(where, None, LATENESS, THEIRS, lambda: 0.0, bucket=places()("gs"))

        yield Rig(put, lambda: of("gs://exports/daily"), lambda: of("gs://nowhere/daily"))


_datasets = count(1)


class BigQueryTable:
    """A partitioned table in a dataset of its own, with a view of it, and the source that reads them."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint, self.dataset = endpoint, f"source_{next(_datasets)}"
        self.client = emulated(endpoint)
        self.client.create_dataset(self.dataset)
        columns = ", ".join(f"{THEIRS.get(name, name)} {_OF_BIGQUERY.get(name, 'STRING')}" for name in COLUMNS)
        make = f"CREATE TABLE {self.dataset}.history ({columns}, source_metadata STRING) PARTITION BY data_date"
        self.run(f"{make} OPTIONS(require_partition_filter = TRUE)")
        seen = f"SELECT * FROM {self.dataset}.history WHERE data_date > '1970-01-01'"  # noqa: S608 (our own)
        self.run(f"CREATE VIEW {self.dataset}.seen AS {seen}")

    def put(self, rows: Sequence[Row]) -> None:
        names = ", ".join(THEIRS.get(name, name) for name in COLUMNS)
        values = ", ".join(f"({', '.join(_literal(name, row.get(name)) for name in COLUMNS)})" for row in rows)
        self.run(f"INSERT INTO {self.dataset}.history ({names}) VALUES {values}")  # noqa: S608 (our own)

    def run(self, sql: str) -> None:
        self.client.query(sql).result()

    def close(self) -> None:
        self.client.close()  # type: ignore[no-untyped-call]

    def source(self, endpoint: str, kind: str = "bigquery", table: str = "history") -> BigQuerySource:
        name = f"{self.dataset}.{'seen' if kind == 'bigquery view' else table}"
        text = f"SELECT * FROM {name} WHERE data_date >= :from AND inserted_at >= :since"  # noqa: S608 (our own)
        question = Asking(
            of=text if kind == "bigquery query" else name,
            is_query=kind == "bigquery query",
            cursor="inserted_at",
            partition=None if kind == "bigquery" else "data_date",
            lateness=LATENESS,
            reach=timedelta(days=3),
            days=30,
            every=timedelta(minutes=1),
            budget=Budget(10**9, 10.0),
        )
        given = {"name": "history", "kind": "bigquery", "feeds": "runs", "table": name, "columns": THEIRS}
        chosen = chosen_of(SourceEntry.model_validate(given), Vocabulary.standard())
        client = BigQuery("history", Place(PROJECT, 10**9, endpoint))
        return BigQuerySource("history", Feed.RUNS, client, question, THEIRS, chosen, BATCH_ROWS)


@contextmanager
def bigquery(endpoint: str, kind: str) -> Iterator[Rig]:
    """The real client against an emulator: a partitioned table, a view of one, or a query."""
    with closing(BigQueryTable(endpoint)) as table:
        broken = "no_such_table"
        yield Rig(
            table.put,
            lambda: table.source(endpoint, kind),
            lambda: table.source(endpoint, "bigquery query" if kind == "bigquery query" else "bigquery", broken),
        )


_OF_BIGQUERY = {
    "started_at": "TIMESTAMP",
    "completed_at": "TIMESTAMP",
    "inserted_at": "TIMESTAMP",
    "data_date": "DATE",
    "records_processed": "INT64",
}


def _literal(name: str, value: Any) -> str:
    if value is None:
        return "NULL"
    return f"{_OF_BIGQUERY.get(name, '')} '{value}'" if name != "records_processed" else str(value)


KINDS: Mapping[str, str] = {
    "sqlite": "sql",
    "postgresql": "sql",
    "files": "files",
    "files in a bucket": "files",
    "bigquery": "bigquery",
    "bigquery view": "bigquery",
    "bigquery query": "bigquery",
}


@contextmanager
def rig_of(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Rig]:
    if kind == "postgresql":
        with postgresql(new_database(request.getfixturevalue("postgres_folder"))) as rig:
            yield rig
        return
    if kind == "files in a bucket":
        with bucket(request.getfixturevalue("monkeypatch")) as rig:
            yield rig
        return
    if kind.startswith("bigquery"):
        with bigquery(request.getfixturevalue("bigquery_endpoint"), kind) as rig:
            yield rig
        return
    with (sqlite if kind == "sqlite" else files)(folder) as rig:
        yield rig
