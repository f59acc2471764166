"""A load that dies half-way where there is no transaction: loading the same files again leaves nothing wrong."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile
from typing import Any

import duckdb
import pytest

from bot.adapters.warehouse.bigquery_engine import BigQueryEngine
from bot.adapters.warehouse.duckdb_engine import DuckDBEngine, _Cursor
from bot.adapters.warehouse.engine import Parameters, Session
from bot.adapters.warehouse.sql_text import sql_text, statements
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.adapters.warehouse.unfinished import WARNING, marked
from tests.contracts.bqemulator.emulator import PROJECT
from tests.contracts.stories import NEXT
from tests.contracts.warehouses import Step, load
from tests.support.builders import World, failed, game, loaded, raw_file, run

PROCESSORS = [
    {"name": "Box", "phase": 2, "source": "box", "table": "raw.box", "schedule_hours_et": [25.0], "per_game": True},
    {"name": "Summary", "phase": 3, "table": "an.summary", "schedule_hours_et": [28.0], "dependencies": ["Box"]},
]
BEFORE = World(
    runs=[
        run("corrected", start=30, status="running", completed_at=None, duration_seconds=None),
        run("held", start=31),
        failed("no-input-yet", "Summary", start=29, text="no data"),
    ],
    table_loads=[loaded(hours=33)],
    raw_files=[raw_file()],
    game_schedule=[game("G1"), game("G2", NEXT)],
    processors=PROCESSORS,
)
AFTER = BEFORE.but(
    runs=[run("corrected", start=30), run("new", start=32), failed("other", "Box", category="gremlins", day=NEXT)],
    table_loads=[loaded(hours=28), loaded(hours=50, day=NEXT, rows=10)],
    raw_files=[raw_file(hours=10), raw_file(hours=30, day=NEXT)],
    game_schedule=[game("G1"), game("G3", NEXT)],
)
EVERY = 3
"""Each third statement that changes something is one to die at."""
HAND_OVER = {"hints", "rejected_now"}
"""Tables that only bring rows to a statement."""
TABLES = sorted({statement.split()[5] for statement in statements(sql_text("schema"))} - HAND_OVER)


class Killed(BaseException):
    """The end of the process, as far as a test can have it."""


class Lifetime:
    """Ends after a number of statements that change something; never, when that is None."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.spent: list[str] = []

    def spend(self, statement: str) -> None:
        self.spent.append(statement)
        if self.left is not None and len(self.spent) > self.left:
            raise Killed


class MortalCursor(_Cursor):
    lifetime: Lifetime

    def run(self, name: str, parameters: Parameters | None = None) -> None:
        for statement in statements(sql_text(name)):
            if "CREATE OR REPLACE TABLE stage_" not in statement:  # to die before it is to die before the next
                self.lifetime.spend(statement)
            self._execute(statement, parameters or {})

    def fill(self, table: str, columns: Any, rows: Any) -> None:
        self.lifetime.spend(f"fill {table}")
        super().fill(table, columns, rows)


class WithoutTransactions(DuckDBEngine):
    """What BigQuery is like: each statement stands for itself."""

    def __init__(self, path: Path, lifetime: Lifetime, cache: Path) -> None:
        self.lifetime = lifetime
        super().__init__(path, cache_directory=cache)

    @contextmanager
    def write(self, *, large: bool = False) -> Iterator[Session]:  # noqa: ARG002 (as the port has it)
        with self._opened.connection.cursor() as cursor:
            cursor.execute("SET TimeZone = 'UTC'")
            mortal = MortalCursor(cursor, self._translator)
            mortal.lifetime = self.lifetime
            with marked(mortal) as session:
                yield session


class MortalBigQuery(BigQueryEngine):
    """Dies before the first statement that contains `fatal`."""

    fatal: str | None = None

    def run(self, statement: str, parameters: Parameters) -> int:
        if self.fatal is not None and self.fatal in statement:
            raise Killed
        return super().run(statement, parameters)


