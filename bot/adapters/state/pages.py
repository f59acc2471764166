"""The outbox of pages, as rows."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, or_, select, update

from bot.adapters.state import tables
from bot.adapters.state.writing import insert_new
from bot.domain.delivery import UNSENT, WAITING, Act, Outcome, Page, PageState, Queued
from bot.domain.findings.severity import Severity

PAGE = tables.page
MOST_AT_ONCE = 200
_WAITING = sorted(state.value for state in WAITING)
_UNSENT = sorted(state.value for state in UNSENT)
_NOT_BEGUN = [*_WAITING, PageState.CARRIED.value]


class SqlPages:
    """Implements `bot.ports.state.PageRecord`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, pages: Iterable[Queued]) -> int:
        return insert_new(self._connection, PAGE, [_row(each) for each in pages])

    def claim(self, queued: Queued, now: datetime, until: datetime) -> bool:
        first = queued.page.first_attempt_at or now
        tried = {"attempts": queued.page.attempts + 1, "first_attempt_at": first, "lease_until": until}
        change = update(PAGE).where(_is_still(queued)).values(state=PageState.SENDING.value, **tried)
        return self._connection.execute(change).rowcount == 1

    def settle(self, queued: Queued, state: PageState, outcome: Outcome, not_before: datetime) -> bool:
        """A page that was acknowledged while it was on its way, and was not taken, is not tried again."""
        values = {"reason": outcome.reason, "ref": outcome.ref, "not_before": not_before, "lease_until": None}
        own = and_(PAGE.c.state == PageState.SENDING.value, PAGE.c.attempts == queued.page.attempts + 1)
        known = PAGE.c.state.in_([*_WAITING, PageState.SENDING.value]) if state is PageState.SENT else own
        change = update(PAGE).where(PAGE.c.id == queued.page.id, known)
        if not self._connection.execute(change.values(state=state.value, **values)).rowcount:
            return False
        self._settle_carried(queued.page.id, state, not_before)
        return True

    def _settle_carried(self, by: str, state: PageState, at: datetime) -> None:
        values: dict[str, Any] = {"state": PageState.SENT.value, "not_before": at}
        if state is PageState.UNCLEAR:
            return
        if state is not PageState.SENT:
            values = {"state": PageState.PENDING.value, "carried_by": ""}
        own = and_(PAGE.c.carried_by == by, PAGE.c.state == PageState.CARRIED.value)
        self._connection.execute(update(PAGE).where(own).values(**values))

    def clock_set(self, now: datetime, settled: datetime, until: datetime) -> None:
        later = update(PAGE).where(PAGE.c.state == PageState.PENDING.value, PAGE.c.not_before > now)
        self._connection.execute(later.values(not_before=now))
        unclear = update(PAGE).where(PAGE.c.state == PageState.UNCLEAR.value)
        self._connection.execute(unclear.values(not_before=settled))
        under_way = update(PAGE).where(PAGE.c.state == PageState.SENDING.value)
        self._connection.execute(under_way.values(lease_until=until))

    def due_within(self, until: datetime, lease: datetime) -> None:
        later = update(PAGE).where(PAGE.c.state.in_(_WAITING), PAGE.c.not_before > until)
        self._connection.execute(later.values(not_before=until))
        longer = update(PAGE).where(PAGE.c.state == PageState.SENDING.value, PAGE.c.lease_until > lease)
        self._connection.execute(longer.values(lease_until=lease))

    def cancel(self, dedup_key: str) -> int:
        change = update(PAGE).where(PAGE.c.dedup_key == dedup_key, PAGE.c.state.in_(_NOT_BEGUN))
        count = self._connection.execute(change.values(state=PageState.CANCELLED.value)).rowcount
        over = select(PAGE.c.id).where(PAGE.c.dedup_key == dedup_key, PAGE.c.state == PageState.CANCELLED.value)
        left = update(PAGE).where(PAGE.c.carried_by.in_(over), PAGE.c.state == PageState.CARRIED.value)
        self._connection.execute(left.values(state=PageState.PENDING.value, carried_by=""))
        return count

    def to_person(self, person: str, channel: str, since: datetime) -> list[Queued]:
        if self._connection.dialect.name == "postgresql":
            key = func.hashtextextended(f"{person}\n{channel}", 0)
            self._connection.execute(select(func.pg_advisory_xact_lock(key)))
        same = and_(PAGE.c.person == person, PAGE.c.channel == channel, PAGE.c.act == Act.TRIGGER.value)
        sent = and_(PAGE.c.state == PageState.SENT.value, PAGE.c.carried_by == "", PAGE.c.not_before >= since)
        waits = PAGE.c.state.in_(_NOT_BEGUN)
        begun = or_(sent, PAGE.c.state == PageState.SENDING.value)
        return [*_worst(self._connection, and_(same, begun)), *_worst(self._connection, and_(same, waits))]

    def hold(self, queued: Queued, until: datetime) -> None:
        self._connection.execute(update(PAGE).where(_is_still(queued)).values(not_before=until))

    def carry(self, pages: Iterable[Queued], by: Queued) -> None:
        values = {"state": PageState.CARRIED.value, "carried_by": by.page.id}
        for each in pages:
            self._connection.execute(update(PAGE).where(_is_still(each)).values(**values))


