"""An embedded warehouse says which schema it was written with; one of another release is refused, never guessed at."""

import hashlib
from pathlib import Path

import duckdb

from bot.adapters.warehouse.sql_text import sql_text
from bot.domain.errors import OtherRelease, WarehouseUnavailable

_TABLE = "CREATE TABLE schema_version (fingerprint VARCHAR NOT NULL)"


def expected() -> str:
    return hashlib.sha256(sql_text("schema").encode()).hexdigest()[:16]


def check(connection: duckdb.DuckDBPyConnection, path: Path | None, *, read_only: bool) -> None:
    """Mark a new warehouse. Raises OtherRelease for one of another release, WarehouseUnavailable for an empty one that
    is only to be read.
    """
    tables = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if not tables and read_only:
        raise WarehouseUnavailable(f"{path} holds no run history. Load one with `fireline load DIR`.")
    if not tables:
        connection.execute(_TABLE)
        connection.execute("INSERT INTO schema_version VALUES (?)", [expected()])
        return
    found = connection.execute("FROM schema_version").fetchone() if "schema_version" in tables else None
    if found != (expected(),):
        raise OtherRelease(
            f"{path} was written by another release of Fireline. Move it away and load the data directories again."
        )
