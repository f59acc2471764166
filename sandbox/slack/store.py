"""The workspace's one SQLite file: schema, transactions, settings, number sequences."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sequences (name TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS users (id TEXT PRIMARY KEY, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS usergroups (id TEXT PRIMARY KEY, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS channels (id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS members (channel TEXT, user TEXT, joined REAL NOT NULL, PRIMARY KEY (channel, user))
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reads (channel TEXT, user TEXT, ts TEXT NOT NULL, PRIMARY KEY (channel, user)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS messages (channel TEXT, ts TEXT, thread_ts TEXT, broadcast INTEGER NOT NULL DEFAULT 0,
    author TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (channel, ts)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS replies ON messages (channel, thread_ts, ts) WHERE thread_ts IS NOT NULL;
CREATE TABLE IF NOT EXISTS files (id TEXT PRIMARY KEY, state TEXT NOT NULL, data TEXT NOT NULL, bytes BLOB,
    key TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS home_views (user TEXT PRIMARY KEY, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS response_urls (token TEXT PRIMARY KEY, data TEXT NOT NULL);
"""


class Store:
    """Every change is one transaction of SQLite in WAL mode: a kill -9 leaves the last whole state."""

    def __init__(self, path: Path | str) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=NORMAL")
        self.connection.executescript(_SCHEMA)

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; inside another transaction it joins that one."""
        if self.connection.in_transaction:
            yield
            return
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def rows(self, sql: str, *values: Any) -> list[Any]:
        return self.connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> Any:
        return self.connection.execute(sql, values).fetchone()

    def run(self, sql: str, *values: Any) -> int:
        """Execute a change and return how many rows it touched."""
        return self.connection.execute(sql, values).rowcount

    def setting(self, name: str) -> str | None:
        found = self.row("SELECT value FROM settings WHERE name = ?", name)
        return None if found is None else str(found[0])

    def set_setting(self, name: str, value: str) -> None:
        self.run("INSERT OR REPLACE INTO settings VALUES (?, ?)", name, value)

    def number(self, name: str) -> int:
        """The next number of a sequence, from 1."""
        found = self.row(
            "INSERT INTO sequences VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET last = last + 1 RETURNING last", name
        )
        return int(found[0])

    def new_id(self, prefix: str) -> str:
        """An id of Slack's form, such as `C0000000A`."""
        number, digits = self.number(f"id {prefix}"), ""
        while number:
            number, rest = divmod(number, 36)
            digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest] + digits
        return f"{prefix}{digits:0>9}"


def dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def load(text: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(text)
    return loaded
