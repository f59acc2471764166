"""The audit chain, as rows: written at the end of the transaction of what they tell of."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.adapters.state import tables
from bot.adapters.state.inbox import take
from bot.domain.audit import NOTHING, Anchor, Link, Record, Seal
from bot.ports.inbox import DELIVERY

AUDIT, HEAD = tables.audit, tables.audit_head
AT_ONCE = 5_000


class SqlAudit:
    """Implements `bot.ports.state.AuditRecord`."""

    def __init__(self, connection: Connection, seal: Seal) -> None:
        self._connection, self._seal = connection, seal
        self._records: list[Record] = []

    def add(self, record: Record) -> None:
        self._records.append(record)

    def write(self) -> None:
        """With the delivery that brought the change. Last in its transaction: the head is held for a moment, and nobody
        who holds it waits for another row.
        """
        if not self._records:
            return
        delivery = DELIVERY.get()
        if delivery:
            take(self._connection, delivery, self._records)
        end, links = _end(self._connection, lock=True), list[Link]()
        for each in self._records:
            links.append(self._seal.after(end, each))
            end = Anchor(links[-1].seq, links[-1].hash)
        self._connection.execute(insert(AUDIT), [_row(link) for link in links])
        self._connection.execute(update(HEAD).values(seq=end.seq, hash=end.hash))
        self._records.clear()


def end_of(connection: Connection) -> Anchor:
    return _end(connection, lock=False)


def links_after(connection: Connection, seq: int) -> Iterator[Link]:
    """In order, in parts: a chain may be long."""
    while True:
        query = select(AUDIT).where(AUDIT.c.seq > seq).order_by(AUDIT.c.seq).limit(AT_ONCE)
        found = [_link(row) for row in connection.execute(query)]
        yield from found
        if len(found) < AT_ONCE:
            return
        seq = found[-1].seq


def links_of(connection: Connection, subject: str) -> list[Link]:
    query = select(AUDIT).where(AUDIT.c.subject == subject).order_by(AUDIT.c.seq)
    return [_link(row) for row in connection.execute(query)]


def _end(connection: Connection, *, lock: bool) -> Anchor:
    query = select(HEAD.c.seq, HEAD.c.hash)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return NOTHING if row is None else Anchor(row.seq, row.hash)


def _row(link: Link) -> dict[str, Any]:
    return {"seq": link.seq, **vars(link.record), "previous": link.previous, "key": link.key, "hash": link.hash}


def _link(row: Sequence[Any]) -> Link:
    seq, at, actor, act, subject, body, previous, key, hash_ = row
    made = Record(at=at, actor=actor, act=act, subject=subject, body=body)
    return Link(seq=seq, record=made, previous=previous, key=key, hash=hash_)
