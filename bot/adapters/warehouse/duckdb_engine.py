"""The embedded warehouse: one DuckDB file, one process that writes, many threads that read."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from weakref import WeakSet

import duckdb

from bot.adapters.warehouse import schema_version
from bot.adapters.warehouse.custom_query import checked, interrupted_after, query_explained
from bot.adapters.warehouse.dialect import Translator, readable, translator
from bot.adapters.warehouse.engine import NO_JOINS, Parameters, Session, Value, refuse_unless
from bot.adapters.warehouse.limits import Thrift
from bot.adapters.warehouse.parsed import execute, parsed
from bot.adapters.warehouse.pasteable import bound
from bot.adapters.warehouse.sql_text import sql_text, statements
from bot.domain.errors import BadInput, WarehouseUnavailable, reason_of
from bot.domain.slo import CustomQuery

log = logging.getLogger("fireline.warehouse")
FETCHED = 2_000
"""Rows at a time: weeks of runs are not held twice, as they come and with aware times."""
FILLED = 20_000
"""Rows at a time, for the same reason."""
_HOLDER = re.compile(r"PID (\d+)")
_TROUBLE = (
    duckdb.IOException, duckdb.FatalException, duckdb.OutOfMemoryException, duckdb.TransactionException,
    duckdb.SerializationException, duckdb.ConnectionException, MemoryError,
)  # fmt: skip
_GIVE_BACK = "SET allocator_background_threads = true"
"""What a query has used goes back to the system: https://duckdb.org/docs/stable/internals/jemalloc"""


