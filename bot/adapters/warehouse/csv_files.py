"""CSV: quickly where each line is a row, else carefully, line by line, so that no row is lost in another's quotes."""

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TextIO

import duckdb

from bot.adapters.warehouse.headers import Aliases, Header, header_of
from bot.adapters.warehouse.raw_rows import (
    MOST_BYTES_A_ROW,
    Broken,
    RawRows,
    Source,
    is_readable,
    literal,
    places_in,
    quoted,
    shortened,
)
from bot.adapters.warehouse.text_files import UTF8, bounded_lines, encoding_of, is_damaged, lines_of, opened
from bot.domain.errors import BadInput
from bot.domain.evidence.columns import FileKind, Type

DELIMITERS = (",", ";", "\t", "|")
MOST_LINES_A_ROW = 2_000
_MOMENT = re.compile(r"\d{4}-\d\d?-\d\d?|\d{4}/\d\d?/\d\d?|\d{8,}")
_DIALECT = "header = true, quote = '\"', escape = '\"', auto_detect = false, ignore_errors = true, nullstr = ''"


def open_csv(
    connection: duckdb.DuckDBPyConnection, path: Path, kind: FileKind, aliases: Aliases, workspace: Path | None
) -> RawRows:
    """Make `raw_rows`. With a `workspace` each line is looked at, else each line is taken for a row."""
    encoding = encoding_of(path)
    delimiter, names, lines = _head(path, encoding)
    header = header_of(kind, names, aliases, path.name)
    if workspace is None:
        rows = lines_of(path)[0] - lines if encoding == UTF8 and lines == 1 else -1
        if rows < 0 or not is_readable(connection, _scan(path, header, delimiter, numbered=False), rows):
            return RawRows(header, _sources(header), -1)
        _view(connection, path, header, delimiter, numbered=False)
        return RawRows(header, _sources(header), rows)
    broken, target = Broken(), workspace / "rows.csv"
    with opened(path, encoding) as stream, target.open("w", newline="", encoding="utf-8") as clean:
        writer = csv.writer(clean, quoting=csv.QUOTE_ALL)
        writer.writerow(["row_number", *(f"c{place}" for place in range(len(names)))])
        rows = 0
        for rows, fields in enumerate(_records(stream, delimiter, _Shape(kind, header)), 1):
            if isinstance(fields, str):
                broken.add(rows, fields)
            else:
                writer.writerow([rows, *fields])
    _view(connection, target, header, ",", numbered=True)
    return RawRows(header, _sources(header), rows, broken)


def _head(path: Path, encoding: str) -> tuple[str, list[str], int]:
    """(delimiter, names, lines that the header takes)."""
    with opened(path, encoding) as stream:
        first = stream.readline(MOST_BYTES_A_ROW)
        delimiter = max(DELIMITERS, key=first.count)
        reader = csv.reader(chain([first], bounded_lines(stream, MOST_BYTES_A_ROW)), delimiter=delimiter)
        try:
            names = next(reader, [])
        except csv.Error as error:
            raise BadInput(f"{path.name}: its first line cannot be read as column names: {error}") from error
    if not any(name.strip() for name in names):
        raise BadInput(f"{path.name}: is empty; its first line must name the columns")
    return delimiter, names, reader.line_num


def _sources(header: Header) -> dict[str, tuple[Source, ...]]:
    return places_in(header, {place: Source(f"c{place}", "VARCHAR") for place in range(len(header.names))})


def _view(connection: duckdb.DuckDBPyConnection, path: Path, header: Header, delimiter: str, *, numbered: bool) -> None:
    """Columns go by their places: a header may hold any words."""
    used = sorted({place for places in header.places.values() for place in places})
    chosen = ", ".join(f"{shortened(f'c{place}')} AS c{place}" for place in used)
    number = "CAST(n AS BIGINT)" if numbered else "row_number() OVER ()"
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW raw_rows AS SELECT {chosen or 'NULL AS nothing'}, {number} AS row_number"  # noqa: S608 (places and a quoted path)
        f" FROM {_scan(path, header, delimiter, numbered=numbered)}"
    )


