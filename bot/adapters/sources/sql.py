"""Any database that SQLAlchemy reaches, asked with a query of the team's own."""

import hashlib
import json
import re
import tempfile
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import compress
from operator import not_
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from bot.adapters.sources.rows import Lines
from bot.adapters.sources.sql_moments import INSTANT, UNSAID, earlier, instant, newer, understood
from bot.adapters.sources.sql_positions import fitting, later_number, number_since, of_zones
from bot.domain.sources import Feed, SourceFailed
from bot.ports.sources import Batch
from bot.ports.warehouse import DataFile

if TYPE_CHECKING:
    from sqlalchemy import Connection, CursorResult, Engine, TextClause

BATCH_ROWS, BATCH_BYTES = 50_000, 32_000_000
"""So much is stored at once: of rows with long texts fewer."""
FETCHED = 1_000
MOST_REMEMBERED = 100_000
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
LOOKED_AT = 100
"""Rows that a check looks at."""
GONE = "the newest row that was read is there no more: the next read begins anew"
_SINCE = re.compile(r"(?<!:):since\b")
CursorType = Literal["time", "number", "text"]


@dataclass(frozen=True)
class Question:
    """`query` is a SELECT, or what makes one for a database by what is there; `cursor` the column of it that grows;
    None: everything is read each time. `keeps`: it is a column of the team's; one that a preset makes for itself tells
    no more than where to go on. `zone`: of moments without an offset.
    """

    query: "str | Callable[[Connection], str]"
    cursor: str | None
    cursor_type: CursorType
    lateness: timedelta
    keeps: bool = True
    zone: ZoneInfo = UNSAID


@dataclass(frozen=True)
class _Stored:
    """What the last read gave, all of which is stored: its end, and a number for each row. A row that comes again in
    the overlap is not given again, nor one of `ahead`, whose time has not come, until it has.
    """

    until: str | None
    rows: frozenset[int]
    ahead: frozenset[int] = frozenset()


NOTHING_STORED = _Stored(None, frozenset())


def _of(rows: Sequence[Any], told: Sequence[int]) -> Sequence[Any]:
    """Rows with no more than the columns that are told; they are many, and nearly always all are."""
    return rows if not rows or len(told) == len(rows[0]) else [[row[at] for at in told] for row in rows]


def _few(numbers: set[int]) -> frozenset[int]:
    return frozenset(numbers if len(numbers) <= MOST_REMEMBERED else ())


def _added(
    lines: Lines, rows: Sequence[Any], come: Sequence[bool], known: Container[int], ahead: Container[int]
) -> list[int]:
    """The numbers of rows, of which those that are not known are written. `come`: has the time of each?"""
    made = lines.lines(rows)
    numbers = list(map(hash, made))
    given = zip(made, numbers, come, strict=True)
    lines.write([line for line, number, is_here in given if number not in (known if is_here else ahead)])
    return numbers


