"""Rows on their way to BigQuery: staging tables as Parquet, small tables as lines of JSON."""

import io
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from bot.adapters.warehouse.engine import Value

_BIGQUERY = {
    "BIGINT": "INT64",
    "BOOLEAN": "BOOL",
    "DATE": "DATE",
    "DOUBLE": "FLOAT64",
    "TIMESTAMP": "TIMESTAMP",
    "VARCHAR": "STRING",
}


def write_parquet(reader: duckdb.DuckDBPyConnection, table: str, path: Path) -> list[tuple[str, str]]:
    """Copy a staging table into a Parquet file; returns (column, BigQuery type).

    DuckDB's naive times are written as instants: BigQuery would read them as DATETIME
    (https://cloud.google.com/bigquery/docs/loading-data-cloud-storage-parquet#type_conversions).
    """
    columns = [(str(name), str(kind)) for name, kind, *_ in reader.execute(f"DESCRIBE {table}").fetchall()]
    chosen = ", ".join(
        f'"{name}" AT TIME ZONE \'UTC\' AS "{name}"' if kind == "TIMESTAMP" else f'"{name}"' for name, kind in columns
    )
    target = str(path).replace("'", "''")
    reader.execute(f"COPY (SELECT {chosen} FROM {table}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")  # noqa: S608
    return [(name, _BIGQUERY[kind]) for name, kind in columns]


def json_lines(columns: Sequence[str], rows: Iterable[tuple[Value, ...]]) -> io.BytesIO:
    """Rows as newline-delimited JSON; times carry their offset."""
    lines = (json.dumps(dict(zip(columns, row, strict=True)), default=_plain) for row in rows)
    return io.BytesIO("\n".join(lines).encode())


def _plain(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} cannot be a value of a table")
