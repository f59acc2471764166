"""Read one data file into a typed staging table; rows that cannot be read are set aside with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from bot.adapters.warehouse.columns import Column, FileKind, Type
from bot.adapters.warehouse.formats import broken_lines, open_raw
from bot.domain.errors import BadInput
from bot.ports.warehouse import RejectedRow

_ACCEPTED = {
    Type.TEXT: ("",),
    Type.INTEGER: ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "U", "DOUBLE", "FLOAT", "DECIMAL", "VARCHAR"),
    Type.NUMBER: ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "U", "DOUBLE", "FLOAT", "DECIMAL", "VARCHAR"),
    Type.TIME: ("TIMESTAMP", "VARCHAR"),
    Type.DATE: ("DATE", "TIMESTAMP", "VARCHAR"),
}
_NOTHING = "('', 'null', 'none', 'nan', 'nat')"


@dataclass(frozen=True)
class Reading:
    """What came of reading one file. The good rows are in the view `stage_<stem>` (for runs, `stage_read`)."""

    rows: int
    rejected: tuple[RejectedRow, ...]
    missing: tuple[Column, ...]


def read(connection: duckdb.DuckDBPyConnection, kind: FileKind, path: Path, into: str) -> Reading:
    """Read the file; its good rows are in the temporary view `into`. Raises BadInput when the file makes no sense."""
    found = open_raw(connection, path, [column.name for column in kind.columns])
    names = ", ".join(_q(column.name) for column in kind.columns)
    try:
        connection.execute(_staging(kind, path, into, found))
        total, doubtful = _count(connection, into)
        if doubtful:
            connection.execute(_judging(kind, path, into, found))
    except duckdb.Error as error:
        raise BadInput(f"{path.name}: cannot be read: {str(error).splitlines()[0]}") from error
    good = f" WHERE row_number NOT IN (SELECT row_number FROM {into}_bad)" if doubtful else ""  # noqa: S608 (our own name)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {into} AS SELECT {names}, row_number FROM {into}_all{good}")  # noqa: S608
    faults = _faulty(connection, into) if doubtful else []
    rejected = _rejected(connection, path, faults)
    rows = total - len(faults)
    if not rows:
        _refuse_empty(path, rejected)
    missing = tuple(c for c in kind.columns if not c.required and not _sources(c, found))
    return Reading(rows, rejected, missing)


def _staging(kind: FileKind, path: Path, into: str, found: dict[str, str]) -> str:
    """Makes `<into>_all`, every row typed. That a row may be at fault is cheap to see; the reason is not."""
    typed = [f"{_typed(column, found, path)} AS {_q(column.name)}" for column in kind.columns]
    read_as = [column for column in kind.columns if column.type is not Type.TEXT]
    there = [f"{_there(column, found)} AS {_q('given_' + column.name)}" for column in read_as]
    names = ", ".join(_q(column.name) for column in kind.columns)
    tests = " OR ".join(f"({test})" for column in kind.columns for test, _ in _faults(column))
    return (
        f"CREATE OR REPLACE TEMP TABLE {into}_all AS SELECT row_number, {names}, coalesce({tests}, false) AS doubtful"  # noqa: S608
        f" FROM (SELECT row_number, {', '.join(typed)}, {', '.join(there)} FROM raw_rows)"
    )


def _judging(kind: FileKind, path: Path, into: str, found: dict[str, str]) -> str:
    """Makes `<into>_bad`: the doubtful rows that are at fault, each with the first reason."""
    typed = [f"{_typed(column, found, path)} AS {_q(column.name)}" for column in kind.columns]
    given = [f"{_given(column, found)} AS {_q('given_' + column.name)}" for column in kind.columns]
    faults = " ".join(f"WHEN {test} THEN {reason}" for column in kind.columns for test, reason in _faults(column))
    return (
        f"CREATE OR REPLACE TEMP TABLE {into}_bad AS SELECT * FROM ("  # noqa: S608
        f"SELECT row_number, {_label(kind)} AS label, CASE {faults} END AS fault"
        f" FROM (SELECT row_number, {', '.join(typed)}, {', '.join(given)} FROM raw_rows)"
        f" WHERE row_number IN (SELECT row_number FROM {into}_all WHERE doubtful)) WHERE fault IS NOT NULL"
    )


def _count(connection: duckdb.DuckDBPyConnection, into: str) -> tuple[int, int]:
    """How many rows there are, and how many of them are doubtful."""
    row = connection.execute(f"SELECT count(*), count_if(doubtful) FROM {into}_all").fetchone()  # noqa: S608 (our own name)
    return (int(row[0]), int(row[1] or 0)) if row else (0, 0)


def _faulty(connection: duckdb.DuckDBPyConnection, into: str) -> list[tuple[int, str | None, str]]:
    """(row number, label, fault) in the order of the file."""
    return connection.execute(f"SELECT row_number, label, fault FROM {into}_bad ORDER BY row_number").fetchall()  # noqa: S608


def _refuse_empty(path: Path, rejected: tuple[RejectedRow, ...]) -> None:
    if rejected:
        raise BadInput(f"{path.name}: none of its {len(rejected)} rows can be used; the first: {rejected[0]}")
    if path.stem == "runs":
        raise BadInput(f"{path.name}: holds no rows; an empty run history tells nothing")


def _label(kind: FileKind) -> str:
    """What names a row of the file to a person: its first column as it stands."""
    return _q("given_" + kind.columns[0].name)


def _rejected(
    connection: duckdb.DuckDBPyConnection, path: Path, faults: Sequence[tuple[int, str | None, str]]
) -> tuple[RejectedRow, ...]:
    broken = [RejectedRow(path.name, number, "", reason) for number, reason in broken_lines(connection, path)]
    uncounted = [row.row for row in broken] if path.suffix == ".csv" else []
    bad, before = [], 0
    for number, name, fault in faults:
        while before < len(uncounted) and uncounted[before] <= number + before:
            before += 1
        bad.append(RejectedRow(path.name, int(number) + before, str(name or ""), str(fault)))
    return tuple(sorted([*broken, *bad], key=lambda row: row.row))


def _sources(column: Column, found: dict[str, str]) -> list[str]:
    return [name for name in (column.name, *column.aliases) if name in found]


def _given(column: Column, found: dict[str, str]) -> str:
    """The value as it stands in the file, as text, for messages and for telling NULL from unreadable."""
    sources = _sources(column, found)
    if not sources:
        return "NULL"
    parts = [f"CAST({_q(name)} AS VARCHAR)" for name in sources]
    value = f"trim(coalesce({', '.join(parts)}))"
    return f"CASE WHEN lower({value}) IN {_NOTHING} THEN NULL ELSE {value} END"


def _there(column: Column, found: dict[str, str]) -> str:
    """Stands for `_given` where only its being there matters."""
    tests = " OR ".join(f"{_q(name)} IS NOT NULL" for name in _sources(column, found))
    return f"CASE WHEN {tests} THEN true END" if tests else "NULL"


def _typed(column: Column, found: dict[str, str], path: Path) -> str:
    sources = _sources(column, found)
    if not sources:
        if column.required:
            also = f" (or {' or '.join(column.aliases)})" if column.aliases else ""
            listed = ", ".join(sorted(found)) or "none"
            raise BadInput(f"{path.name}: has no column {column.name}{also}; it has {listed}")
        return f"CAST(NULL AS {_DUCKDB[column.type]})"
    for name in sources:
        if not found[name].startswith(_ACCEPTED[column.type]):
            raise BadInput(f"{path.name}: column {name} is {found[name]}; write {column.type} or its text")
    parts = [_cast(column.type, _q(name), found[name]) for name in sources]
    value = f"coalesce({', '.join(parts)})" if len(parts) > 1 else parts[0]
    return f"lower({value})" if column.allowed else value


_DUCKDB = {
    Type.TEXT: "VARCHAR",
    Type.INTEGER: "BIGINT",
    Type.NUMBER: "DOUBLE",
    Type.TIME: "TIMESTAMP",
    Type.DATE: "DATE",
}


def _cast(wanted: Type, name: str, kind: str) -> str:
    text = f"CASE WHEN lower(trim({name})) IN {_NOTHING} THEN NULL ELSE trim({name}) END"
    if wanted is Type.TEXT:
        return text if kind == "VARCHAR" else f"CAST({name} AS VARCHAR)"
    value = text if kind == "VARCHAR" else name
    if wanted is Type.TIME:
        if kind == "VARCHAR":
            return f"TRY_CAST({value} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
        return f"({name} AT TIME ZONE 'UTC')" if kind.endswith("TIME ZONE") else f"TRY_CAST({name} AS TIMESTAMP)"
    if wanted is Type.DATE:
        return f"TRY_CAST({value} AS DATE)"
    if kind.endswith("INT") or kind == "INTEGER":
        return f"CAST({name} AS {_DUCKDB[wanted]})"
    number = f"TRY_CAST({value} AS DOUBLE)"
    finite = f"CASE WHEN isfinite({number}) THEN {number} END"
    if wanted is Type.NUMBER:
        return finite
    return f"CASE WHEN {finite} = floor({number}) THEN TRY_CAST({number} AS BIGINT) END"


def _faults(column: Column) -> list[tuple[str, str]]:
    """(SQL test, SQL text of the reason), first that holds wins."""
    name, given = _q(column.name), _q("given_" + column.name)
    shown = f"'{column.name} ' || chr(39) || left({given}, 80) || chr(39)"
    faults = []
    if column.type is not Type.TEXT:
        faults.append((f"{given} IS NOT NULL AND {name} IS NULL", f"{shown} || ' is not {column.type.value}'"))
    if column.required:
        faults.append((f"{name} IS NULL", f"'{column.name} is missing'"))
    if column.allowed:
        choices = ", ".join(f"'{choice}'" for choice in column.allowed)
        words = ", ".join(column.allowed)
        faults.append((f"{name} NOT IN ({choices})", f"{shown} || ' is none of {words}'"))
    if column.not_negative:
        faults.append((f"{name} < 0", f"{shown} || ' is negative'"))
    if column.type in (Type.DATE, Type.TIME):
        span = f"{name} NOT BETWEEN DATE '1970-01-01' AND DATE '2099-12-31'"
        faults.append((span, f"{shown} || ' is no plausible {column.type.removeprefix('a ')}'"))
    return faults


def _q(name: str) -> str:
    return f'"{name}"'
