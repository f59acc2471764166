"""Read one data file into a typed staging table. What cannot be used is set aside with its place and the reason."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from bot.adapters.warehouse.disagreeing import overruled
from bot.adapters.warehouse.formats import first_line, open_raw
from bot.adapters.warehouse.headers import refuse_lacking
from bot.adapters.warehouse.limits import limited, too_large
from bot.adapters.warehouse.parsed import execute
from bot.adapters.warehouse.raw_rows import MOST_NAMED, RawRows
from bot.adapters.warehouse.redacting import redact
from bot.adapters.warehouse.unclear import note_unclear
from bot.adapters.warehouse.values import Meaning, believed, cleaned, faults, given, typed, without_zone
from bot.domain.counts import plural
from bot.domain.errors import BadInput
from bot.domain.evidence.columns import Column, FileKind, Type
from bot.domain.redaction import redacted, visible
from bot.ports.warehouse import DataFile, RejectedRow

LOOKED_AT = 100
"""Values whose zone is looked at: a column is written in one way."""


@dataclass(frozen=True)
class Odd:
    """Optional values of a column that cannot be used: the rows are loaded without them."""

    column: str
    rows: int
    first_row: int
    first_reason: str
    first_file: str = ""
    """Of a file made of pieces: the one that has the row."""


@dataclass(frozen=True)
class Reading:
    """What came of reading one file. The good rows are in the view `stage_<stem>` (for runs, `stage_read`).

    `rejected` names the first rows that were set aside, `rejected_rows` counts all of them, `held_back` those of the
    future among them, which may be right later, `waiting` those whose time comes within a day. `overruled` says which
    optional columns another one contradicts, `ignored` which columns of the file are none of ours.
    """

    rows: int
    rejected: tuple[RejectedRow, ...]
    missing: tuple[Column, ...]
    rejected_rows: int = 0
    held_back: int = 0
    waiting: int = 0
    odd: tuple[Odd, ...] = ()
    overruled: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    zoneless: tuple[str, ...] = ()
    """Columns whose first moments are written without a zone."""


def read(connection: duckdb.DuckDBPyConnection, kind: FileKind, file: DataFile, into: str, meaning: Meaning) -> Reading:
    """Read the file; its good rows are in the temporary view `into`. Raises BadInput when the file makes no sense."""
    path = file.path
    if not path.is_file():
        raise BadInput(f"{path.name} is no regular file. Copy what it gives into one.")
    with tempfile.TemporaryDirectory(prefix="fireline-") as folder, limited(connection, path):
        try:
            for workspace in (None, Path(folder)):
                raw = open_raw(connection, path, kind, meaning.aliases, workspace)
                _refuse_missing(kind, raw, path, meaning)
                if raw.rows < 0:
                    continue
                total, doubtful = _stage(connection, kind, into, raw, meaning)
                if total + raw.broken.count == raw.rows:
                    said = tuple(overruled(connection, kind, raw, _cleaned(kind, raw), path.name, meaning))
                    return replace(_told(connection, kind, file, into, raw, meaning, doubtful), overruled=said)
        except duckdb.OutOfMemoryException as error:
            raise too_large(path) from error
        except duckdb.Error as error:
            raise BadInput(f"{path.name}: cannot be read: {first_line(error)}") from error
    raise BadInput(
        f"{path.name}: has {raw.rows:,} rows, and only {total + raw.broken.count:,} could be read or rejected by"
        " number. Nothing was loaded. Write it again, as Parquet if you can."
    )


def _stage(
    connection: duckdb.DuckDBPyConnection, kind: FileKind, into: str, raw: RawRows, meaning: Meaning
) -> tuple[int, int]:
    """Make `<into>_all`, every row typed; returns the rows, and those that may be at fault. That they may be is cheap
    to see; the reason is not."""
    columns = [f'{typed(column, raw.sources, meaning)} AS "{column.name}"' for column in kind.columns]
    there = [f'{_there(column, raw)} AS "given_{column.name}"' for column in kind.columns]
    doubts = " OR ".join(f"({fault.test})" for column in kind.columns for fault in faults(column, meaning))
    names = ", ".join(_usable(column, meaning) for column in kind.columns)
    made = (
        f"CREATE OR REPLACE TEMP TABLE {into}_all AS SELECT row_number, {names}, coalesce({doubts}, false) AS doubtful"  # noqa: S608 (our own names)
        f" FROM (SELECT row_number, {', '.join(columns)}, {', '.join(there)} FROM {_cleaned(kind, raw)})"
    )
    execute(connection, made)
    row = execute(connection, f"SELECT count(*), count_if(doubtful) FROM {into}_all").fetchone()  # noqa: S608 (our own name)
    return (int(row[0]), int(row[1] or 0)) if row else (0, 0)


def _told(
    connection: duckdb.DuckDBPyConnection,
    kind: FileKind,
    file: DataFile,
    into: str,
    raw: RawRows,
    meaning: Meaning,
    doubtful: int,
) -> Reading:
    """Set the rows at fault aside and say what came of the file."""
    odd: tuple[Odd, ...] = ()
    bad = held_back = waiting = 0
    if doubtful:
        execute(connection, _judging(kind, into, raw, meaning))
        bad, held_back, waiting = _counted(connection, into)
        odd = tuple(_odd(connection, kind, into, meaning))
    if kind.trace:
        note_unclear(connection, kind, into, meaning, any_bad=bad > 0)
    redact(connection, kind, f"{into}_all")
    names = ", ".join(f'"{column.name}"' for column in kind.columns)
    good = f" WHERE row_number NOT IN (SELECT row_number FROM {into}_doubtful WHERE fault IS NOT NULL)" if bad else ""  # noqa: S608
    execute(connection, f"CREATE OR REPLACE TEMP VIEW {into} AS SELECT {names}, row_number FROM {into}_all{good}")  # noqa: S608
    rejected = _rejected(connection, file.name, into, raw, bad)
    rows = raw.rows - raw.broken.count - bad
    if not rows and not file.part:
        _refuse_empty(file, rejected, raw.broken.count + bad)
    missing = tuple(column for column in kind.columns if not column.required and not raw.sources.get(column.name))
    ignored = tuple(visible(name) for name in raw.header.ignored)
    reading = Reading(rows, rejected, missing, raw.broken.count + bad, held_back, waiting, odd, ignored=ignored)
    return reading if meaning.clock else replace(reading, zoneless=zoneless(connection, kind, raw))


def zoneless(connection: duckdb.DuckDBPyConnection, kind: FileKind, raw: RawRows) -> tuple[str, ...]:
    """The columns of moments that are written without a zone, as their first values show: all in one query."""
    looks = [
        f"SELECT '{column.name}' WHERE EXISTS (FROM (SELECT {source.name} AS value FROM raw_rows"  # noqa: S608 (places)
        f" WHERE {source.name} IS NOT NULL LIMIT {LOOKED_AT}) WHERE {without_zone('value', source)})"
        for column in kind.columns
        if column.type is Type.TIME
        for source in raw.sources.get(column.name, ())
    ]
    found = execute(connection, " UNION ALL ".join(looks)).fetchall() if looks else []
    return tuple(dict.fromkeys(name for (name,) in found))


def _judging(kind: FileKind, into: str, raw: RawRows, meaning: Meaning) -> str:
    """Makes `<into>_doubtful`: the doubtful rows with what is given, and why the row cannot be used (NULL: it can)."""
    columns = [f'{typed(column, raw.sources, meaning)} AS "{column.name}"' for column in kind.columns]
    as_given = [f'{given(column, raw.sources)} AS "given_{column.name}"' for column in kind.columns]
    costly = [fault for column in kind.columns if _costs_the_row(column) for fault in faults(column, meaning)]
    reasons = " ".join(f"WHEN {fault.test} THEN {fault.reason}" for fault in costly)
    later = " ".join(f"WHEN {fault.test} THEN {str(fault.held_back).lower()}" for fault in costly)
    soon = " ".join(f"WHEN {fault.test} THEN {fault.soon}" for fault in costly)
    return (
        f"CREATE OR REPLACE TEMP TABLE {into}_doubtful AS"  # noqa: S608 (our own names)
        f" SELECT *, CASE {reasons} END AS fault, CASE {later} END AS later, CASE {soon} END AS soon"
        f" FROM (SELECT row_number, {', '.join(columns)}, {', '.join(as_given)} FROM {_cleaned(kind, raw)}"
        f" WHERE row_number IN (SELECT row_number FROM {into}_all WHERE doubtful))"
    )


def _cleaned(kind: FileKind, raw: RawRows) -> str:
    texts = ", ".join(text for column in kind.columns for text in cleaned(column, raw.sources))
    return f"(SELECT *{', ' if texts else ''}{texts} FROM raw_rows)"  # noqa: S608 (places)


def _costs_the_row(column: Column) -> bool:
    """A value that is needed, or that tells the run from others; any other odd value costs itself only."""
    return column.required or column.name == "run_id"


def _usable(column: Column, meaning: Meaning) -> str:
    """SQL: the value, or NULL for an odd one that costs itself only."""
    return f'"{column.name}"' if _costs_the_row(column) else believed(column, meaning)


def _counted(connection: duckdb.DuckDBPyConnection, into: str) -> tuple[int, int, int]:
    counted = f"SELECT count(fault), count_if(later), count_if(soon) FROM {into}_doubtful"  # noqa: S608 (our own name)
    ((bad, held_back, waiting),) = execute(connection, counted).fetchall()
    return int(bad), int(held_back or 0), int(waiting or 0)


def _odd(connection: duckdb.DuckDBPyConnection, kind: FileKind, into: str, meaning: Meaning) -> Iterator[Odd]:
    for column in kind.columns:
        found = [] if _costs_the_row(column) else faults(column, meaning)
        if not found:
            continue
        reasons = " ".join(f"WHEN {fault.test} THEN {fault.reason}" for fault in found)
        asked = (
            "SELECT count(reason), min(row_number) FILTER (reason IS NOT NULL), arg_min(reason, row_number) FROM"  # noqa: S608 (our own)
            f" (SELECT row_number, CASE {reasons} END AS reason FROM {into}_doubtful WHERE fault IS NULL)"
        )
        row = execute(connection, asked).fetchone()
        if row and row[0]:
            yield Odd(column.name, int(row[0]), int(row[1]), _shown(row[2]))


def _rejected(
    connection: duckdb.DuckDBPyConnection, file: str, into: str, raw: RawRows, bad: int
) -> tuple[RejectedRow, ...]:
    broken = [RejectedRow(file, number, "", reason) for number, reason in raw.broken.named]
    if not bad:
        return tuple(sorted(broken, key=lambda row: row.row))
    label = "coalesce(given_run_id, given_processor_name)" if "read" in into else _first_given(connection, into)
    found = connection.execute(
        f"SELECT row_number, {label}, fault FROM {into}_doubtful WHERE fault IS NOT NULL"  # noqa: S608 (our own)
        f" ORDER BY row_number LIMIT {MOST_NAMED}"
    ).fetchall()
    named = [RejectedRow(file, int(number), _shown(name or "")[:80], _shown(fault)) for number, name, fault in found]
    return tuple(sorted([*broken, *named], key=lambda row: row.row)[:MOST_NAMED])


def _first_given(connection: duckdb.DuckDBPyConnection, into: str) -> str:
    """What names a row of the file to a person: its first column as it is."""
    described = connection.execute(f"DESCRIBE {into}_doubtful").fetchall()
    return next(f'"{name}"' for name, *_ in described if str(name).startswith("given_"))


def _shown(text: str) -> str:
    return redacted(visible(text))


def _refuse_missing(kind: FileKind, raw: RawRows, path: Path, meaning: Meaning) -> None:
    if raw.rows >= 0:
        refuse_lacking(kind, raw.header, meaning.aliases, path.name)


def _refuse_empty(file: DataFile, rejected: Sequence[RejectedRow], count: int) -> None:
    if count:
        raise BadInput(f"{file.name}: none of its {plural(count, 'row')} can be used; the first: {rejected[0]}")
    if file.kind == "runs":
        raise BadInput(f"{file.name}: holds no rows; an empty run history tells nothing")


def _there(column: Column, raw: RawRows) -> str:
    """Stands for `given` where only its being there matters."""
    tests = " OR ".join(f"{source.name} IS NOT NULL" for source in raw.sources.get(column.name, ()))
    return f"CASE WHEN {tests} THEN '' END" if tests else "NULL"
