"""Where the warehouse is in BigQuery, too: rows go from table to table, and come out as if this process read them."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest

from bot.adapters.sources.bigquery import BigQuerySource
from bot.adapters.sources.bigquery_asked import Question
from bot.adapters.sources.bigquery_client import BigQuery, Place
from bot.adapters.sources.bigquery_cost import Budget
from bot.adapters.sources.bigquery_inside import Beside
from bot.adapters.warehouse.bigquery_engine import BigQueryEngine
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.config.sources import SourceEntry
from bot.domain.evidence.vocabulary import Vocabulary
from bot.domain.sources import Feed, SourcePlan
from bot.ports.warehouse import GivenTable
from bot.services.loading import hints_of
from bot.services.sources import Connected, SourcesService, SyncReport
from bot.source_adapters import beside_of, chosen_of
from tests.contracts.bqemulator.emulator import PROJECT, emulated
from tests.contracts.bqemulator.proxy import Proxy, proxied
from tests.support.builders import DERIVED, NOW, RULES, registry, rows_of, warehouse

COLUMNS = {
    "run_id": "STRING",
    "job": "STRING",
    "data_date": "DATE",
    "started_at": "TIMESTAMP",
    "ended_at": "DATETIME",
    "state": "STRING",
    "records": "FLOAT64",
    "duration": "FLOAT64",
    "error_category": "STRING",
    "error": "STRING",
    "try_number": "STRING",
    "run_type": "STRING",
    "recorded_at": "TIMESTAMP",
    "colour": "STRING",
}
THEIRS = {"processor_name": "job"}
PLAIN: dict[str, Any] = {
    "job": "Box",
    "data_date": "2026-01-15",
    "started_at": "2026-01-16 05:00:00+00",
    "ended_at": "2026-01-16 05:01:00.25",
    "state": "success",
    "records": 100,
    "try_number": "1",
    "run_type": "Cron",
    "recorded_at": "2026-01-16 05:01:01+00",
    "colour": "red",
}
FAILED = {"state": "failed", "records": 0}
PLAIN_ROWS: list[dict[str, Any]] = [
    {"run_id": "plain"},
    {"run_id": "in another's words", "state": "Succeeded", "run_type": "polling", "duration": 59.5},
    {"run_id": "bare", "ended_at": None, "records": None, "try_number": None, "run_type": None, "recorded_at": None},
    {"run_id": "explained", **FAILED, "error_category": "no_data", "error": "nothing there"},
    {"run_id": "by its state", "state": "upstream_failed"},
    {"run_id": "by its text", **FAILED, "error": "It timed out on 2026-01-15"},
    {"run_id": "by nothing", **FAILED, "error": "boom 'quoted' \\ é"},
    {"run_id": None, "started_at": "2026-01-16 05:00:00.120+00"},
    {"run_id": None, "job": "Summary"},
    {"run_id": "under way", "state": "running", "ended_at": None, "started_at": "2026-01-16 11:00:00+00"},
    {"run_id": "twice"},
    {"run_id": "twice", "job": "Summary"},
]
ODD_ROWS: list[dict[str, Any]] = [
    {"run_id": "less than nothing", "records": -1},
    {"run_id": "half a record", "records": 2.5},
    {"run_id": "not a number", "duration": "NaN"},
    {"run_id": "ends before it starts", "ended_at": "2026-01-16 04:00:00"},
    {"run_id": "of the future", "started_at": "2026-02-20 20:00:00+00", "ended_at": None, "recorded_at": None},
    {"run_id": "far ahead", "data_date": "2028-01-15"},
    {"run_id": "in no words", "state": "purple"},
    {"run_id": "nameless", "job": " "},
    {"run_id": "spaced", "job": "Box ", "state": " success"},
    {"run_id": "an object", "job": '{"a": 1}'},
    {"run_id": "ctrl\x07"},
    {"run_id": "second try", "try_number": "two"},
    {"run_id": "gremlins", **FAILED, "error_category": "gremlins"},
    {"run_id": "no category", **FAILED, "error_category": "n/a", "error": "It timed out"},
    {"run_id": "a secret", **FAILED, "error": "login with password=hunter2 refused"},
    {"run_id": "long", **FAILED, "error": "x" * 5_000},
    {"run_id": "lines", **FAILED, "error": "\nTraceback\n"},
    {"run_id": "without a date", "data_date": None},
]
_made = count(1)


class Team:
    """A table of a team's own in its own data set, and the source that reads it."""

    def __init__(self, endpoint: str) -> None:
        self.client, self.dataset = emulated(endpoint), f"team_{next(_made)}"
        self.client.create_dataset(self.dataset)
        self.run(f"CREATE TABLE {self.dataset}.history ({', '.join(f'{n} {t}' for n, t in COLUMNS.items())})")

    def put(self, *rows: dict[str, Any]) -> None:
        values = ", ".join(f"({', '.join(_literal({**PLAIN, **row}.get(name)) for name in COLUMNS)})" for row in rows)
        self.run(f"INSERT INTO {self.dataset}.history VALUES {values}")  # noqa: S608 (our own)

    def run(self, sql: str) -> None:
        self.client.query(sql).result()

    def source(
        self, endpoint: str, beside: str | None = None, most_read: int = 1_000, timezone: str | None = None
    ) -> BigQuerySource:
        table = f"{self.dataset}.history"
        given = {"name": "history", "kind": "bigquery", "feeds": "runs", "table": table, "columns": THEIRS}
        given |= {} if timezone is None else {"timezone": timezone}
        entry, words = SourceEntry.model_validate(given), Vocabulary.standard()
        question = Question(
            table, False, "recorded_at", None, timedelta(minutes=15), timedelta(days=3), 30, timedelta(minutes=1),
            Budget(10**9, 10.0),
        )  # fmt: skip
        at = beside_of(entry, words, registry, beside)
        limited = None if at is None else Beside(at.dataset, at.plain, at.flag, most_read)
        client = BigQuery("history", Place(PROJECT, 10**9, endpoint))
        return BigQuerySource(
            "history", Feed.RUNS, client, question, THEIRS, chosen_of(entry, words), beside=limited
        )  # fmt: skip


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str) and value != "NaN":
        escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\x07", "', CHR(7), '")
        return f"CONCAT('{escaped}')"
    return "CAST('NaN' AS FLOAT64)" if value == "NaN" else str(value)


