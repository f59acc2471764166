"""A team's own query: one SELECT over tables and nothing else, with its faults in one line."""

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import duckdb

from bot.domain.errors import BadInput
from bot.domain.reports.named_objectives import DayValues
from bot.domain.slo import CustomQuery

MOST_ROWS = 1_000
PARAMETERS = frozenset({"since", "until"})
_PLAIN = re.compile(r"[\w*-]+")
_COLUMN = re.compile(
    r'Referenced column "([^"]+)" not found|not have a column named "([^"]+)"'
    r"|Unrecognized name: ([\w.`]+)|Name (\w+) not found"
)
_TABLE = re.compile(r"Table with name (\S+) does not exist|[Tt]able \"?([\w.:`-]+?)\"? (?:was not found|not found)")
_NOT_FOUND = re.compile(r"Not found: (?:Table|Dataset) ([\w.:-]+)")


@lru_cache(maxsize=64)
def checked(query: CustomQuery) -> str:
    """Its text, if it only reads tables. Raises BadInput."""
    import sqlglot
    from sqlglot import exp

    try:
        parsed = [each for each in sqlglot.parse(query.sql, dialect="bigquery") if each is not None]
    except sqlglot.errors.SqlglotError as error:
        raise BadInput(f"its query cannot be read: {_first_line(error)}") from None
    if len(parsed) != 1 or not isinstance(parsed[0], exp.Query) or parsed[0].find(exp.DML, exp.DDL, exp.Into):
        raise BadInput("its query is not one SELECT")
    strange = sorted({each.name for each in parsed[0].find_all(exp.Parameter)} - PARAMETERS)
    if strange:
        raise BadInput(f"its query binds @{strange[0]}: only @since and @until are given")
    for table in parsed[0].find_all(exp.Table):
        parts = [part.name for part in table.parts] if isinstance(table.this, exp.Identifier) else [""]
        if not all(_PLAIN.fullmatch(part) for each in parts for part in each.split(".")):
            raise BadInput(f"its query reads {table.sql(dialect='bigquery')}, which is no table")
    return query.sql.strip().rstrip(";")


@contextmanager
def query_explained(query: CustomQuery) -> Iterator[None]:
    """What is wrong with it, in one line that names the column or the table."""
    try:
        yield
    except duckdb.InterruptException:
        raise BadInput(_slow(query)) from None
    except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException) as error:
        raise BadInput(_fault(str(error))) from error
    except (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.OutOfRangeException) as error:
        raise BadInput(f"its query fails: {_first_line(error)}") from error
    except Exception as error:
        fault = _of_google(query, error)
        if fault is None:
            raise
        raise BadInput(fault) from error


def _of_google(query: CustomQuery, error: Exception) -> str | None:
    """None: it is not the query's fault."""
    said, code = _first_line(error), getattr(error, "code", None)
    if (
        isinstance(error, TimeoutError)
        or "timed out" in said.casefold()
        or "timeout" in type(error).__name__.casefold()
    ):
        return _slow(query)
    if "bytesBilled" in said or "bytes billed" in said:
        return f"its query would bill more than {query.max_bytes:,} bytes: raise `max_bytes`, or read fewer days"
    return _fault(said) if code in (400, 404) else None


def _fault(said: str) -> str:
    column, table = _COLUMN.search(said), _NOT_FOUND.search(said) or _TABLE.search(said)
    if column is not None:
        return f"its query names column {_first(column)}, which is not there"
    if table is not None:
        return f"its query names table {_first(table).rpartition('.')[2]}, which is not there"
    return f"its query fails: {_first_line(said)}"


def _first(found: re.Match[str]) -> str:
    return next(each for each in found.groups() if each).strip('`"').rstrip(".!")


def _slow(query: CustomQuery) -> str:
    return f"its query took longer than {query.timeout_s:g} s"


def refuse_above(query: CustomQuery, read: int) -> None:
    if read > query.max_bytes:
        raise BadInput(f"its query would read {read:,} bytes, more than `max_bytes` ({query.max_bytes:,})")


@contextmanager
def interrupted_after(seconds: float, interrupt: Callable[[], None]) -> Iterator[None]:
    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def day_values(query: CustomQuery, rows: Iterable[tuple[Any, ...]]) -> list[DayValues]:
    """Raises BadInput for rows of another shape."""
    found = list[DayValues]()
    for row in rows:
        if len(found) == MOST_ROWS:
            raise BadInput(f"its query gives more than {MOST_ROWS:,} rows: it should give one a day")
        if len(row) != len(query.columns) or not isinstance(row[0], date):
            raise BadInput(f"its query gives other columns: select {', '.join(query.columns)}, the first a DATE")
        day = row[0].date() if isinstance(row[0], datetime) else row[0]
        found.append(DayValues(day, *(_number(each) for each in row[1:])))
    return found


def _number(value: Any) -> float | None:
    if value is None or isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        if value is None:
            return None
        raise BadInput(f"its query gives {value!r} where a number is wanted")
    return float(value)


def _first_line(error: Exception | str) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