class SqlSource:
    """`url` as SQLAlchemy takes it. Nothing is written there: SQLite files are opened for reading only, PostgreSQL
    takes a transaction that cannot write. `chosen` raises BadInput for columns of which no row can be used; `remarks`
    says what there is to say of a file of some rows; None: nothing.
    """

    def __init__(
        self,
        name: str,
        feeds: Feed,
        url: str,
        question: Question,
        columns: Mapping[str, str],
        batch_rows: int = BATCH_ROWS,
        chosen: Callable[[Sequence[str]], object] = list,
        remarks: Callable[[Path, str], str] | None = None,
    ) -> None:
        self._name, self._feeds, self._url, self._batch_rows = name, feeds, url, batch_rows
        self._question, self._columns, self._chosen, self._remarks = question, columns, chosen, remarks
        self._engine: Engine | None = None
        self._stored = NOTHING_STORED

    @contextmanager
    def batches(self, cursor: str | None, now: datetime) -> Iterator[Iterator[Batch]]:
        from bot.adapters.sources.sql_errors import explained

        scratch = tempfile.TemporaryDirectory(prefix="fireline-")
        since = fitting(cursor, is_number=self._question.cursor_type == "number")
        with scratch as folder, explained(self._url), self._rows(since) as result:
            yield self._batches(result, since, Path(folder), now)

    def check(self, now: datetime) -> str:  # noqa: ARG002 (the port's)
        """The columns that the query gives. Raises SourceFailed when it cannot be asked, BadInput for what it gives."""
        from bot.adapters.sources.sql_errors import explained

        with explained(self._url), self._rows(None) as result:
            names, rows = _names(result.keys()), result.fetchmany(LOOKED_AT)
        self._chosen(names)
        return "; ".join(filter(None, (f"columns {', '.join(names)}", self._said_of(names, rows))))

    def _said_of(self, names: Sequence[str], rows: Sequence[Any]) -> str:
        if not rows:
            return "no row yet"
        if self._remarks is None:
            return ""
        with tempfile.TemporaryDirectory(prefix="fireline-") as folder:
            path = Path(folder) / f"{self._name}.ndjson"
            with Lines(path, names) as lines:
                lines.add(rows)
            return self._remarks(path, self._feeds.value)

    def close(self) -> None:
        self._stored = NOTHING_STORED
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _opened(self) -> "Engine":
        from bot.adapters.sources.sql_engine import open_engine

        if self._engine is None:
            self._engine = open_engine(self._url)
        return self._engine

    def _asked(self, cursor: str | None, connection: "Connection") -> "tuple[TextClause, dict[str, Any]]":
        from sqlalchemy import text

        question = self._question
        query, column = question.query, question.cursor
        inner = (query if isinstance(query, str) else query(connection)).strip().rstrip(";")
        if column is None:
            return text(inner), {}
        quoted = connection.dialect.identifier_preparer.quote(column)
        since, dialect = _since(cursor, question), connection.dialect.name
        binds = _SINCE.search(inner) is not None
        by_instant = dialect == "sqlite" and question.cursor_type == "time"
        if by_instant:
            understood(connection, question.zone)
        where, given = "", dict[str, Any]()
        if not binds and since is not None and by_instant:
            where, given = newer(quoted, since, question.zone)
        elif binds or since is not None:
            where = "" if binds else f"{quoted} >= :since OR {quoted} IS NULL"
            given = {"since": _bound(since, cursor, question, dialect)}
        condition, order = f" WHERE {where}" if where else "", f"{INSTANT}({quoted})" if by_instant else quoted
        return text(f"SELECT * FROM ({inner}) AS asked{condition} ORDER BY {order}"), given  # noqa: S608 (their query)

    @contextmanager
    def _rows(self, cursor: str | None) -> "Iterator[CursorResult[Any]]":
        """They come as they are read: a first read may bring millions."""
        with self._opened().connect() as connection:
            asked = connection.execution_options(stream_results=True, max_row_buffer=FETCHED)
            with closing(asked.execute(*self._asked(cursor, connection))) as result:
                yield result

    def _batches(self, result: "CursorResult[Any]", cursor: str | None, folder: Path, now: datetime) -> Iterator[Batch]:
        names = _names(result.keys())
        self._chosen(names)
        place = self._place(names)
        position, path = cursor, folder / f"{self._name}.ndjson"
        known = self._stored.rows if cursor == self._stored.until else frozenset[int]()
        seen, kind, more = set[int](), self._question.cursor_type, True
        ahead = set[int]()
        told = list(range(len(names))) if self._question.keeps else [at for at in range(len(names)) if at != place]
        found, batch = False, 0
        waits = partial(_lies_ahead, place=place if kind == "time" else None, now=now, zone=self._question.zone)
        while more:
            given, batch = list[int](), batch + 1
            with Lines(path, [names[at] for at in told]) as lines:
                while more and self._has_room(lines):
                    some = result.fetchmany(min(FETCHED, self._batch_rows))
                    come = [not waits(row) for row in some]
                    far = batch > 1 and not lines.rows
                    numbers = _added(lines, _of(some, told), come, known, self._stored.ahead)
                    there = list(compress(some, come))
                    given += compress(numbers, come)
                    ahead.update(compress(numbers, map(not_, come)))
                    position = _later(position, there, place, self._question, now, far=far)
                    found, more = found or _has_cursor(some, place), bool(some)
            if lines.rows:
                if place is None:
                    position = _of_bytes(path)
                held = DataFile(path, self._feeds.value, self._name, self._columns, part=True, once=False)
                yield Batch(position or "", held)
            seen.update(given if len(seen) <= MOST_REMEMBERED else ())
        if cursor and not found and self._goes_on_by_itself():
            yield Batch("", None, warnings=(GONE,))
            position = None
        self._stored = _Stored(position, _few(seen), _few(ahead))

    def _goes_on_by_itself(self) -> bool:
        """By our own condition, which the newest row meets again as long as it is there."""
        query = self._question.query
        return self._question.cursor is not None and isinstance(query, str) and not _SINCE.search(query)

    def _has_room(self, lines: Lines) -> bool:
        return lines.rows < self._batch_rows and lines.size < BATCH_BYTES

    def _place(self, names: Sequence[str]) -> int | None:
        column = self._question.cursor
        if column is None:
            return None
        folded = [name.casefold() for name in names]
        if column.casefold() not in folded:
            listed = ", ".join(names)
            raise SourceFailed(f"cursor is {column}, which the query does not give", f"It gives {listed}.")
        return folded.index(column.casefold())


