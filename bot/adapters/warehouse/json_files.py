"""JSON: one object a line, or one array of objects, whatever the suffix. A broken row costs that row only."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from bot.adapters.warehouse.headers import MOST_COLUMNS, NO_ALIASES, Aliases, header_of
from bot.adapters.warehouse.raw_rows import (
    MOST_BYTES_A_ROW,
    Broken,
    RawRows,
    Source,
    identifier,
    is_readable,
    literal,
    places_in,
    quoted,
    shortened,
)
from bot.adapters.warehouse.text_files import UTF8, bounded_lines, encoding_of, is_damaged, lines_of, opened
from bot.domain.errors import BadInput
from bot.domain.evidence.columns import FileKind
from bot.domain.redaction import visible

MOST_BYTES_AN_ARRAY = 256_000_000
NO_OBJECT = "not a JSON object"
_IS_OBJECT = "CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' ELSE false END"
_EACH_ONCE = "len(json_keys(line)) = len(list_distinct(json_keys(line)))"
"""Of an object: RFC 8259, section 4, leaves open which of two values counts."""
_LONE = re.compile(r"[\ud800-\udfff]")
"""Half of a pair that makes one character: it is none."""
_LINE_DELIMITER = "\x01"
"""Never in JSON text: control characters must be escaped there (RFC 8259, section 7)."""
_AS_LINES = f"header = false, delim = '{_LINE_DELIMITER}', quote = '', escape = '', auto_detect = false"
_LITERAL = "hive_partitioning = false, compression = 'none'"
_LONGEST, _SHORTEST = 4 * MOST_BYTES_A_ROW, 2_000_000
"""Bytes of a line that can be read, and for which there is always room: DuckDB reads so much at once, or more, in each
of several places.
"""


def open_json(
    connection: duckdb.DuckDBPyConnection, path: Path, kind: FileKind, aliases: Aliases, workspace: Path | None
) -> RawRows:
    """Make `raw_rows`. With a `workspace` each row is looked at, else each line is taken for an object.

    A file without any object names no columns: it is taken to have all of them.
    """
    encoding = encoding_of(path)
    first = _first_character(path, encoding)
    broken, rows = Broken(), 0
    if workspace is None:
        if encoding != UTF8 or first == "[":
            return RawRows(header_of(kind, (), NO_ALIASES, path.name), {}, -1)
        rows, longest = lines_of(path)
        scan = _scan(path, longest)
        if not is_readable(connection, scan, rows):
            return RawRows(header_of(kind, (), NO_ALIASES, path.name), {}, -1)
        rows -= _read_lines(connection, scan)
    else:
        found = _elements(path, encoding) if first == "[" else _lines(path, encoding)
        target = workspace / "rows.txt"
        rows = _write(found, target, broken)
        _read_numbered(connection, target)
        for number in _no_objects(connection):
            broken.add(number, NO_OBJECT)
    return _raw_rows(connection, path, kind, aliases, rows, broken)


def _raw_rows(
    connection: duckdb.DuckDBPyConnection, path: Path, kind: FileKind, aliases: Aliases, rows: int, broken: Broken
) -> RawRows:
    keys = connection.execute(
        f"SELECT DISTINCT unnest(json_keys(line)) AS key FROM raw_lines WHERE {_IS_OBJECT}"  # noqa: S608 (our own)
        f" ORDER BY 1 LIMIT {MOST_COLUMNS + 1}"
    ).fetchall()
    names = [str(key) for (key,) in keys] or [column.name for column in kind.columns]
    header = header_of(kind, names, aliases, path.name, one_each=False)
    used = sorted({place for places in header.places.values() for place in places})
    paths = ", ".join(quoted("$." + json.dumps(names[place])) for place in used)
    texts = f"json_extract_string(line, [{paths}]::VARCHAR[])"  # each line is parsed once
    chosen = ", ".join(f"{shortened(identifier(f'c{place}'))} AS c{place}" for place in used)
    inner = ", ".join(f"texts[{at}] AS c{place}" for at, place in enumerate(used, 1))
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW raw_rows AS SELECT {chosen or 'NULL AS nothing'}, row_number"  # noqa: S608 (keys are quoted)
        f" FROM (SELECT {inner or 'NULL AS nothing'}, row_number"
        f" FROM (SELECT {texts} AS texts, row_number FROM raw_lines WHERE {_IS_OBJECT} AND {_EACH_ONCE}))"
    )
    return RawRows(header, places_in(header, {place: Source(f"c{place}", "VARCHAR") for place in used}), rows, broken)


def _first_character(path: Path, encoding: str) -> str:
    with opened(path, encoding) as stream:
        while piece := stream.read(1 << 16):
            if text := piece.lstrip():
                return text[0]
    return ""


def _read_lines(connection: duckdb.DuckDBPyConnection, scan: str) -> int:
    """Make `raw_lines` of the file's lines; returns how many are blank."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE raw_lines AS SELECT line, row_number() OVER () AS row_number"  # noqa: S608 (a path, quoted)
        f" FROM {scan}"
    )
    blank = connection.execute("DELETE FROM raw_lines WHERE line IS NULL OR trim(line) = ''").fetchone()
    if blank and blank[0]:
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE raw_lines AS"
            " SELECT line, row_number() OVER (ORDER BY row_number) AS row_number FROM raw_lines"
        )
    return int(blank[0]) if blank else 0


