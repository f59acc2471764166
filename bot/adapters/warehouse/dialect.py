"""BigQuery SQL to DuckDB SQL, once per text.

Two differences need a hand: DuckDB keeps times as naive UTC (TIMESTAMPTZ arithmetic goes through ICU and is several
times slower), and staging tables are temporary there.
"""

import hashlib
from contextlib import suppress
from functools import cache
from pathlib import Path

CACHE_VERSION = "2"


class Translator:
    """Translates texts and keeps the results in a folder, so that a start without new texts need not load sqlglot."""

    def __init__(self, cache_directory: Path | None) -> None:
        self._directory = cache_directory
        self._known: dict[str, str] = {}

    def duckdb(self, statement: str) -> str:
        """One BigQuery statement as DuckDB understands it."""
        if statement not in self._known:
            self._known[statement] = self._kept(statement)
        return self._known[statement]

    def _kept(self, statement: str) -> str:
        if self._directory is None:
            return _translate(statement)
        digest = hashlib.sha256(f"{CACHE_VERSION}\n{statement}".encode()).hexdigest()[:24]
        path = self._directory / f"{digest}.sql"
        found = _read_whole(path)
        if found is not None:
            return found
        text = _translate(statement)
        # Nothing is lost where it cannot be stored: a state folder that only others may write to.
        with suppress(OSError):
            self._directory.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(f".{id(text)}.part")
            partial.write_text(f"{_seal(text)}\n{text}")
            partial.replace(path)
        return text


@cache
def translator(cache_directory: Path | None) -> Translator:
    """One for all who keep their texts in the same folder."""
    return Translator(cache_directory)


def _read_whole(path: Path) -> str | None:
    """None for a file that is not there, or not whole: a power cut leaves files empty or cut off."""
    try:
        seal, _, text = path.read_text().partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return text if seal == _seal(text) else None


def _seal(text: str) -> str:
    return f"-- {hashlib.sha256(text.encode()).hexdigest()[:24]}"


def readable(statement: str) -> str:
    """One BigQuery statement as DuckDB understands it, for people: its lines, and the comment above it, stay."""
    lines = statement.splitlines()
    code = next((at for at, line in enumerate(lines) if not line.startswith("--")), 0)
    return "\n".join([*lines[:code], _translate("\n".join(lines[code:]), pretty=True)])


@cache
def _translate(statement: str, *, pretty: bool = False) -> str:
    import logging

    import sqlglot
    from sqlglot import exp

    # PARTITION BY and CLUSTER BY have no counterpart in DuckDB; sqlglot warns of each.
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    tree = sqlglot.parse_one(statement, dialect="bigquery")
    for kind in tree.find_all(exp.DataType):
        if kind.this == exp.DataType.Type.TIMESTAMPTZ:
            kind.set("this", exp.DataType.Type.TIMESTAMP)
    text = tree.sql(dialect="duckdb", pretty=pretty)
    return text.replace("CREATE OR REPLACE TABLE stage_", "CREATE OR REPLACE TEMP TABLE stage_")