class DuckDBEngine:
    """`path` None keeps everything in memory. `read_only` lets several processes read while none writes.

    After an error that it calls fatal DuckDB answers nothing more: the file is then opened again at the next question.
    """

    sole_writer = True

    def __init__(self, path: Path | None, *, read_only: bool = False, cache_directory: Path | None = None) -> None:
        self._path, self._read_only = path, read_only
        self._translator = translator(cache_directory)
        self._writing, self._opening = threading.Lock(), threading.Lock()
        self._may: Callable[[], bool] = lambda: True
        self._opened = self._open()

    def only_while(self, may: Callable[[], bool]) -> None:
        self._may = may

    def _open(self) -> _Opened:
        opened = _Opened(_connect(self._path, read_only=self._read_only))
        try:
            with _explained(self._path):
                opened.connection.execute(_GIVE_BACK)
                opened.connection.execute(NO_JOINS)
                if self._read_only:
                    schema_version.check(opened.connection, self._path)
                else:
                    self._make_tables(opened.connection)
        except BaseException:
            opened.connection.close()
            raise
        return opened

    def _make_tables(self, connection: duckdb.DuckDBPyConnection) -> None:
        """All or none of them: a process that is killed here leaves a new warehouse, not one of another release."""
        with _transaction(connection.cursor()) as cursor:
            if self._path is None:
                schema_version.mark(cursor)
            else:
                schema_version.mark_new(cursor)
                schema_version.check(cursor, self._path)
            _Cursor(cursor, self._translator).run("schema")

    @contextmanager
    def _usable(self) -> Iterator[_Opened]:
        """What is open. Raises WarehouseUnavailable; after a fatal error the next one to ask opens the file again."""
        opened = self._opened if not self._opened.broken else self._opened_anew()
        with _explained(self._path):
            try:
                yield opened
            except duckdb.FatalException as error:
                if not opened.broken and self._path is not None:
                    opened.broken = True
                    log.error("%s is opened again after a fatal error: %s", self._path, _first_line(error))
                raise

    def _opened_anew(self) -> _Opened:
        """Nothing of the old one may be open: the new one would be as broken."""
        with self._opening:
            if self._opened.broken:
                with _explained(self._path):
                    self._opened.close()
                self._opened = self._open()
                log.warning("%s works again", self._path)
            return self._opened

    def rows(self, name: str, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        with self._usable() as opened:
            return self._with_room(lambda: opened.cursor(self._translator).rows(name, parameters))

    def select(self, query: CustomQuery, parameters: Parameters) -> list[tuple[Any, ...]]:
        def ask() -> list[tuple[Any, ...]]:
            with self._asking(query) as cursor:
                return cursor.asked(checked(query), parameters)

        return self._with_room(ask)

    def _with_room(self, ask: Callable[[], list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
        """A question that fails for want of memory while a load is thrifty with it is asked again with all of it."""
        try:
            return ask()
        except Exception as error:
            if not self._opened.thrift.given_up_for(error):
                raise
            return ask()

    def explain(self, query: CustomQuery, parameters: Parameters) -> None:
        with self._asking(query) as cursor:
            nothing = f"SELECT * FROM (\n{checked(query)}\n) AS asked LIMIT 0"  # noqa: S608 (one SELECT, checked)
            cursor.asked(nothing, parameters)

    @contextmanager
    def _asking(self, query: CustomQuery) -> Iterator[_Cursor]:
        """On a cursor of its own, which is interrupted when it takes too long."""
        with (
            self._usable() as opened,
            query_explained(query),
            closing(opened.connection.cursor()) as cursor,
            interrupted_after(query.timeout_s, cursor.interrupt),
        ):
            yield _Cursor(cursor, self._translator)

    def pasteable(self, name: str, parameters: Parameters | None = None) -> str:
        return readable(bound(sql_text(name), parameters or {}))

    @contextmanager
    def write(self, *, large: bool = False) -> Iterator[Session]:
        refuse_unless(self._may)
        with self._writing, self._usable() as opened, self._thrifty(opened, large=large):
            cursor = opened.connection.cursor()
            cursor.execute("SET TimeZone = 'UTC'")
            with _transaction(cursor):
                yield _Cursor(cursor, self._translator)

    def _thrifty(self, opened: _Opened, *, large: bool) -> AbstractContextManager[None]:
        """In memory nothing can be let go: it is all there is."""
        return opened.thrift.held() if large and self._path is not None else nullcontext()

    def close(self) -> None:
        with _explained(self._path):
            self._opened.connection.close()


class _Opened:
    """A connection, and a cursor on it for each thread that reads."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection, self.broken, self.thrift = connection, False, Thrift(connection)
        self._local, self._cursors = threading.local(), WeakSet[_Cursor]()

    def cursor(self, translator: Translator) -> _Cursor:
        known: _Cursor | None = getattr(self._local, "cursor", None)
        if known is None:
            known = self._local.cursor = _Cursor(self.connection.cursor(), translator)
            self._cursors.add(known)
        return known

    def close(self) -> None:
        """Raises duckdb.Error while another thread still asks."""
        for cursor in list(self._cursors):
            cursor.close()
        self.connection.close()


class _Cursor:
    """A session over one DuckDB cursor. Temporary tables belong to it."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, translator: Translator) -> None:
        self._cursor = cursor
        self._translator = translator

    def run(self, name: str, parameters: Parameters | None = None) -> None:
        for statement in statements(sql_text(name)):
            self._execute(statement, parameters or {})

    def rows(self, name: str, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        return self.asked(sql_text(name), parameters or {})

    def asked(self, statement: str, parameters: Parameters) -> list[tuple[Any, ...]]:
        self._execute(statement, parameters)
        times = [at for at, column in enumerate(self._cursor.description or ()) if str(column[1]) == "TIMESTAMP"]
        found: list[tuple[Any, ...]] = []
        while some := self._cursor.fetchmany(FETCHED):
            found += [_aware(row, times) for row in some] if times else some
        return found

    def reader(self) -> duckdb.DuckDBPyConnection:
        return self._cursor

    def adopt(self, table: str) -> None:
        """Nothing to do: files are read on this very connection."""

    def stage(self, table: str, select: str) -> None:
        self._cursor.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {self._translator.duckdb(select)}")

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[tuple[Value, ...]]) -> None:
        execute(self._cursor, f"DELETE FROM {table}")  # noqa: S608 (our own name)
        listed = ", ".join(f"unnest($c{at})" for at in range(len(columns)))
        into, left = ", ".join(columns), iter(rows)
        while some := list(islice(left, FILLED)):
            named = {f"c{at}": [_naive(value) for value in column] for at, column in enumerate(zip(*some, strict=True))}
            execute(self._cursor, f"INSERT INTO {table} ({into}) SELECT {listed}", named)

    def billed(self) -> int:
        return 0

    def close(self) -> None:
        self._cursor.close()

    def _execute(self, statement: str, parameters: Mapping[str, Value]) -> None:
        ready = parsed(self._cursor, self._translator.duckdb(statement))
        used = {name: _naive(parameters[name]) for name in ready.named_parameters}
        self._cursor.execute(ready, used or None)


def _naive(value: Value) -> Value:
    if not isinstance(value, datetime):
        return value
    return (value if value.tzinfo is UTC else value.astimezone(UTC)).replace(tzinfo=None)


def _aware(row: tuple[Any, ...], times: Sequence[int]) -> tuple[Any, ...]:
    values = list(row)
    for at in times:
        if values[at] is not None:
            values[at] = values[at].replace(tzinfo=UTC)
    return tuple(values)


@contextmanager
def _transaction(cursor: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    cursor.begin()
    try:
        yield cursor
        cursor.commit()
    except BaseException:
        # One that failed while it was committed is over already; why it failed is what counts.
        with suppress(duckdb.Error):
            cursor.rollback()
        raise
    finally:
        cursor.close()


@contextmanager
def _explained(path: Path | None) -> Iterator[None]:
    """What disk, memory or another writer did to the warehouse, in words; faults of our own SQL stay what they are."""
    try:
        yield
    except _TROUBLE as error:
        remedy = "Nothing was changed. Free disk space or memory, then try again."
        raise WarehouseUnavailable(
            f"{path or 'The warehouse'} cannot be used: {_first_line(error)}. {remedy}"
        ) from error


def _connect(path: Path | None, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    if path is None:
        return duckdb.connect(":memory:")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = duckdb.connect(str(path), read_only=read_only)
        if not read_only:
            with suppress(PermissionError):  # another's file, who may give and take rights
                path.chmod(0o600)
        return connection
    except duckdb.IOException as error:
        raise _unavailable(path, error) from error
    except OSError as error:
        where = f"{path.parent} cannot hold the warehouse: {reason_of(error)}"
        raise BadInput(f"{where}. Name a folder with --home.") from error
    except duckdb.Error as error:
        raise WarehouseUnavailable(f"{path}: not a warehouse that can be opened: {_first_line(error)}") from error


def _unavailable(path: Path, error: duckdb.IOException) -> WarehouseUnavailable:
    text = str(error)
    if "lock" in text.casefold():
        holder = _HOLDER.search(text)
        who = f"process {holder[1]}" if holder else "another process"
        remedy = "Wait until it has finished, or stop it; nothing was changed."
        return WarehouseUnavailable(f"{path} is in use by {who}. {remedy}")
    return WarehouseUnavailable(f"{path} cannot be opened: {_first_line(error)}")


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
