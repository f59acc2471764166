"""A table of run history in a DuckDB file, which is opened for each piece and let go."""

from __future__ import annotations

import os
from typing import Any

from bot.recorder.answers import NOT_DONE, Answer, answer_of
from bot.recorder.sinks.rows import COLUMNS, SAME, put

TYPES = {
    "phase": "BIGINT", "data_date": "DATE", "started_at": "TIMESTAMPTZ", "completed_at": "TIMESTAMPTZ",
    "records_processed": "BIGINT", "duration_seconds": "DOUBLE", "attempt": "BIGINT",
    "last_heartbeat_at": "TIMESTAMPTZ", "inserted_at": "TIMESTAMPTZ",
}  # fmt: skip


class DuckDBSink:
    def __init__(self, path: str, table: str) -> None:
        self._path, self._table = path, '"' + table.replace('"', '""').replace(".", '"."') + '"'
        self._stopped = False

    def stop(self) -> None:
        """Before the next piece, which takes some milliseconds."""
        self._stopped = True

    def send(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        import duckdb

        return put(events, self._put, (duckdb.DataError, duckdb.IntegrityError, duckdb.InvalidInputException))

    def _put(self, rows: list[dict[str, Any]]) -> None:
        import duckdb

        columns = ", ".join(f'"{name}" {TYPES.get(name, "VARCHAR")}' for name in COLUMNS)
        names = ", ".join(f'"{name}"' for name in COLUMNS)
        given = ", ".join(f'unnest(${name}::{TYPES.get(name, "VARCHAR")}[]) AS "{name}"' for name in COLUMNS)
        first = ", ".join(f'"{name}"' for name in SAME)
        same = " AND ".join(f'there."{name}" IS NOT DISTINCT FROM given."{name}"' for name in SAME)
        add = (  # all at once: row by row it takes forty times as long
            f"INSERT INTO {self._table} ({names}) SELECT {names} FROM (SELECT {given}) AS given "  # noqa: S608
            f"WHERE NOT EXISTS (SELECT 1 FROM {self._table} AS there WHERE {same}) "
            f"QUALIFY row_number() OVER (PARTITION BY {first}) = 1"
        )
        if self._stopped:
            raise OSError("the process ends")
        with duckdb.connect(self._path) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(f"CREATE TABLE IF NOT EXISTS {self._table} ({columns})")
            connection.execute(add, {name: [row[name] for row in rows] for name in COLUMNS})

    def done(self, processor: str, data_date: str) -> Answer:
        import duckdb

        if not os.path.exists(self._path) and os.path.isdir(os.path.dirname(self._path) or os.curdir):
            return Answer(NOT_DONE, "there is no run yet")
        of = "processor_name = $p AND data_date = CAST($d AS DATE) AND status = 'success'"
        asked = f"SELECT max(records_processed), count(*) FROM {self._table} WHERE {of}"  # noqa: S608
        try:
            with duckdb.connect(self._path, read_only=True) as connection:
                row = connection.execute(asked, {"p": processor, "d": data_date}).fetchone()
        except duckdb.CatalogException:
            return Answer(NOT_DONE, "there is no run yet")
        return answer_of(*row) if row else Answer(NOT_DONE, "no run succeeded")
