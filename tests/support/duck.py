"""DuckDB for tests that only write or read files: one database a process, as each of its own costs 20 ms."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import duckdb


@contextmanager
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of one's own. Temporary tables and views belong to it; others are seen by all, so make none."""
    with _database().cursor() as connection:
        yield connection


@cache
def _database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()