def contents(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every table; the calendar as far as both warehouses are sure to have it."""
    with duckdb.connect(str(path)) as connection:
        return {table: sorted(connection.execute(_select(table)).fetchall(), key=repr) for table in TABLES}


def _select(table: str) -> str:
    return f"FROM {table}" + (" WHERE data_date < DATE '2027-01-01'" if table in ("slots", "evidence") else "")


def differing(path: Path, expected: dict[str, list[tuple[Any, ...]]]) -> dict[str, Any]:
    """Rows that only one of the two has, by table."""
    found = contents(path)
    both = {table: (Counter(found[table]), Counter(expected[table])) for table in TABLES}
    return {
        table: (list(ours - theirs), list(theirs - ours)) for table, (ours, theirs) in both.items() if ours != theirs
    }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of both loads, a warehouse with the first of them in it, and translated SQL."""
    directory = tmp_path_factory.mktemp("interrupted")
    BEFORE.write(directory / "before", ".ndjson")
    AFTER.write(directory / "after", ".ndjson")
    with (directory / "after" / "runs.ndjson").open("a") as stream:
        stream.write("{ broken\n")
    after(directory / "before.duckdb", directory, "before", Lifetime())
    return directory


def after(path: Path, world: Path, name: str, lifetime: Lifetime) -> None:
    """Load a directory into the warehouse at a path, in the place of a new process."""
    engine = WithoutTransactions(path, lifetime, world / "sql")
    try:
        load(SqlWarehouse(engine), world / name, Step(World(processors=PROCESSORS)))
    finally:
        engine.close()


def copied(world: Path, path: Path) -> Path:
    copyfile(world / "before.duckdb", path)
    return path


def test_a_load_that_dies_anywhere_is_whole_when_it_comes_again(world: Path, tmp_path: Path) -> None:
    whole, unbroken = copied(world, tmp_path / "whole.duckdb"), Lifetime()
    after(whole, world, "after", unbroken)
    expected = contents(whole)
    points = [at for at, statement in enumerate(unbroken.spent) if not statement.startswith("DELETE")]
    assert len(points) > 15
    for left in points[::EVERY]:  # between DELETE and INSERT rather than before both
        path, lifetime = copied(world, tmp_path / f"{left}.duckdb"), Lifetime()
        lifetime.left = left
        with pytest.raises(Killed):
            after(path, world, "after", lifetime)
        after(path, world, "after", Lifetime())
        assert (left, differing(path, expected)) == (left, {})


def test_the_very_first_load_may_die_too(world: Path, tmp_path: Path) -> None:
    unbroken = Lifetime()
    after(tmp_path / "whole.duckdb", world, "before", unbroken)
    expected = contents(tmp_path / "whole.duckdb")
    for left in range(0, len(unbroken.spent), 7):
        lifetime = Lifetime()
        lifetime.left = left
        path = tmp_path / f"{left}.duckdb"
        with pytest.raises(Killed):
            after(path, world, "before", lifetime)
        after(path, world, "before", Lifetime())
        assert (left, differing(path, expected)) == (left, {})


def test_readers_are_warned_until_then(tmp_path: Path, bigquery_endpoint: str) -> None:
    step = Step(World(processors=PROCESSORS))
    World(game_schedule=BEFORE.game_schedule).write(tmp_path, ".ndjson")
    mortal = MortalBigQuery(PROJECT, "interrupted", endpoint=bigquery_endpoint)
    mortal.fatal = "INSERT INTO hourly_sketches"
    with pytest.raises(Killed):
        load(SqlWarehouse(mortal), tmp_path, step)
    mortal.close()
    again = SqlWarehouse(BigQueryEngine(PROJECT, "interrupted", endpoint=bigquery_endpoint))
    assert again.history().warnings == (WARNING,)
    load(again, tmp_path, step)
    assert WARNING not in again.history().warnings
    again.close()
