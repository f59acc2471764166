"""A PostgreSQL that does not answer, frozen or behind a network that swallows packets: nobody waits for long."""

import threading
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen
from sqlalchemy import Engine, event

ANSWER_S = 3.0
"""Of one statement, and of a connection."""
STANDS_STILL_S = 10.0
"""Between two statements of a transaction: what a process holds that stands still, others wait for."""


def limits(answer_s: float) -> dict[str, Any]:
    """Arguments of a connection: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS"""
    milliseconds = int(answer_s * 1_000)
    return {
        "connect_timeout": int(answer_s),
        "tcp_user_timeout": milliseconds,
        "keepalives_idle": 5,
        "keepalives_interval": 1,
        "keepalives_count": 3,
        # The server gives up a little before we do: then the connection is of use again.
        "options": f"-c timezone=UTC -c statement_timeout={int(0.9 * milliseconds)}"
        f" -c idle_in_transaction_session_timeout={int(1_000 * STANDS_STILL_S)}",
    }


def be_impatient(engine: Engine, answer_s: float) -> None:
    """A server that has stopped keeps its side of the network up: no setting of libpq ends that wait, so we do."""
    silent = threading.Event()
    said = f"no answer within {answer_s:g} s"

    class Impatient(psycopg.Connection[Any]):
        def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
            try:
                return super().wait(gen, interval, answer_s if timeout is None else timeout)
            except psycopg.errors._WaitTimeout:
                silent.set()
                self.close()
                raise psycopg.OperationalError(said) from None

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, arguments: list[Any], named: dict[str, Any]) -> psycopg.Connection[Any]:
        """The connection that takes the place of a silent one would only wait as long again: whoever waits is answered
        first.
        """
        if silent.is_set():
            silent.clear()
            raise psycopg.OperationalError(said)
        return Impatient.connect(*arguments, **named)
