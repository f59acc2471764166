"""What each kind of source of evidence reads in the tests: a place that facts about dates are put into."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

import pytest

from bot.adapters.sources.bigquery_client import BigQuery, Place
from bot.adapters.sources.bigquery_tables import BigQueryTablesSource, Span
from bot.ports.sources import Source
from tests.contracts.bqemulator.emulator import PROJECT, emulated

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


KINDS: Mapping[str, str] = {
    "partitioned table": "bigquery_tables",
    "table": "bigquery_tables",
    "table of moments": "bigquery_tables",
    "table of texts": "bigquery_tables",
}
_TABLES = {"partitioned table": "box", "table": "plain", "table of moments": "moments", "table of texts": "texts"}


@contextmanager
def evidence_of(kind: str, request: pytest.FixtureRequest) -> Iterator[EvidenceRig]:
    with tables(request.getfixturevalue("bigquery_endpoint"), _TABLES[kind]) as rig:
        yield rig
