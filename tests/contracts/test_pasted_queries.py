"""What is shown of a query runs as it is pasted into a console: DuckDB's, and BigQuery's without a default data set."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.adapters.warehouse.dialect import readable
from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
from bot.adapters.warehouse.engine import Engine, Value
from bot.adapters.warehouse.health_rows import example_of
from bot.adapters.warehouse.pasteable import bound, literal
from bot.adapters.warehouse.sql_text import query_names
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.errors import BadInput
from tests.contracts.answers import LAST, WEEK
from tests.contracts.bqemulator.emulator import PROJECT
from tests.contracts.stories import STORY
from tests.contracts.warehouses import Played, opened

Console = Callable[[str], list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Pasting:
    warehouse: SqlWarehouse
    engine: Engine
    console: Console


@pytest.fixture(scope="module", params=["duckdb on file", "bigquery"])
def pasting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pasting]:
    """A warehouse with a small history, and a console beside it."""
    directory = tmp_path_factory.mktemp("pasted")

    def endpoint() -> str:
        return str(request.getfixturevalue("bigquery_endpoint"))

    with opened(request.param, directory, directory / "sql", endpoint) as warehouse:
        assert isinstance(warehouse, SqlWarehouse)
        Played(warehouse, directory).load(next(iter(STORY.values())))
        engine = warehouse._engine
        console = _duckdb(engine) if isinstance(engine, DuckDBEngine) else _bigquery(endpoint())
        yield Pasting(warehouse, engine, console)


def _duckdb(engine: DuckDBEngine) -> Console:
    return lambda sql: engine._opened.connection.cursor().execute(sql).fetchall()


def _bigquery(endpoint: str) -> Console:
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import bigquery

    anonymous = AnonymousCredentials()  # type: ignore[no-untyped-call]
    client = bigquery.Client(PROJECT, credentials=anonymous, client_options={"api_endpoint": endpoint})
    return lambda sql: [tuple(row.values()) for row in client.query(sql).result()]


def alike(rows: list[tuple[Any, ...]]) -> list[str]:
    """Rows without an order, and times without a zone: a console shows them as its database keeps them."""
    return sorted(
        str([value.replace(tzinfo=None) if isinstance(value, datetime) else value for value in row]) for row in rows
    )


def test_every_query_runs_as_pasted_and_answers_the_same(pasting: Pasting) -> None:
    values = example_of(LAST, "Box")
    for name in query_names():
        pasted = pasting.console(pasting.warehouse.query(name, LAST, "Box").sql)
        assert (name, alike(pasted)) == (name, alike(pasting.engine.rows(name, values)))


def test_what_an_answer_asks_is_shown_once_and_runs(pasting: Pasting) -> None:
    traced, asked = pasting.warehouse.traced()
    counted = [sorted(each.health_counts(WEEK), key=repr) for each in (traced, traced, pasting.warehouse)]
    assert counted[0] == counted[1] == counted[2]
    assert [query.name for query in asked] == ["health_counts_live"]
    assert sum(row[-1] for row in pasting.console(asked[0].sql)) == sum(count.runs for count in counted[0])


def test_a_name_that_is_none_is_refused(pasting: Pasting) -> None:
    with pytest.raises(BadInput, match="Did you mean health_counts_live"):
        pasting.warehouse.query("health_count_live", LAST, "Box")


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
VALUES: st.SearchStrategy[Value] = st.one_of(
    TEXTS,
    st.integers(-(2**53), 2**53),
    st.booleans(),
    st.none(),
    st.dates(date(1970, 1, 1), date(2099, 12, 31)),
    st.datetimes(datetime(1970, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
)


@given(VALUES)
@example("it's -- a 'quoted' \\ \"name\" @since\n;DROP TABLE runs; 💥")
@example("\\'")
@example("\r\n\t")
def test_a_value_comes_back_as_it_was(value: Value) -> None:
    ((back,),) = duckdb.execute(readable(f"SELECT {literal(value)} AS value")).fetchall()
    assert (back.replace(tzinfo=UTC) if isinstance(back, datetime) else back) == value


def test_comments_are_left_alone() -> None:
    text = "-- from @since on\nSELECT @since -- not @until\nFROM runs"
    assert bound(text, {"since": 7}) == "-- from @since on\nSELECT 7 -- not @until\nFROM runs"
