"""Writing rows: the same words on both databases, in two dialects of SQLAlchemy."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite


def _insert(connection: Connection, table: Table) -> Any:
    """An insert that knows ON CONFLICT: the same words on both, in two dialects of SQLAlchemy."""
    if connection.dialect.name != "postgresql":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # 4 MB, which a process without it need not hold

    return postgresql.insert(table)


def insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> int:
    """Rows whose key is there already stay as they are; returns how many were new."""
    statement = _insert(connection, table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return sum(connection.execute(statement.values(**row)).rowcount for row in rows)


def upsert(connection: Connection, table: Table, key: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    statement = _insert(connection, table)
    changes = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in key}
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=changes), list(rows))
