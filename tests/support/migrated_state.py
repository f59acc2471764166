"""A state without anything in it, as a SQLite file: migrating one takes ten times as long as copying it."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, inspect

from bot.adapters.state import migrate as migrating
from bot.adapters.state.database import open_engine

MIGRATED = migrating.upgrade


def empty_state(path: Path) -> Path:
    """Puts one there."""
    return Path(shutil.copy(_template(), path))


def upgrade(connection: Connection, revision: str = "head") -> None:
    """In place of the migrations: an empty SQLite database gets what they have made once in this process."""
    empty = connection.dialect.name == "sqlite" and not inspect(connection).get_table_names()
    if revision != "head" or not empty:
        MIGRATED(connection, revision)
        return
    for statement in _statements():
        connection.exec_driver_sql(statement)


@cache
def _template() -> Path:
    engine = open_engine(Path(_folder().name) / "state.db")
    with engine.begin() as connection:
        MIGRATED(connection)
    engine.dispose()
    return Path(_folder().name) / "state.db"


@cache
def _folder() -> "TemporaryDirectory[str]":
    return TemporaryDirectory(prefix="fireline-state-")


@cache
def _statements() -> tuple[str, ...]:
    return tuple(_dumped())


def _dumped() -> Iterator[str]:
    with closing(sqlite3.connect(_template())) as made:
        for statement in made.iterdump():
            if statement not in ("BEGIN TRANSACTION;", "COMMIT;"):
                yield statement
