"""The three states that the contract suite holds to the same answers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.adapters.state.database import open_engine
from bot.adapters.state.stores import SqlState
from bot.ports.fakes.state import FakeState
from bot.ports.state import State
from tests.contracts.postgres import migrated, new_database
from tests.support.migrated_state import empty_state

KINDS = ("fake", "sqlite", "postgresql")
SQL_KINDS = ("sqlite", "postgresql")
Again = Callable[[], State]


def address(kind: str, directory: Path, postgres: Callable[[], str]) -> str | Path:
    """Of an empty database."""
    return directory / "state.db" if kind == "sqlite" else new_database(postgres())


def with_tables(kind: str, directory: Path, postgres: Callable[[], str]) -> str | Path:
    """Of a state of this release that has nothing in it."""
    if kind == "sqlite":
        return empty_state(directory / "state.db")
    return new_database(postgres(), like=migrated(postgres()))


@contextmanager
def opened(kind: str, directory: Path, postgres: Callable[[], str]) -> Iterator[Again]:
    """Yields what opens the same, at first empty, state: each time as another process would."""
    if kind == "fake":
        fake = FakeState()
        yield lambda: fake
        return
    where, states = with_tables(kind, directory, postgres), list[SqlState]()

    def again() -> State:
        states.append(SqlState(open_engine(where)))
        return states[-1]

    try:
        yield again
    finally:
        for state in states:
            state.close()
