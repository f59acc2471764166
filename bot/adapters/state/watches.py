"""Watches of fixes, as rows."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Column, Connection, Date, Engine, Integer, String, Table, select, update

from bot.adapters.state import tables
from bot.adapters.state.columns import Utc, Words
from bot.adapters.state.database import reading
from bot.adapters.state.writing import insert_new
from bot.domain.reports.watch import Watch

WATCH = Table(
    "watch",
    tables.metadata,
    Column("id", String, primary_key=True),
    Column("processor", Words, nullable=False),
    Column("since", Date, nullable=False),
    Column("days", Integer, nullable=False),
    Column("by", Words, nullable=False),
    Column("channel", String, nullable=False),
    Column("started_at", Utc, nullable=False),
    Column("ends_at", Utc, nullable=False),
    Column("ended_at", Utc),
)


class SqlWatchRecord:
    """Implements `bot.ports.watches.WatchRecord`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start(self, watch: Watch) -> bool:
        row = asdict(watch)
        if insert_new(self._connection, WATCH, [row]) == 1:
            return True
        again = update(WATCH).where(WATCH.c.id == watch.id, WATCH.c.ended_at.is_not(None)).values(**row)
        return self._connection.execute(again).rowcount == 1

    def end(self, watch_id: str, at: datetime) -> bool:
        change = update(WATCH).where(WATCH.c.id == watch_id, WATCH.c.ended_at.is_(None)).values(ended_at=at)
        return self._connection.execute(change).rowcount == 1


class SqlWatches:
    """Implements `bot.ports.watches.Watches`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def standing(self) -> list[Watch]:
        query = select(WATCH).where(WATCH.c.ended_at.is_(None)).order_by(WATCH.c.ends_at, WATCH.c.id)
        with reading(self._engine) as connection:
            return [Watch(**row) for row in connection.execute(query).mappings()]
