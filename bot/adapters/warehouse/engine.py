"""What a database must offer for the shared SQL to run on it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any, Protocol

import duckdb

from bot.domain.errors import WarehouseUnavailable
from bot.domain.slo import CustomQuery

Value = str | int | float | bool | datetime | date | None
SEPARATOR = "\x1f"
"""Between names that share a staged row: no row is loaded whose name holds a control character."""
Parameters = Mapping[str, Value]
NO_JOINS = "SET disabled_optimizers = 'in_clause'"
"""DuckDB would make a join of each IN with many constants, of which reading a file has dozens: comparing is faster, and
planning takes half the time.
"""


class NeedsRoom(Exception):
    """A write that was `large` has had too little memory, or disk beside it. Nothing was changed."""


class Session(Protocol):
    """One writer's connection: staging tables made in it are seen by its later statements."""

    def run(self, name: str, parameters: Parameters | None = None) -> None:
        """Execute every statement of the SQL text `name`."""
        ...

    def rows(self, name: str, parameters: Parameters | None = None) -> list[tuple[Any, ...]]: ...

    def reader(self) -> duckdb.DuckDBPyConnection:
        """The embedded connection that reads files; what it stages comes over by `adopt`."""
        ...

    def adopt(self, table: str) -> None:
        """Make a staging table of `reader()` visible to the shared SQL."""
        ...

    def stage(self, table: str, select: str) -> None:
        """Make a staging table of what a SELECT of the shared dialect gives; it binds nothing."""
        ...

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[tuple[Value, ...]]) -> None:
        """Replace the whole content of a table."""
        ...

    def billed(self) -> int:
        """Bytes that what was asked here has billed so far; 0 where nothing is billed."""
        ...


class Engine(Protocol):
    """A database that runs the shared SQL. Times in parameters and results are aware UTC.

    `sole_writer`: nobody else can change the data while this is open.
    """

    @property
    def sole_writer(self) -> bool: ...

    def rows(self, name: str, parameters: Parameters | None = None) -> list[tuple[Any, ...]]: ...

    def select(self, query: CustomQuery, parameters: Parameters) -> list[tuple[Any, ...]]:
        """The rows of a team's own query, within its limits. Raises BadInput in one line that says what is wrong."""
        ...

    def explain(self, query: CustomQuery, parameters: Parameters) -> None:
        """The same without its being run."""
        ...

    def pasteable(self, name: str, parameters: Parameters | None = None) -> str:
        """The query as a console of this database takes it, with the values in it."""
        ...

    def write(self, *, large: bool = False) -> AbstractContextManager[Session]:
        """One writer at a time; everything done within is kept whole or not at all, where the database can. `large`:
        with no more memory than it needs. Raises NeedsRoom where that was too little: it may succeed without.
        """
        ...

    def only_while(self, may: Callable[[], bool]) -> None:
        """No step changes anything while `may` says no: it raises WarehouseUnavailable."""
        ...

    def close(self) -> None: ...


def refuse_unless(may: Callable[[], bool]) -> None:
    """Raises WarehouseUnavailable."""
    if not may():
        raise WarehouseUnavailable("Another process changes the warehouse now: this one was silent for too long.")
