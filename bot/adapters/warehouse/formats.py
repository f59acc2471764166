"""Open a data file, whatever its format, as a DuckDB relation of raw columns plus `row_number` (from 1)."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import duckdb

from bot.domain.errors import BadInput

SUFFIXES = (".parquet", ".csv", ".ndjson", ".jsonl", ".json")
_IS_OBJECT = "CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' ELSE false END"
_LINE_DELIMITER = "\x01"
"""Never in JSON text: control characters must be escaped there (RFC 8259, section 7)."""


def open_raw(connection: duckdb.DuckDBPyConnection, path: Path, if_empty: Sequence[str]) -> dict[str, str]:
    """Make the view `raw_rows` over the file; returns column name -> DuckDB type. Raises BadInput when unreadable.

    JSON without any object names no columns: it is taken to have those of `if_empty`.
    """
    try:
        if path.suffix == ".parquet":
            query = f"SELECT * EXCLUDE (file_row_number), file_row_number + 1 AS row_number FROM read_parquet({_quoted(path)}, file_row_number = true)"  # noqa: E501,S608 (a path, quoted)
        elif path.suffix == ".csv":
            query = _csv_query(path)
        else:
            query = _json_query(connection, path, if_empty)
        connection.execute(f"CREATE OR REPLACE TEMP VIEW raw_rows AS {query}")
        described = connection.execute("DESCRIBE SELECT * FROM raw_rows").fetchall()
    except (duckdb.Error, csv.Error) as error:
        raise BadInput(f"{path.name}: cannot be read as {path.suffix[1:]}: {_first_line(error)}") from error
    return {str(name): str(kind) for name, kind, *_ in described if name != "row_number"}


def broken_lines(connection: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[int, str]]:
    """Rows that the format itself could not hold, after the raw view was read: (row number, reason)."""
    if path.suffix == ".csv":
        found = connection.execute(
            "SELECT line, any_value(error_message) FROM reject_errors JOIN reject_scans USING (scan_id, file_id)"
            " WHERE file_path = ? GROUP BY line ORDER BY line",
            [str(path)],
        )
        return [(int(line) - 1, f"not a CSV row: {message}") for line, message in found.fetchall()]
    if path.suffix == ".parquet":
        return []
    lines = connection.execute(f"SELECT row_number FROM raw_lines WHERE NOT {_IS_OBJECT} ORDER BY 1")  # noqa: S608 (our own)
    return [(int(number), "not a JSON object") for (number,) in lines.fetchall()]


def _csv_query(path: Path) -> str:
    """The dialect is given, not guessed: guessed from a damaged file, it would read the good rows wrongly."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        line = stream.readline()
    delimiter = max((",", ";", "\t"), key=line.count)
    names = next(csv.reader([line], delimiter=delimiter), [])
    if not names:
        raise BadInput(f"{path.name}: is empty; its first line must name the columns")
    columns = ", ".join(f"{_quoted(name)}: 'VARCHAR'" for name in names)
    return f"SELECT *, row_number() OVER () AS row_number FROM read_csv({_quoted(path)}, columns = {{{columns}}}, header = true, delim = '{delimiter}', quote = '\"', escape = '\"', auto_detect = false, ignore_errors = true, store_rejects = true, nullstr = '')"  # noqa: E501,S608 (a path and names, quoted)


def _json_query(connection: duckdb.DuckDBPyConnection, path: Path, if_empty: Sequence[str]) -> str:
    """NDJSON line by line, so that a broken line costs that line only; `.json` is one array of objects."""
    if path.suffix == ".json":
        _write_lines(connection, _objects(path))
    else:
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE raw_lines AS SELECT line, row_number() OVER () AS row_number FROM read_csv({_quoted(path)}, columns = {{'line': 'VARCHAR'}}, header = false, delim = '{_LINE_DELIMITER}', quote = '', escape = '', auto_detect = false, max_line_size = 10000000)"  # noqa: E501,S608 (a path, quoted)
        )
    found = connection.execute(
        f"SELECT DISTINCT unnest(json_keys(line)) AS key FROM raw_lines WHERE {_IS_OBJECT} ORDER BY 1"  # noqa: S608 (our own)
    ).fetchall()
    distinct = {str(key).casefold(): str(key) for (key,) in found if key not in ("", "row_number")}
    keys = list(distinct.values()) or if_empty
    columns = ", ".join(
        f"json_extract_string(line, {_quoted('$.' + json.dumps(key))}) AS {_identifier(key)}" for key in keys
    )
    return (
        f"SELECT {columns}, row_number FROM raw_lines"  # noqa: S608 (keys are quoted)
        f" WHERE {_IS_OBJECT}"
    )


def _objects(path: Path) -> list[str]:
    try:
        value = json.loads(path.read_text() or "[]")
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path.name}: is not JSON: {error}") from error
    if not isinstance(value, list):
        raise BadInput(f"{path.name}: holds one {type(value).__name__}; write a list of objects")
    return [json.dumps(item) for item in value]


def _write_lines(connection: duckdb.DuckDBPyConnection, lines: list[str]) -> None:
    connection.execute("CREATE OR REPLACE TEMP TABLE raw_lines (line VARCHAR, row_number BIGINT)")
    if lines:
        connection.executemany("INSERT INTO raw_lines VALUES (?, ?)", [(line, at) for at, line in enumerate(lines, 1)])


def _quoted(value: Path | str) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
