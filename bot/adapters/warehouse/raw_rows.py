"""What every format makes of a file: raw columns in the view `raw_rows`, and the rows that it cannot hold."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import duckdb

from bot.adapters.warehouse.headers import Header

MOST_NAMED = 10_000
"""Rejected rows that are named one by one; beyond, they are counted."""
MOST_BYTES_A_ROW = 10_000_000
LONGEST_TEXT = 4_000
"""Characters of a text that are kept: its two ends. An error names its cause at its start or at its end."""
_GLOB = re.compile(r"[*?\[]")


class Source(NamedTuple):
    """A column of `raw_rows`: its name there and its DuckDB type."""

    name: str
    type: str


@dataclass
class Broken:
    """Rows that the format cannot hold."""

    named: list[tuple[int, str]] = field(default_factory=list)
    count: int = 0

    def add(self, row: int, reason: str) -> None:
        self.count += 1
        if len(self.named) < MOST_NAMED:
            self.named.append((row, reason))


@dataclass(frozen=True)
class RawRows:
    """`rows`: how many the file has, counted apart from reading them. `sources`: our column -> those that tell it."""

    header: Header
    sources: Mapping[str, tuple[Source, ...]]
    rows: int
    broken: Broken = field(default_factory=Broken)


def is_readable(connection: duckdb.DuckDBPyConnection, scan: str, rows: int) -> bool:
    """Does the scan give so many rows? Asked outside the load, whose transaction an error would end."""
    with connection.cursor() as apart:
        try:
            return apart.execute(f"SELECT count(*) FROM {scan}").fetchone() == (rows,)  # noqa: S608 (our own text)
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error:
            return False


def places_in(header: Header, sources: Mapping[int, Source]) -> dict[str, tuple[Source, ...]]:
    return {name: tuple(sources[place] for place in places) for name, places in header.places.items()}


def literal(path: Path) -> str:
    """The path as an SQL text that stands for this file alone: DuckDB takes paths for patterns."""
    return quoted(_GLOB.sub(lambda match: f"[{match[0]}]", str(path.absolute())))


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def shortened(text: str) -> str:
    """SQL: a text with its middle left out where it is too long; its length in bytes costs nothing to know."""
    half = LONGEST_TEXT // 2
    cut = f"concat(left({text}, {half}), ' … ', right({text}, {half}))"
    is_long = f"strlen({text}) > {LONGEST_TEXT} AND length({text}) > {LONGEST_TEXT}"
    return f"CASE WHEN {is_long} THEN {cut} ELSE {text} END"