def _scan(path: Path, header: Header, delimiter: str, *, numbered: bool) -> str:
    columns = [*(["n"] if numbered else []), *(f"c{place}" for place in range(len(header.names)))]
    typed = ", ".join(f"{name}: 'VARCHAR'" for name in columns)
    most = 4 * MOST_BYTES_A_ROW if numbered else MOST_BYTES_A_ROW
    options = f"{_DIALECT}, hive_partitioning = false, compression = 'none', max_line_size = {most}"
    return f"read_csv({literal(path)}, columns = {{{typed}}}, delim = {quoted(delimiter)}, {options})"


class _Shape:
    """What a line must look like to be a row of the file."""

    def __init__(self, kind: FileKind, header: Header) -> None:
        self.fields = len(header.names)
        moments = [column for column in kind.columns if column.required and column.type in (Type.DATE, Type.TIME)]
        self._moments = [header.places[column.name] for column in moments if column.name in header.places]

    def is_row(self, line: str, delimiter: str) -> bool:
        """A line that would be a row by itself, with a date wherever one must be."""
        if line.count(delimiter) < self.fields - 1:
            return False
        try:
            fields = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            return False
        if len(fields) != self.fields:
            return False
        return all(any(_MOMENT.match(fields[place].strip()) for place in places) for places in self._moments)


class _Lines:
    """Lines to come, of which some may be put back."""

    def __init__(self, stream: TextIO) -> None:
        self._coming = bounded_lines(stream, MOST_BYTES_A_ROW)
        self._back: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MOST_LINES_A_ROW:
            raise StopIteration
        line = self._back.popleft() if self._back else next(self._coming)
        self.taken.append(line)
        return line

    def keep(self, lines: int) -> None:
        """Only so many of those taken are done with; the others come again."""
        self._back.extendleft(reversed(self.taken[lines:]))
        self.taken.clear()


def _records(stream: TextIO, delimiter: str, shape: _Shape) -> Iterator[Sequence[str] | str]:
    """The fields of each row, or why it is none. What follows a row that is none is tried for itself."""
    csv.field_size_limit(MOST_BYTES_A_ROW)
    lines = _Lines(stream)
    next(csv.reader(lines, delimiter=delimiter), None)
    lines.keep(len(lines.taken))
    while True:
        try:
            fields = next(csv.reader(lines, delimiter=delimiter, strict=True), None)
            fault = "" if fields is None else _fault(fields, lines.taken, delimiter, shape)
        except csv.Error as error:
            fields, fault = [], _said(error, len(lines.taken))
        if fields is None and not lines.taken:
            return
        if fields is None or (not fault and not any(fields) and len(fields) <= 1):
            lines.keep(len(lines.taken))
            continue
        lines.keep(1 if fault else len(lines.taken))
        yield fault or fields[: shape.fields]


def _fault(fields: list[str], taken: list[str], delimiter: str, shape: _Shape) -> str:
    if len(fields) != shape.fields and (len(fields) < shape.fields or any(fields[shape.fields :])):
        return "" if fields == [] else f"not a CSV row: has {len(fields)} fields, the header names {shape.fields}"
    if any(map(is_damaged, fields)):
        return "not a CSV row: holds bytes that are not UTF-8"
    if sum(map(len, taken)) > MOST_BYTES_A_ROW:
        return f"not a CSV row: longer than {MOST_BYTES_A_ROW:,} characters"
    if any(shape.is_row(line.rstrip("\r\n"), delimiter) for line in taken[1:]):
        return "not a CSV row: a quote is opened and not closed before the next row begins"
    return ""


def _said(error: csv.Error, lines: int) -> str:
    if "unexpected end of data" in str(error) or lines > 1:
        return "not a CSV row: a quote is opened and not closed"
    return f"not a CSV row: {error}"
