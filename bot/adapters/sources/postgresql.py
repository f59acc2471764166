"""Connections to a team's PostgreSQL on which nobody waits for a server that stands still."""

from typing import Any

import psycopg
from psycopg.abc import RV, PQGen


def impatient(answer_s: float) -> type[psycopg.Connection[Any]]:
    """The server keeps its side of the network up, so that no setting of libpq ends the wait."""

    class Impatient(psycopg.Connection[Any]):
        def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
            if self.closed:
                return _without_waiting(gen)
            try:
                return super().wait(gen, interval, answer_s if timeout is None else timeout)
            except psycopg.errors._WaitTimeout:
                self.close()
                raise psycopg.OperationalError(f"no answer within {answer_s:g} s") from None

    return Impatient


def _without_waiting(gen: PQGen[RV]) -> RV:
    """A cursor of a connection that is closed can be closed, too."""
    try:
        next(gen)
    except StopIteration as end:
        value: RV = end.value
        return value
    raise psycopg.OperationalError("the connection is closed")
