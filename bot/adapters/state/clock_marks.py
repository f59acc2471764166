"""By which clock moments were stored, as rows."""

from dataclasses import asdict

from sqlalchemy import Connection, select

from bot.adapters.state import tables
from bot.adapters.state.writing import upsert
from bot.ports.clock import ClockMark

MARK = tables.clock_mark


class SqlClocks:
    """Implements `bot.ports.state.ClockRecord`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, mark: ClockMark) -> None:
        upsert(self._connection, MARK, ("work",), [asdict(mark)])


def mark_of(connection: Connection, work: str) -> ClockMark | None:
    row = connection.execute(select(MARK).where(MARK.c.work == work)).mappings().one_or_none()
    return None if row is None else ClockMark(**row)
