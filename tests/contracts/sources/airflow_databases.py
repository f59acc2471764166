"""Metadata databases of real Airflows that ran the DAGs of `airflow/shop_dags.txt`, as SQLite and as PostgreSQL."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg

FOLDER = Path(__file__).parent / "airflow"
VERSIONS = ("airflow2", "airflow3")
_TYPES = {"TIMESTAMP": "timestamptz", "INTEGER": "integer", "BOOLEAN": "boolean", "BLOB": "bytea", "JSON": "json"}


def in_sqlite(version: str, path: Path) -> str:
    """The address of a fresh copy."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((FOLDER / f"{version}.sql").read_text())
    return f"sqlite:///{path}"


def in_postgresql(version: str, address: str, folder: Path) -> str:
    """The same rows with the types that Airflow has in PostgreSQL."""
    path = folder / f"{version}.db"
    in_sqlite(version, path)
    with closing(sqlite3.connect(path)) as held, psycopg.connect(address) as connection:
        for (table,) in held.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = [(name, kind) for _, name, kind, *_ in held.execute(f"PRAGMA table_info({table})")]
            types = {name: _TYPES.get(kind, "text") for name, kind in columns}
            listed = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
            connection.execute(f"CREATE TABLE {table} ({listed})".encode())
            places = ", ".join(f"%s::text::{kind}" for kind in types.values())
            rows = held.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 (names of our own)
            asked = f"INSERT INTO {table} VALUES ({places})".encode()  # noqa: S608 (names of our own)
            for row in rows:
                connection.execute(asked, [None if value is None else _text(value) for value in row])
    return address


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def change(url: str, *statements: str) -> None:
    """As the scheduler would."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
        for statement in statements:
            connection.execute(statement)
