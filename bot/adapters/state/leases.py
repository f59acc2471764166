"""Who does which work, as rows."""

from dataclasses import asdict

from sqlalchemy import Connection, select, update

from bot.adapters.state import tables
from bot.adapters.state.writing import insert_new
from bot.ports.leases import Lease

LEASE = tables.lease


class SqlLeases:
    """Implements `bot.ports.leases.LeaseRecord`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, before: Lease | None, after: Lease) -> bool:
        row = asdict(after)
        if before is None:
            return insert_new(self._connection, LEASE, [row]) == 1
        same = (LEASE.c.work == before.work) & (LEASE.c.holder == before.holder) & (LEASE.c.beat == before.beat)
        return self._connection.execute(update(LEASE).where(same).values(**row)).rowcount == 1

    def holds(self, work: str, holder: str) -> bool:
        own = (LEASE.c.work == work) & (LEASE.c.holder == holder)
        query = select(LEASE.c.beat).where(own).with_for_update(read=True)
        return self._connection.scalar(query) is not None


def lease_of(connection: Connection, work: str) -> Lease | None:
    row = connection.execute(select(LEASE).where(LEASE.c.work == work)).mappings().one_or_none()
    return None if row is None else Lease(**row)
