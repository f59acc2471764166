"""The mark of a load that has begun and not ended, where there is no transaction."""

from collections.abc import Iterator

import pytest

from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
from bot.adapters.warehouse.unfinished import MARK, WARNING, is_unfinished, marked


@pytest.fixture
def engine() -> Iterator[DuckDBEngine]:
    opened = DuckDBEngine(None)
    yield opened
    opened.close()


def facts(engine: DuckDBEngine) -> set[tuple[str, str]]:
    return set(engine.rows("facts"))


def test_set_by_the_first_change_and_taken_away_at_the_end(engine: DuckDBEngine) -> None:
    with engine.write() as session, marked(session) as marking:
        marking.reader().execute("CREATE TEMP TABLE stage_new AS SELECT 1 AS row_number")
        marking.adopt("stage_new")
        assert not is_unfinished(set(marking.rows("facts")))
        marking.run("remember_fact", {"name": "rules", "value": "x"})
        assert (MARK, WARNING) in marking.rows("facts")
        marking.fill("hints", ("shape", "hinted"), [("a", "timeout")])
    assert facts(engine) == {("rules", "x")}


def test_stays_when_the_load_fails(engine: DuckDBEngine) -> None:
    with engine.write() as session:
        with pytest.raises(KeyError), marked(session) as marking:  # noqa: PT012 (the change is what is tested)
            marking.fill("hints", ("shape", "hinted"), [])
            raise KeyError
        assert is_unfinished(set(session.rows("facts")))


def test_is_not_there_when_nothing_was_changed(engine: DuckDBEngine) -> None:
    with engine.write() as session:
        with pytest.raises(KeyError), marked(session):
            raise KeyError
        assert session.rows("facts") == []
