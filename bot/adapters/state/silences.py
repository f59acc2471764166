"""Silences, and windows that people plan, as rows."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select, update

from bot.adapters.state import tables
from bot.adapters.state.rows import silence_of, silence_row
from bot.adapters.state.writing import insert_new
from bot.domain.audit import Record
from bot.domain.gate.silences import Silence, confirmed, ended, set_by

SILENCE = tables.silence
Audit = Callable[[Record], None]


def silences_at(connection: Connection, now: datetime, windows_since: datetime | None = None) -> tuple[Silence, ...]:
    """Those that are not over; of windows also those that ended since a moment."""
    fresh = SILENCE.c.until > now
    if windows_since is not None:
        fresh = or_(fresh, and_(SILENCE.c.announced_at.is_not(None), SILENCE.c.until > windows_since))
    query = select(SILENCE).where(fresh, SILENCE.c.proposed.is_(False))
    rows = connection.execute(query).mappings()
    return tuple(sorted((silence_of(row) for row in rows), key=lambda each: (each.until, each.id)))


def silence_by_id(connection: Connection, silence_id: str) -> Silence | None:
    row = connection.execute(select(SILENCE).where(SILENCE.c.id == silence_id)).mappings().one_or_none()
    return None if row is None else silence_of(row)


class SqlSilences:
    """The silences' part of a transaction; what is set or ended is audited."""

    def __init__(self, connection: Connection, audit: Audit) -> None:
        self._connection, self._audit = connection, audit

    def add(self, silence: Silence) -> bool:
        added = insert_new(self._connection, SILENCE, [silence_row(silence)]) == 1
        if added and not silence.proposed:
            self._audit(set_by(silence))
        return added

    def confirm(self, silence_id: str, at: datetime) -> bool:
        known = silence_by_id(self._connection, silence_id)
        if known is None:
            return False
        held = confirmed(known, at)
        change = update(SILENCE).where(SILENCE.c.id == silence_id, SILENCE.c.proposed)
        values = {"proposed": False, "since": held.since, "announced_at": held.announced_at}
        if self._connection.execute(change.values(values)).rowcount != 1:
            return False
        self._audit(set_by(held))
        return True

    def end(self, silence_id: str, at: datetime, by: str) -> bool:
        holding = and_(SILENCE.c.id == silence_id, SILENCE.c.until > at, SILENCE.c.proposed.is_(False))
        changed = self._connection.execute(update(SILENCE).where(holding).values(until=at)).rowcount == 1
        known = silence_by_id(self._connection, silence_id) if changed else None
        if known is not None:
            self._audit(ended(known, by, at))
        return changed
