"""Keeps what the preset reads of a metadata database of Airflow (SQLite): `keep.py DATABASE >airflow2.sql`."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing

TABLES = ("dag", "dag_run", "task_instance", "task_instance_history", "serialized_dag")
LEFT_OUT = frozenset(
    {"conf", "executor_config", "hostname", "unixname", "next_kwargs", "span_status", "context_carrier"}
)
"""Pickles, and what tells of the machine."""


def kept(connection: sqlite3.Connection) -> Iterator[str]:
    for table in TABLES:
        columns = [
            (name, kind)
            for _, name, kind, *_ in connection.execute(f"PRAGMA table_info({table})")
            if name not in LEFT_OUT
        ]
        names = ", ".join(name for name, _ in columns)
        yield f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in columns)});"
        quoted = " || ', ' || ".join(f"quote({name})" for name, _ in columns)
        for (values,) in connection.execute(f"SELECT {quoted} FROM {table}"):  # noqa: S608 (our own names)
            yield f"INSERT INTO {table} ({names}) VALUES ({values});"  # noqa: S608 (our own names)


def main() -> None:
    with closing(sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)) as connection:
        print("\n".join(kept(connection)))


if __name__ == "__main__":
    main()
