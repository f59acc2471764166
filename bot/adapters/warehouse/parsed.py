"""Statements that DuckDB has parsed: a text is parsed once a process, for all its databases."""

from collections.abc import Mapping
from typing import Any

import duckdb

KEPT = 500
"""Our own texts are about 300 and take two megabytes; the rest is for questions that a team asks."""
_READY: dict[str, duckdb.Statement] = {}


def parsed(connection: duckdb.DuckDBPyConnection, text: str) -> duckdb.Statement:
    """One statement, good for every connection. DuckDB 2.0 takes about a millisecond to parse a kilobyte, which is
    longer than most answers take.
    """
    ready = _READY.get(text)
    if ready is None:
        (ready,) = connection.extract_statements(text)
        if len(_READY) >= KEPT:
            _READY.clear()
        _READY[text] = ready
    return ready


def execute(
    connection: duckdb.DuckDBPyConnection, text: str, parameters: Mapping[str, Any] | None = None
) -> duckdb.DuckDBPyConnection:
    """For texts that come again: those that name a file are parsed each time."""
    return connection.execute(parsed(connection, text), parameters)
