"""The three states that the contract suite holds to the same answers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.adapters.state.database import open_engine
from bot.adapters.state.migrate import migrate
from bot.adapters.state.stores import SqlState
from bot.ports.fakes.state import FakeState
from bot.ports.state import State
from tests.contracts.postgres import new_database

KINDS = ("fake", "sqlite", "postgresql")
SQL_KINDS = ("sqlite", "postgresql")
Again = Callable[[], State]


def address(kind: str, directory: Path, postgres: Callable[[], str]) -> str | Path:
    return directory / "state.db" if kind == "sqlite" else new_database(postgres())


@contextmanager
def opened(kind: str, directory: Path, postgres: Callable[[], str]) -> Iterator[Again]:
    """Yields what opens the same, at first empty, state: each time as another process would."""
    if kind == "fake":
        fake = FakeState()
        yield lambda: fake
        return
    where, states = address(kind, directory, postgres), list[SqlState]()

    def again() -> State:
        states.append(SqlState(open_engine(where)))
        return states[-1]

    engine = open_engine(where)
    migrate(engine)
    engine.dispose()
    try:
        yield again
    finally:
        for state in states:
            state.close()
