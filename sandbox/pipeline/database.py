"""The pipeline's own database, as a team keeps one: run history, table loads, raw files, calendar and windows.

SQLite in the write-ahead mode: whoever reads it does not hold the pipeline up.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

FILE_NAME = "pipeline.db"
MOMENT, DATE = "MOMENT", "DATE"
"""`YYYY-MM-DD HH:MM:SS` of UTC, and `YYYY-MM-DD`."""
COLUMNS = {
    "processor_run_history": {
        "run_id": "TEXT",
        "processor_name": "TEXT",
        "phase": "INTEGER",
        "data_date": DATE,
        "started_at": MOMENT,
        "completed_at": MOMENT,
        "status": "TEXT",
        "records_processed": "INTEGER",
        "duration_seconds": "REAL",
        "failure_category": "TEXT",
        "error_message": "TEXT",
        "attempt": "INTEGER",
        "trigger": "TEXT",
        "last_heartbeat_at": MOMENT,
        "inserted_at": MOMENT,
    },
    "table_loads": {"table_name": "TEXT", "data_date": DATE, "row_count": "INTEGER", "loaded_at": MOMENT},
    "raw_files": {"source": "TEXT", "data_date": DATE, "path": "TEXT", "size_bytes": "INTEGER", "created_at": MOMENT},
    "game_schedule": {"game_id": "TEXT", "game_date": DATE, "start_utc": MOMENT, "final_utc": MOMENT, "status": "TEXT"},
    "planned_windows": {
        "kind": "TEXT",
        "source": "TEXT",
        "processors": "TEXT",
        "start_at": MOMENT,
        "end_at": MOMENT,
        "announced_at": MOMENT,
        "note": "TEXT",
    },
}
KEYS = {
    "processor_run_history": "run_id",
    "table_loads": "table_name, data_date, loaded_at",
    "raw_files": "path",
    "game_schedule": "game_id",
    "planned_windows": "kind, processors, start_at",
}
WRITTEN_AT = {"processor_run_history": "inserted_at", "table_loads": "loaded_at", "raw_files": "created_at"}
"""The column by which rows are new."""
CACHE_KB = 64_000
"""For the pages of a month: its keys come in no order."""
Rows = Iterable[Iterable[object]]


def create(directory: Path) -> None:
    """An empty database; one of an earlier simulation is removed."""
    file = directory / FILE_NAME
    for suffix in ("", "-wal", "-shm"):
        file.with_name(f"{FILE_NAME}{suffix}").unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        for table, columns in COLUMNS.items():
            listed = ", ".join(
                f'"{name}" {"TEXT" if kind in (MOMENT, DATE) else kind}' for name, kind in columns.items()
            )
            connection.execute(f"CREATE TABLE {table} ({listed}, PRIMARY KEY ({KEYS[table]}))")
        for table, column in WRITTEN_AT.items():
            connection.execute(f"CREATE INDEX {table}_by_{column} ON {table} ({column})")


def write(directory: Path, tables: Mapping[str, Rows]) -> dict[str, int]:
    """Write rows in one transaction; one with the key of another replaces it. Instants in rows are epoch seconds.

    Returns how many were written to each table.
    """
    with closing(sqlite3.connect(directory / FILE_NAME)) as connection, connection:
        connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")
        return {table: _write(connection, table, rows) for table, rows in tables.items()}


def _write(connection: sqlite3.Connection, table: str, rows: Rows) -> int:
    kinds = tuple(COLUMNS[table].values())
    places = ", ".join("datetime(?, 'unixepoch')" if kind == MOMENT else "?" for kind in kinds)
    written = f"INSERT OR REPLACE INTO {table} VALUES ({places})"  # noqa: S608
    return max(0, connection.executemany(written, _plain(rows, kinds.index(DATE) if DATE in kinds else None)).rowcount)


def _plain(rows: Rows, date_at: int | None) -> Iterator[Sequence[object]]:
    """With the date, of which each table has one at most, as its text."""
    for row in rows:
        values = list(row)
        if date_at is not None:
            values[date_at] = str(values[date_at])
        yield values
