"""Rows into Parquet files with the columns and types of the data directory, through one CSV file each."""

import csv
from collections.abc import Iterable
from pathlib import Path

import duckdb

COLUMNS = {
    "runs": {
        "run_id": "VARCHAR",
        "processor_name": "VARCHAR",
        "phase": "BIGINT",
        "data_date": "DATE",
        "started_at": "TIMESTAMP",
        "completed_at": "TIMESTAMP",
        "status": "VARCHAR",
        "records_processed": "BIGINT",
        "duration_seconds": "DOUBLE",
        "failure_category": "VARCHAR",
        "error_message": "VARCHAR",
        "attempt": "BIGINT",
        "trigger": "VARCHAR",
        "last_heartbeat_at": "TIMESTAMP",
        "inserted_at": "TIMESTAMP",
    },
    "table_loads": {"table_name": "VARCHAR", "data_date": "DATE", "row_count": "BIGINT", "loaded_at": "TIMESTAMP"},
    "raw_files": {
        "source": "VARCHAR",
        "data_date": "DATE",
        "path": "VARCHAR",
        "size_bytes": "BIGINT",
        "created_at": "TIMESTAMP",
    },
    "game_schedule": {
        "game_id": "VARCHAR",
        "game_date": "DATE",
        "start_utc": "TIMESTAMP",
        "final_utc": "TIMESTAMP",
        "status": "VARCHAR",
    },
}
ORDER = {
    "runs": "started_at, run_id",
    "table_loads": "loaded_at, table_name",
    "raw_files": "created_at, path",
    "game_schedule": "start_utc, game_id",
}


def write(directory: Path, table: str, rows: Iterable[Iterable[object]]) -> int:
    """Write `directory/TABLE.parquet`; instants in `rows` are epoch seconds, None is NULL. Returns the row count."""
    scratch = directory / f"{table}.csv"
    with scratch.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    columns = COLUMNS[table]
    read = {name: "BIGINT" if kind == "TIMESTAMP" else kind for name, kind in columns.items()}
    chosen = ", ".join(
        f'make_timestamp("{name}" * 1000000) AS "{name}"' if kind == "TIMESTAMP" else f'"{name}"'
        for name, kind in columns.items()
    )
    query = f"SELECT {chosen} FROM read_csv($1, header=false, quote='\"', columns={read!r}) ORDER BY {ORDER[table]}"  # noqa: S608
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        target = str(directory / f"{table}.parquet").replace("'", "''")
        found = connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)", [str(scratch)])
        row = found.fetchone()
    scratch.unlink()
    return int(row[0]) if row else 0
