"""An embedded warehouse says which schema it was written with; one of another release is refused, never guessed at."""

import hashlib
import re
from pathlib import Path

import duckdb

from bot.adapters.warehouse.sql_text import sql_text
from bot.domain.errors import OtherRelease, WarehouseUnavailable

_LAYOUT = re.compile(r" PARTITION BY .*;")
"""BigQuery's alone."""
_TABLE = "CREATE TABLE schema_version (fingerprint VARCHAR NOT NULL)"


def expected() -> str:
    return hashlib.sha256(_LAYOUT.sub(";", sql_text("schema")).encode()).hexdigest()[:16]


def mark(connection: duckdb.DuckDBPyConnection) -> None:
    """A warehouse that was just made is of this release."""
    connection.execute(_TABLE)
    connection.execute("INSERT INTO schema_version VALUES (?)", [expected()])


def mark_new(connection: duckdb.DuckDBPyConnection) -> None:
    """A warehouse without any table is new."""
    if not _tables(connection):
        mark(connection)


def check(connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    """Raises OtherRelease for a warehouse of another release, WarehouseUnavailable for an empty one."""
    tables = _tables(connection)
    if not tables:
        raise WarehouseUnavailable(
            f"{path} holds no run history. Load one with `fireline load DIR`, or try `fireline demo`."
        )
    found = connection.execute("FROM schema_version").fetchone() if "schema_version" in tables else None
    if found != (expected(),):
        raise OtherRelease(
            f"{path} was written by another release of Fireline. Move it away and load the data directories again."
        )


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
