"""Reports as rows: that one was due, once for each date; and what it said."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Boolean, Column, ColumnElement, Connection, Engine, String, Table, exists, select

from bot.adapters.state import tables
from bot.adapters.state.columns import Utc, Words
from bot.adapters.state.database import reading
from bot.adapters.state.watches import SqlWatches, SqlWatchRecord
from bot.adapters.state.writing import insert_new, upsert
from bot.domain.delivery import PageState
from bot.domain.reports.said import Fired, Said

cron_fire = Table(
    "cron_fire",
    tables.metadata,
    Column("schedule", String, primary_key=True),
    Column("fire_key", String, primary_key=True),
    Column("at", Utc, nullable=False),
)
"""What a schedule has come round for: one row, whoever claims it."""

report = Table(
    "report",
    tables.metadata,
    Column("key", String, primary_key=True),
    Column("schedule", String, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("whole", Boolean, nullable=False),
    Column("facts", Words, nullable=False),
    Column("card", Words, nullable=False),
    Column("rest", Words, nullable=False),
    Column("picture", Words, nullable=False, server_default=""),
)
"""What reports have said, by the key of their pages."""


class SqlReportRecord:
    """Implements `bot.ports.reports.ReportRecord`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.watches = SqlWatchRecord(connection)

    def fire(self, fired: Fired) -> bool:
        return insert_new(self._connection, cron_fire, [asdict(fired)]) == 1

    def put(self, said: Said) -> None:
        upsert(self._connection, report, ("key",), [asdict(said)])


class SqlReports:
    """Implements `bot.ports.reports.Reports`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.watches = SqlWatches(engine)

    def fired(self, schedule: str, fire_key: str) -> bool:
        own = (cron_fire.c.schedule == schedule) & (cron_fire.c.fire_key == fire_key)
        with reading(self._engine) as connection:
            return bool(connection.scalar(select(exists().where(own))))

    def said(self, key: str) -> Said | None:
        return self._one(report.c.key == key)

    def delivered(self, schedule: str, made_before: datetime | None = None) -> Said | None:
        page = tables.page
        taken = exists().where(page.c.dedup_key == report.c.key, page.c.state == PageState.SENT.value)
        wanted = (report.c.schedule == schedule) & taken
        return self._one(wanted if made_before is None else wanted & (report.c.made_at < made_before))

    def _one(self, wanted: ColumnElement[bool]) -> Said | None:
        query = select(report).where(wanted).order_by(report.c.made_at.desc(), report.c.key.desc()).limit(1)
        with reading(self._engine) as connection:
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else Said(**row)