def _is_still(queued: Queued) -> ColumnElement[bool]:
    """Nobody has touched it meanwhile."""
    same = and_(PAGE.c.id == queued.page.id, PAGE.c.state == queued.state.value)
    return and_(same, PAGE.c.attempts == queued.page.attempts)


def due_by(connection: Connection, now: datetime) -> list[Queued]:
    pending = and_(PAGE.c.state.in_(_WAITING), PAGE.c.not_before <= now)
    left = and_(PAGE.c.state == PageState.SENDING.value, PAGE.c.lease_until <= now)
    return _worst(connection, or_(pending, left))


def unsent(connection: Connection) -> list[Queued]:
    return _worst(connection, PAGE.c.state.in_(_UNSENT))


def carried(connection: Connection, by: str) -> list[Queued]:
    return _worst(connection, PAGE.c.carried_by == by)


def _worst(connection: Connection, wanted: ColumnElement[bool]) -> list[Queued]:
    query = select(PAGE).where(wanted).order_by(PAGE.c.severity, PAGE.c.created_at, PAGE.c.id)
    return [_queued(row) for row in connection.execute(query.limit(MOST_AT_ONCE)).mappings()]


def page_of(connection: Connection, page_id: str) -> Queued | None:
    row = connection.execute(select(PAGE).where(PAGE.c.id == page_id)).mappings().one_or_none()
    return None if row is None else _queued(row)


def page_by_ref(connection: Connection, channel: str, ref: str) -> Queued | None:
    query = select(PAGE).where(PAGE.c.channel == channel, PAGE.c.ref == ref).order_by(PAGE.c.created_at).limit(1)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _queued(row)


def pages_of(connection: Connection, dedup_key: str) -> list[Queued]:
    query = select(PAGE).where(PAGE.c.dedup_key == dedup_key).order_by(PAGE.c.created_at, PAGE.c.id)
    return [_queued(row) for row in connection.execute(query).mappings()]


def pages_within(connection: Connection, since: datetime, until: datetime) -> list[Queued]:
    made = and_(PAGE.c.created_at >= since, PAGE.c.created_at < until)
    query = select(PAGE).where(made).order_by(PAGE.c.created_at, PAGE.c.id)
    return [_queued(row) for row in connection.execute(query).mappings()]


def _row(queued: Queued) -> dict[str, Any]:
    page = queued.page
    return {
        "id": page.id,
        "incident": queued.incident or None,
        "dedup_key": page.dedup_key,
        "label": page.label,
        "severity": page.severity.value,
        "act": page.act.value,
        "channel": page.channel,
        "person": page.person,
        "target": page.target,
        "created_at": page.created_at,
        "state": queued.state.value,
        "not_before": queued.not_before,
        "lease_until": queued.lease_until,
        "attempts": page.attempts,
        "first_attempt_at": page.first_attempt_at,
        "reason": queued.reason,
        "ref": queued.ref,
        "carried_by": queued.carried_by,
        "text": "" if queued.incident else page.text,
    }


def _queued(row: RowMapping) -> Queued:
    page = Page(
        id=row["id"],
        dedup_key=row["dedup_key"],
        label=row["label"],
        severity=Severity(row["severity"]),
        act=Act(row["act"]),
        channel=row["channel"],
        person=row["person"],
        target=row["target"],
        created_at=row["created_at"],
        attempts=row["attempts"],
        first_attempt_at=row["first_attempt_at"],
        title=row["text"].partition("\n")[0],
        text=row["text"],
    )
    return Queued(
        page=page,
        incident=row["incident"] or "",
        state=PageState(row["state"]),
        not_before=row["not_before"],
        lease_until=row["lease_until"],
        reason=row["reason"],
        ref=row["ref"],
        carried_by=row["carried_by"],
    )
