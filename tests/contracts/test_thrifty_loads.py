"""A large load holds the memory of the embedded warehouse down, and lets it go where anything needs more."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from bot.adapters.warehouse import limits
from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.evidence.platform_facts import platform_facts
from bot.domain.evidence.vocabulary import Vocabulary
from bot.ports.warehouse import DataFile
from bot.services.loading import hints_of
from tests.support.builders import NOW, RULES, registry, rows_of, run, write_rows


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DuckDBEngine]:
    monkeypatch.setattr(limits, "LARGE_BYTES", 100)
    with closing(DuckDBEngine(tmp_path / "warehouse.duckdb")) as opened:
        yield opened


def limit(engine: DuckDBEngine) -> str:
    with closing(engine._opened.connection.cursor()) as cursor:
        return str(cursor.execute("SELECT current_setting('memory_limit')").fetchall()[0][0])


def loaded(engine: DuckDBEngine, folder: Path, ids: range, *, asking: bool = True) -> list[str]:
    """The limits that were in force meanwhile; where there is no memory, they cannot be asked for either."""
    warehouse, path, seen = SqlWarehouse(engine), folder / "runs.csv", list[str]()
    write_rows(path, [run(f"r{n}", start=n / 10) for n in ids])
    hints = hints_of(RULES, Vocabulary.standard())

    def progress(_step: str, _rows: int) -> None:
        if asking:
            seen.append(limit(engine))

    warehouse.load([DataFile.of(path)], platform_facts(registry()), hints, NOW, progress)
    return seen


def test_a_large_load_takes_little_and_leaves_the_limit_as_it_was(
    engine: DuckDBEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = limit(engine)
    assert {*loaded(engine, tmp_path, range(10))} == {"143.0 MiB"}
    assert limit(engine) == before
    monkeypatch.setattr(limits, "LARGE_BYTES", 100_000)
    assert {*loaded(engine, tmp_path, range(20))} == {before}, "a small load costs no cache"


def test_a_load_that_needs_more_gets_it(engine: DuckDBEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "THRIFTY_MEGABYTES", 0)
    monkeypatch.setattr(limits, "A_THREAD", 0)
    before = limit(engine)
    loaded(engine, tmp_path, range(10), asking=False)
    assert limit(engine) == before
    assert len(rows_of(SqlWarehouse(engine), "runs")) == 10


def test_a_question_that_needs_more_meanwhile_gets_it(
    engine: DuckDBEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = [duckdb.OutOfMemoryException("failed to allocate data")]
    rows = type(engine._opened.cursor(engine._translator)).rows

    def short(cursor: object, name: str, *given: object) -> object:
        if name == "history" and failing:
            raise failing.pop()
        return rows(cursor, name, *given)  # type: ignore[arg-type]

    loaded(engine, tmp_path, range(10))
    monkeypatch.setattr(type(engine._opened.cursor(engine._translator)), "rows", short)
    before = limit(engine)
    with engine.write(large=True):
        assert limit(engine) != before
        assert engine.rows("history")[0][0] == 10
        assert limit(engine) == before
    with engine.write(large=True):
        assert limit(engine) == before, "given up for good"
    failing.append(duckdb.OutOfMemoryException("failed to allocate data"))
    with pytest.raises(Exception, match="failed to allocate data"):
        engine.rows("history")