@pytest.fixture
def team(bigquery_endpoint: str) -> Iterator[Team]:
    made = Team(bigquery_endpoint)
    yield made
    made.client.close()  # type: ignore[no-untyped-call]


@pytest.fixture
def proxy(bigquery_endpoint: str) -> Iterator[Proxy]:
    with proxied(bigquery_endpoint) as found:
        yield found


class Held:
    """A warehouse in BigQuery, which takes what a source brings."""

    def __init__(self, endpoint: str) -> None:
        self._client, self.place = emulated(endpoint), f"{PROJECT}.inside_{next(_made)}"
        self.warehouse = SqlWarehouse(BigQueryEngine(*self.place.split("."), endpoint=endpoint))

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        found = self._client.query(f"SELECT * FROM `{self.place}.{table}`").result()  # noqa: S608 (our own)
        return [tuple(_naive(value) for value in row.values()) for row in found]


def _naive(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def synced(source: BigQuerySource, into: SqlWarehouse, timezone: str | None = None) -> SyncReport:
    plan = SourcePlan("history", "bigquery", None, timedelta(minutes=1), timedelta(minutes=15))
    connected = Connected(plan, source, hints_of(RULES, Vocabulary.standard(), timezone))
    with closing(SourcesService(into, [connected], registry, lambda: NOW)) as sources:
        return sources.sync("history")


def told(rows: Callable[[str], list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    """All that rows leave behind; a warning of odd values names the first by its place, which differs."""
    facts = [(name, value.partition("; the first, in row")[0]) for name, value in rows("facts")]
    rejected = [row[:3] for row in rows("rejected_rows")]
    kept = {**{table: rows(table) for table in DERIVED}, "facts": facts, "rejected": rejected}
    return {name: sorted(found, key=repr) for name, found in kept.items()}


@pytest.fixture
def held(bigquery_endpoint: str) -> Iterator[Held]:
    made = Held(bigquery_endpoint)
    with closing(made.warehouse):
        yield made


@pytest.fixture
def embedded() -> Iterator[SqlWarehouse]:
    """One that takes rows only from this process."""
    with closing(warehouse()) as made:
        yield made


def test_rows_come_out_as_if_this_process_had_read_them(
    proxy: Proxy, bigquery_endpoint: str, team: Team, held: Held, embedded: SqlWarehouse
) -> None:
    team.put(*PLAIN_ROWS, *ODD_ROWS)
    inside = synced(team.source(proxy.address, held.place), held.warehouse)
    outside = synced(team.source(bigquery_endpoint), embedded)
    assert (inside.rows, inside.added, inside.rejected) == (outside.rows, outside.added, outside.rejected)
    assert told(held.rows) == told(partial(rows_of, embedded))
    mark, same = held.warehouse.source_marks()["history"], embedded.source_marks()["history"]
    assert (mark.cursor, mark.rows, mark.rejected, mark.newest) == (same.cursor, same.rows, same.rejected, same.newest)
    read = {row["f"][0]["v"] for row in proxy.rows if len(row["f"]) > 4}
    assert read == {row["run_id"] for row in ODD_ROWS}, "only what is not plain comes here"


LOCAL_ROWS = [
    {"run_id": "in winter", "started_at": "2026-01-16 03:00:00+00", "ended_at": "2026-01-16 05:01:00"},
    {"run_id": "in summer", "started_at": "2025-07-16 02:00:00+00", "ended_at": "2025-07-16 05:01:00"},
    {"run_id": "comes twice", "started_at": "2025-10-26 00:00:00+00", "ended_at": "2025-10-26 02:30:00"},
    {"run_id": "is skipped", "started_at": "2025-03-30 00:00:00+00", "ended_at": "2025-03-30 02:30:00"},
]


def test_moments_of_a_named_clock_come_out_as_if_this_process_had_read_them(
    proxy: Proxy, bigquery_endpoint: str, team: Team, held: Held, embedded: SqlWarehouse
) -> None:
    team.put(*LOCAL_ROWS)
    berlin = "Europe/Berlin"
    synced(team.source(proxy.address, held.place, timezone=berlin), held.warehouse, berlin)
    synced(team.source(bigquery_endpoint, timezone=berlin), embedded, berlin)
    assert told(held.rows) == told(partial(rows_of, embedded))
    assert dict(rows_of(embedded, "(SELECT run_id, CAST(completed_at AS VARCHAR) FROM runs)")) == {
        "in winter": "2026-01-16 04:01:00",
        "in summer": "2025-07-16 03:01:00",
        "comes twice": "2025-10-26 00:30:00",
        "is skipped": "2025-03-30 01:00:00",
    }
    read = {row["f"][0]["v"] for row in proxy.rows if len(row["f"]) > 4}
    assert read == {"comes twice", "is skipped"}, "only moments that come once go from table to table"


def test_of_plain_rows_none_comes_here_and_they_are_not_given_twice(proxy: Proxy, team: Team) -> None:
    team.put(*PLAIN_ROWS)
    source = team.source(proxy.address, f"{PROJECT}.{team.dataset}")
    with source.batches(None, NOW) as batches:
        (batch,) = batches
    assert isinstance(batch.file, GivenTable)
    assert batch.file.rows == len(PLAIN_ROWS)
    assert max(len(row["f"]) for row in proxy.rows) == 4, "counts alone"
    assert [query["query"]["maximumBytesBilled"] for query in proxy.queries] == [str(10**9)] * 2
    with source.batches(batch.cursor, NOW) as batches:
        assert list(batches) == []


def test_rows_come_here_where_too_many_are_odd_and_it_says_so(
    team: Team, embedded: SqlWarehouse, bigquery_endpoint: str
) -> None:
    team.put(PLAIN_ROWS[0], *ODD_ROWS[:3])
    report = synced(team.source(bigquery_endpoint, f"{PROJECT}.{team.dataset}", most_read=2), embedded)
    assert report.added == 4
    assert report.warnings[0] == "its rows come through this machine: 3 of 4 rows need reading."


def test_rows_come_here_where_the_warehouse_is_out_of_reach_and_it_says_so(
    team: Team, embedded: SqlWarehouse, bigquery_endpoint: str
) -> None:
    team.put(PLAIN_ROWS[0])
    source = team.source(bigquery_endpoint, f"{PROJECT}.elsewhere")
    report = synced(source, embedded)
    assert report.added == 1
    assert report.warnings[0].startswith("its rows come through this machine: history: ")
    team.put({"run_id": "next", "recorded_at": "2026-01-16 05:02:00+00"})
    assert synced(source, embedded).added == 1
