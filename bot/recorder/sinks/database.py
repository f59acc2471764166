"""A table of run history in any database that SQLAlchemy reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.recorder.answers import Answer, answer_of
from bot.recorder.sinks.rows import SAME, put

if TYPE_CHECKING:
    from sqlalchemy import Engine, Table


class DatabaseSink:
    """Moments are UTC. The table is made where there is none."""

    def __init__(self, url: str, table: str) -> None:
        self._url, self._name = url, table
        self._engine: Engine | None = None
        self._table: Table | None = None

    def send(self, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        from sqlalchemy.exc import DataError, IntegrityError

        return put(events, self._put, (DataError, IntegrityError, OverflowError, UnicodeError))

    def _put(self, rows: list[dict[str, Any]]) -> None:
        from sqlalchemy import insert, select

        engine, table = self._opened()
        with engine.begin() as connection:
            for row in rows:
                same = [table.c[name].is_(None) if row[name] is None else table.c[name] == row[name] for name in SAME]
                if connection.execute(select(table.c.run_id).where(*same).limit(1)).first() is None:
                    connection.execute(insert(table).values(row))

    def done(self, processor: str, data_date: str) -> Answer:
        from datetime import date

        from sqlalchemy import func, select

        engine, table = self._opened()
        of = table.c.processor_name == processor, table.c.data_date == date.fromisoformat(data_date)
        asked = select(func.max(table.c.records_processed), func.count()).where(*of, table.c.status == "success")
        with engine.connect() as connection:
            return answer_of(*connection.execute(asked).one())

    def _opened(self) -> tuple[Engine, Table]:
        from sqlalchemy import BigInteger, Column, Date, DateTime, Float, MetaData, String, Table, Text, create_engine
        from sqlalchemy.pool import NullPool

        if self._engine is None or self._table is None:
            schema, _, name = self._name.rpartition(".")
            moment, number = DateTime(timezone=True), BigInteger()
            self._table = Table(
                name,
                MetaData(schema=schema or None),
                *(Column(each, String(500)) for each in ("run_id", "processor_name", "status", "failure_category")),
                *(Column(each, number) for each in ("phase", "records_processed", "attempt")),
                *(Column(each, moment) for each in ("started_at", "completed_at", "last_heartbeat_at", "inserted_at")),
                Column("data_date", Date),
                Column("duration_seconds", Float),
                Column("error_message", Text),
                Column("trigger", String(500)),
            )
            # A connection of its own each time: a child that is forked has none of its parent's.
            engine = create_engine(self._url, poolclass=NullPool)
            self._table.create(engine, checkfirst=True)
            self._engine = engine
        return self._engine, self._table
