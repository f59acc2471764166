"""Parquet: columns with types of their own, and a footer that says how many rows there are."""

from pathlib import Path

import duckdb

from bot.adapters.warehouse.headers import MOST_COLUMNS, Aliases, header_of
from bot.adapters.warehouse.raw_rows import RawRows, Source, identifier, literal, places_in, shortened
from bot.domain.errors import BadInput
from bot.domain.evidence.columns import FileKind

MOST_ROWS = 20_000_000
_NUMBER = "file_row_number"
_LITERAL = "hive_partitioning = false, binary_as_string = true"


def open_parquet(connection: duckdb.DuckDBPyConnection, path: Path, kind: FileKind, aliases: Aliases) -> RawRows:
    """Make `raw_rows`. Raises BadInput for more rows than one file may bring."""
    ((rows,),) = connection.execute(
        f"SELECT num_rows FROM parquet_file_metadata({literal(path)})"  # noqa: S608 (a path, quoted)
    ).fetchall()
    if rows > MOST_ROWS:
        raise BadInput(f"{path.name}: holds {rows:,} rows; at most {MOST_ROWS:,} are read from one file: split it")
    names = _names(connection, path)
    header = header_of(kind, names, aliases, path.name)
    numbered = _NUMBER not in (name.casefold() for name in names)
    scan = f"read_parquet({literal(path)}, {_LITERAL}, {_NUMBER} = {numbered})"
    described = connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()  # noqa: S608 (a path, quoted)
    columns = [(str(name), str(type_)) for name, type_, *_ in described]
    used = sorted({place for places in header.places.values() for place in places})
    chosen = ", ".join(f"{_value(*columns[place])} AS c{place}" for place in used)
    number = f"{_NUMBER} + 1" if numbered else "row_number() OVER ()"
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW raw_rows AS SELECT {chosen or 'NULL AS nothing'}, {number} AS row_number"  # noqa: S608 (quoted)
        f" FROM {scan}"
    )
    sources = {place: Source(f"c{place}", _type(columns[place][1])) for place in used}
    return RawRows(header, places_in(header, sources), int(rows))


def _names(connection: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    """Names of the columns as they are in the file: DuckDB renames those that differ in case alone."""
    schema = connection.execute(
        f"SELECT name, coalesce(num_children, 0) FROM parquet_schema({literal(path)}) LIMIT {50 * MOST_COLUMNS}"  # noqa: S608 (a path, quoted)
    ).fetchall()
    names, at = [], 1
    while at < len(schema):
        names.append(str(schema[at][0]))
        at = _after(schema, at)
    return names


def _after(schema: list[tuple[str, int]], at: int) -> int:
    """The place after a column and all that is nested in it."""
    open_ = 1
    while open_ and at < len(schema):
        open_ += schema[at][1] - 1
        at += 1
    return at


def _value(name: str, type_: str) -> str:
    column = identifier(name)
    if _is_nested(type_):
        return shortened(f"CAST(to_json({column}) AS VARCHAR)")
    if type_ == "VARCHAR":
        return shortened(column)
    return f"CAST({column} AS VARCHAR)" if _type(type_) == "VARCHAR" else column


def _type(type_: str) -> str:
    """Types that are neither a number nor a moment are read by their text."""
    plain = ("TIMESTAMP", "DATE", "DECIMAL", "DOUBLE", "FLOAT")
    is_number = type_.endswith(("INT", "INTEGER"))
    return type_ if not _is_nested(type_) and (is_number or type_.startswith(plain)) else "VARCHAR"


def _is_nested(type_: str) -> bool:
    return type_.endswith("]") or type_.startswith(("STRUCT", "MAP", "UNION"))