def _names(keys: Any) -> list[str]:
    names = [str(key) for key in keys]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SourceFailed(f"the query gives {', '.join(twice)} twice", "Name one of them otherwise (AS).")
    return names


def _of_bytes(path: Path) -> str:
    """What was given; the position where there is no cursor."""
    with path.open("rb") as stream:
        return json.dumps({"sha256": hashlib.file_digest(stream, "sha256").hexdigest()})


def _later(
    position: str | None, rows: Sequence[Any], place: int | None, question: Question, now: datetime, *, far: bool
) -> str | None:
    """The position after rows in the order of their cursor. Rows without one are given each time. `far`: a batch of
    rows came before these in the same read.
    """
    values = [] if place is None else [row[place] for row in rows if row[place] is not None]
    if not values:
        return position
    last = _written(values[-1], question.cursor_type)
    if question.cursor_type != "number":
        return json.dumps({"value": last})
    return later_number(position, _written(values[0], "number"), last, now, question.lateness, far=far)


def _has_cursor(rows: Sequence[Any], place: int | None) -> bool:
    return place is not None and any(row[place] is not None for row in rows)


def _lies_ahead(row: Any, place: int | None, now: datetime, zone: ZoneInfo) -> bool:
    """By its cursor: it is given each time, as a clock that jumps must not hide what comes with the right time."""
    moment = None if place is None else instant(row[place], zone)
    return moment is not None and moment > now


def _written(value: Any, kind: CursorType) -> str | int | float:
    if kind == "number":
        return int(value) if float(value).is_integer() else float(value)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _since(cursor: str | None, question: Question) -> Any:
    """Where the next read begins: moments go back by the lateness."""
    value = _value(cursor)
    if value is None or question.cursor_type != "time":
        return number_since(cursor, value)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise SourceFailed(
            f"the cursor {question.cursor} gave {value!r}, which is no moment", "Set cursor_type: text or number."
        ) from None
    return earlier(moment, question.lateness, question.zone)


def _value(cursor: str | None) -> Any:
    return json.loads(cursor).get("value") if cursor else None


def _like(moment: datetime, text: str) -> str:
    """ISO 8601 in the form of `text`: its separator, its fraction, its offset."""
    if len(text) == len("2026-01-31"):
        return moment.date().isoformat()
    written = moment.isoformat(sep=text[10], timespec="auto" if "." in text else "seconds")
    return written.replace("+00:00", "Z") if text.endswith("Z") else written


def _bound(since: Any, cursor: str | None, question: Question, dialect: str) -> Any:
    """What `:since` is bound to. Databases with moments of their own get one. SQLite compares texts, in a query of the
    team's own, too: it gets one in the form of the last.
    """
    if question.cursor_type != "time":
        return since if since is not None else (0 if question.cursor_type == "number" else "")
    if dialect == "sqlite":
        return "1970-01-01" if since is None else _like(since - of_zones(since), _value(cursor))
    moment = BEGINNING if since is None else since if since.tzinfo else since.replace(tzinfo=UTC)
    return moment if dialect == "postgresql" else moment.replace(tzinfo=None)
