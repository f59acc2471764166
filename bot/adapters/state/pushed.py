"""What the pipeline tells of its runs, as rows."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, case, delete, func, insert, select, tuple_, update

from bot.adapters.state import tables
from bot.adapters.state.database import reading, writing
from bot.adapters.state.writing import insert_new
from bot.domain.pushed.events import ENDS, Aside, Event, Kept, KeptAside, Kind, RunKey, body_of, event_of

EVENT, HEAD, ASIDE, INBOX = tables.push_event, tables.push_head, tables.push_aside, tables.inbox
KEPT = timedelta(days=30)
"""So long events are there to be read again; the runs that they tell of stay in the warehouse."""
AT_ONCE, MOST_ASIDE = 200, 10_000
RUN = (EVENT.c.processor, EVENT.c.run_id, EVENT.c.attempt)


class SqlPushed:
    """Implements `bot.ports.pushed.Pushed`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(
        self, events: Sequence[Event], received_at: datetime, delivery: str = "", aside: Sequence[Aside] = ()
    ) -> int:
        with writing(self._engine) as connection:
            # Holds the row until the end, so that numbers are seen in their order.
            connection.execute(update(HEAD).values(seq=HEAD.c.seq))
            if delivery and not _first(connection, delivery, received_at):
                return 0
            seq = before = connection.scalar(select(HEAD.c.seq)) or 0
            for event in events:
                seq += insert_new(connection, EVENT, [_row(seq + 1, event, received_at)])
            _put_aside(connection, seq, aside, received_at)
            connection.execute(update(HEAD).values(seq=seq + len(aside)))
            connection.execute(delete(EVENT).where(EVENT.c.received_at < received_at - KEPT))
            _forget(connection, received_at - KEPT)
        return seq - before

    def aside(self, after: int, until: int) -> int:
        counted = select(func.count()).where(ASIDE.c.seq > after, ASIDE.c.seq <= until)
        with reading(self._engine) as connection:
            return connection.scalar(counted) or 0

    def newest_aside(self, since: datetime, most: int) -> list[KeptAside]:
        query = select(ASIDE).where(ASIDE.c.received_at >= since).order_by(ASIDE.c.seq.desc()).limit(most)
        with reading(self._engine) as connection:
            rows = connection.execute(query).mappings()
            return [
                KeptAside(row["seq"], row["received_at"], Aside(row["place"], row["reason"], row["body"]))
                for row in rows
            ]

    def last(self) -> int:
        with reading(self._engine) as connection:
            return connection.scalar(select(HEAD.c.seq)) or 0

    def after(self, seq: int, most: int) -> list[Kept]:
        query = select(EVENT).where(EVENT.c.seq > seq).order_by(EVENT.c.seq).limit(most)
        with reading(self._engine) as connection:
            return [_kept(row) for row in connection.execute(query).mappings()]

    def of(self, keys: Collection[RunKey], until: int) -> list[Kept]:
        found: list[Kept] = []
        with reading(self._engine) as connection:
            for some in _pieces(keys):
                query = select(EVENT).where(tuple_(*RUN).in_([tuple(key) for key in some]), EVENT.c.seq <= until)
                found += [_kept(row) for row in connection.execute(query.order_by(EVENT.c.seq)).mappings()]
        return found

    def doubtful(self, since: datetime, most: int) -> list[RunKey]:
        starts = func.sum(case((EVENT.c.kind == Kind.START.value, 1), else_=0))
        ends = func.sum(case((EVENT.c.kind.in_([end.value for end in ENDS]), 1), else_=0))
        off = func.max(func.abs(EVENT.c.clock_off))
        told = select(*RUN).where(EVENT.c.received_at >= since).group_by(*RUN)
        odd = told.having((starts > 1) | (ends > 1) | (off > 0) | func.max(EVENT.c.data_date).is_(None))
        with reading(self._engine) as connection:
            rows = connection.execute(odd.order_by(func.max(EVENT.c.seq).desc()).limit(most))
            return [RunKey(*row) for row in rows]

    def close(self) -> None:
        self._engine.dispose()


def _first(connection: Connection, delivery: str, at: datetime) -> bool:
    """Is it the first time that it came?"""
    row = {"delivery": delivery, "changed": "events of runs", "at": at}
    return insert_new(connection, INBOX, [row]) == 1


def _put_aside(connection: Connection, seq: int, aside: Sequence[Aside], at: datetime) -> None:
    """The newest are kept."""
    if not aside:
        return
    rows = [{**asdict(each), "seq": seq + n, "received_at": at} for n, each in enumerate(aside, start=1)]
    connection.execute(insert(ASIDE), rows)
    newest = select(ASIDE.c.seq).order_by(ASIDE.c.seq.desc()).limit(1).offset(MOST_ASIDE).scalar_subquery()
    connection.execute(delete(ASIDE).where(ASIDE.c.seq <= newest))


def _forget(connection: Connection, before: datetime) -> None:
    """What was set aside is kept as long as events are, whatever comes after it."""
    oldest = connection.scalar(select(ASIDE.c.received_at).order_by(ASIDE.c.seq).limit(1))
    if oldest is not None and oldest < before:
        connection.execute(delete(ASIDE).where(ASIDE.c.received_at < before))


def _row(seq: int, event: Event, received_at: datetime) -> dict[str, Any]:
    return {
        **event.key._asdict(),
        "seq": seq,
        "kind": event.kind.value,
        "digest": event.digest,
        "at": event.at,
        "data_date": event.data_date,
        "clock_off": event.clock_off.total_seconds(),
        "received_at": received_at,
        "body": body_of(event),
    }


def _kept(row: RowMapping) -> Kept:
    key = RunKey(row["processor"], row["run_id"], row["attempt"])
    event = event_of(key, Kind(row["kind"]), row["at"], row["digest"], row["body"])
    event = replace(event, data_date=row["data_date"], clock_off=timedelta(seconds=row["clock_off"]))
    return Kept(row["seq"], row["received_at"], event)


def _pieces(keys: Collection[RunKey]) -> Iterator[list[RunKey]]:
    left = iter(keys)
    while some := list(islice(left, AT_ONCE)):
        yield some
