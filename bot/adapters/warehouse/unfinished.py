"""For databases without a transaction over a whole load: a mark that a load has begun and not ended.

A load takes the same steps again with the same result, save one: what it has already merged counts as unchanged, and
so would not be counted into the roll-up. The next load that finds the mark therefore rebuilds evidence and roll-up.
"""

from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from typing import Any

import duckdb

from bot.adapters.warehouse.engine import Parameters, Session, Value

MARK = "unfinished"
WARNING = "a load is under way, or one was interrupted: figures may be incomplete. Load the same files again"


@contextmanager
def marked(session: Session) -> Iterator[Session]:
    """Marked from the first change on, and for as long as the load has not ended well."""
    marking = _Marking(session)
    yield marking
    if marking.has_changed:
        session.run("forget_fact", {"name": MARK})


def is_unfinished(facts: Set[tuple[Any, ...]]) -> bool:
    """`facts`: (name, value) as the warehouse holds them."""
    return any(name == MARK for name, _ in facts)


class _Marking:
    """A session that sets the mark before it changes anything. Staging changes nothing that is read."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.has_changed = False

    def run(self, name: str, parameters: Parameters | None = None) -> None:
        self._mark()
        self._session.run(name, parameters)

    def rows(self, name: str, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        return self._session.rows(name, parameters)

    def reader(self) -> duckdb.DuckDBPyConnection:
        return self._session.reader()

    def adopt(self, table: str) -> None:
        self._session.adopt(table)

    def stage(self, table: str, select: str) -> None:
        self._session.stage(table, select)

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[tuple[Value, ...]]) -> None:
        self._mark()
        self._session.fill(table, columns, rows)

    def billed(self) -> int:
        return self._session.billed()

    def _mark(self) -> None:
        if not self.has_changed:
            self.has_changed = True
            self._session.run("remember_fact", {"name": MARK, "value": WARNING})