def _scan(path: Path, longest: int) -> str:
    columns = "columns = {'line': 'VARCHAR'}, ignore_errors = true"
    return f"read_csv({literal(path)}, {columns}, {_AS_LINES}, {_LITERAL}, {_room(longest)})"


def _room(longest: int) -> str:
    most = max(_SHORTEST, min(longest + 2, _LONGEST))
    return f"max_line_size = {most}, buffer_size = {most + most // 10}"


def _read_numbered(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE raw_lines AS SELECT line, row_number FROM"  # noqa: S608 (a path, quoted)
        f" read_csv({literal(path)}, columns = {{'row_number': 'BIGINT', 'line': 'VARCHAR'}}, {_AS_LINES}, {_LITERAL},"
        f" {_room(_LONGEST)})"
    )


def _no_objects(connection: duckdb.DuckDBPyConnection) -> list[int]:
    found = connection.execute(f"SELECT row_number FROM raw_lines WHERE NOT {_IS_OBJECT} ORDER BY 1")  # noqa: S608 (our own)
    return [int(number) for (number,) in found.fetchall()]


Found = Iterator[tuple[str, str]]
"""(the text of an object, "") or ("", why there is none) for each row."""


def _write(found: Found, target: Path, broken: Broken) -> int:
    rows = 0
    with target.open("w", encoding="utf-8", newline="") as clean:
        for rows, (text, fault) in enumerate(found, 1):
            if fault:
                broken.add(rows, fault)
            else:
                clean.write(f"{rows}{_LINE_DELIMITER}{text}\n")
    return rows


def _lines(path: Path, encoding: str) -> Found:
    with opened(path, encoding) as stream:
        for number, line in enumerate(bounded_lines(stream, MOST_BYTES_A_ROW), 1):
            text = line.strip()
            if number == 1 and path.suffix == ".json" and not _is_whole(text):
                _refuse(path, encoding)
            if text:
                yield _object(text)


def _is_whole(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(path: Path, encoding: str) -> None:
    """A `.json` that holds neither a list nor an object a line. Raises BadInput."""
    _check_size(path)
    with opened(path, encoding) as stream:
        try:
            value = json.load(stream)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"{path.name}: is not JSON: {error}") from error
    raise BadInput(f"{path.name}: holds one {type(value).__name__}; write a list of objects")


def _object(text: str) -> tuple[str, str]:
    """The object as DuckDB reads it: NaN and Infinity, which are no JSON and often written, become text, and half a
    character becomes the control character that a name may not hold and that other texts show as a question mark.
    """
    if len(text) > MOST_BYTES_A_ROW:
        return "", f"longer than {MOST_BYTES_A_ROW:,} characters"
    if is_damaged(text):
        return "", "not a JSON object: holds bytes that are not UTF-8"
    odd, outermost = [], list[str]()

    def constant(name: str) -> str:
        odd.append(name)
        return name

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        outermost[:] = [key for key, _ in found]
        return dict(found)

    try:
        value = json.loads(text, parse_constant=constant, object_pairs_hook=pairs)
    except (ValueError, RecursionError):
        return "", NO_OBJECT
    if not isinstance(value, dict):
        return "", NO_OBJECT
    twice = next((key for key in value if outermost.count(key) > 1), None) if len(value) < len(outermost) else None
    if twice is not None:
        return "", f"names {visible(twice)!r} twice: which of the values counts is unknown"
    written = json.dumps(value, ensure_ascii=False)
    lone = "\\ud" in text.lower() and _LONE.search(written)
    return (_LONE.sub(r"\\u0000", written) if odd or lone else text), ""


def _elements(path: Path, encoding: str) -> Found:
    """The elements of one array, one after the other. Raises BadInput for an array that is damaged."""
    _check_size(path)
    with opened(path, encoding) as stream:
        text = stream.read()
    decoder, at = json.JSONDecoder(), _skip(text, text.index("[") + 1)
    if text[at : at + 1] == "]":
        return
    while True:
        try:
            _, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise BadInput(f"{path.name}: is not JSON: {error}") from error
        yield _object(" ".join(text[at:end].splitlines()))
        at = _skip(text, end)
        if text[at : at + 1] == "]" and not text[at + 1 :].strip():
            return
        if text[at : at + 1] != ",":
            raise BadInput(f"{path.name}: is not JSON: expecting ',' or ']' at character {at}")
        at = _skip(text, at + 1)


def _check_size(path: Path) -> None:
    size = path.stat().st_size
    if size > MOST_BYTES_AN_ARRAY:
        remedy = "write one object a line (.ndjson)"
        raise BadInput(f"{path.name}: holds {size:,} bytes as one value; at most {MOST_BYTES_AN_ARRAY:,}: {remedy}")


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at
