"""Requests to take somebody's turn, as rows."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, select, update

from bot.adapters.state import tables
from bot.adapters.state.writing import insert_new
from bot.domain.audit import Record
from bot.domain.oncall.covers import Cover, CoverState, record_of

COVER = tables.cover


class SqlCovers:
    """Implements `bot.ports.state.CoverRecord`; what changes is audited, too."""

    def __init__(self, connection: Connection, audit: Callable[[Record], None]) -> None:
        self._connection, self._audit = connection, audit

    def held(self, since: datetime) -> list[Cover]:
        return _covers(self._connection, _ahead(since).order_by(COVER.c.id).with_for_update())

    def add(self, cover: Cover) -> bool:
        return self._audited(cover, insert_new(self._connection, COVER, [_row(cover)]) == 1)

    def change(self, before: Cover, after: Cover) -> bool:
        """An answer only ever changes the state, and the moments that belong to it."""
        same = and_(COVER.c.id == before.id, COVER.c.state == before.state.value)
        return self._audited(
            after, self._connection.execute(update(COVER).where(same).values(**_row(after))).rowcount == 1
        )

    def _audited(self, cover: Cover, done: bool) -> bool:
        if done:
            self._audit(record_of(cover))
        return done


def covers_until(connection: Connection, since: datetime) -> list[Cover]:
    return _covers(connection, _ahead(since))


def _ahead(since: datetime) -> Select[Any]:
    return select(COVER).where(COVER.c.until > since)


def _covers(connection: Connection, query: Select[Any]) -> list[Cover]:
    return sorted(map(_cover, connection.execute(query).mappings()), key=lambda each: (each.since, each.id))


def cover_of(connection: Connection, cover_id: str) -> Cover | None:
    row = connection.execute(select(COVER).where(COVER.c.id == cover_id)).mappings().one_or_none()
    return None if row is None else _cover(row)


def _row(cover: Cover) -> dict[str, Any]:
    return {**asdict(cover), "state": cover.state.value}


def _cover(row: RowMapping) -> Cover:
    return Cover(**{**row, "state": CoverState(row["state"])})
