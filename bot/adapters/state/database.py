"""Opening the database: SQLite in one file, or PostgreSQL; every failure is an error that people can act on."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, NoSuchModuleError, StatementError

from bot.domain.errors import BadInput, FirelineError, StateUnavailable
from bot.ports.state import StateRefuses

BUSY_SECONDS = 5
"""How long a SQLite write waits for another process's."""
CONNECT_SECONDS = 10
log = logging.getLogger("fireline.state")
TURNS: dict[str, Lock] = {}
"""Of each SQLite file: all engines of this process write to it in turn."""
ACCEPTED = "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"


def parse_url(text: str) -> URL:
    """Raises BadInput for anything but SQLite on a file and PostgreSQL; passwords are never repeated."""
    try:
        url = make_url(text)
    except ArgumentError:
        raise BadInput(f"FIRELINE_DATABASE_URL is no database address. Write {ACCEPTED}.") from None
    kind = url.get_backend_name()
    if kind in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if kind == "sqlite" and url.database not in (None, "", ":memory:"):
        return url.set(drivername="sqlite")
    raise BadInput(f"FIRELINE_DATABASE_URL names {_shown(url)}, which cannot hold Fireline's state. Write {ACCEPTED}.")


def open_engine(address: str | Path, *, patient: bool = False) -> Engine:
    """An engine that connects when it is first used. A path is that of a SQLite file; its folder is made. `patient`: a
    statement may take its time, as migrations do.
    """
    url = URL.create("sqlite", database=str(address)) if isinstance(address, Path) else parse_url(address)
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite(url)
        return _postgresql(url, patient=patient)
    except NoSuchModuleError as error:
        raise BadInput(f"FIRELINE_DATABASE_URL: {error}. Write {ACCEPTED}.") from None


def _postgresql(url: URL, *, patient: bool) -> Engine:
    from bot.adapters.state.patience import ANSWER_S, be_impatient, limits

    if patient:
        arguments = {"connect_timeout": CONNECT_SECONDS, "options": "-c timezone=UTC"}
        return create_engine(url, connect_args=arguments)
    engine = create_engine(url, pool_pre_ping=True, connect_args=limits(ANSWER_S))
    be_impatient(engine, ANSWER_S)
    return _watched(engine)


def _watched(engine: Engine) -> Engine:
    engine.update_execution_options(outage=Outage(_shown(engine.url)))
    return engine


def _sqlite(url: URL) -> Engine:
    path = Path(str(url.database))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        """Transactions are ours to begin: the driver's own would begin too late, and never for reading."""
        connection.isolation_level = None
        for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on"):
            connection.execute(f"pragma {pragma}")
        with suppress(PermissionError):  # another's file, who may give and take rights
            path.chmod(0o600)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("begin immediate" if writes else "begin")

    engine.update_execution_options(turn=TURNS.setdefault(str(path.absolute()), Lock()))
    return _watched(engine)


class Outage:
    """Says in the log once that the database is gone, and once that it is back. On a full disk it still reads."""

    def __init__(self, shown: str) -> None:
        self._shown, self._lock = shown, Lock()
        self._is_gone = self._takes_nothing = False
        self._answers = Counter[bool]()

    def answers(self, *, writes: bool) -> int:
        """How often it has answered so far; to a write only another write is an answer."""
        return self._answers[True] if writes else self._answers.total()

    def gone(self, reason: str, *, writes: bool, answers: int) -> None:
        """`answers`: as many as there were when this was asked. What was asked in vain before the last one says nothing
        of now.
        """
        with self._lock:
            if answers != self.answers(writes=writes):
                return
            if not self._is_gone:
                log.warning("the state database %s does not answer: %s; it will be tried again", self._shown, reason)
            self._is_gone, self._takes_nothing = True, self._takes_nothing or writes

    def back(self, *, writes: bool) -> None:
        with self._lock:
            self._answers[writes] += 1
            if self._is_gone and (writes or not self._takes_nothing):
                self._is_gone = self._takes_nothing = False
                log.warning("the state database %s answers again", self._shown)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one state of everything."""
    options = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with explained(engine), engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that is committed at its end, or not at all."""
    with _turn(engine), explained(engine, writes=True), engine.connect() as opened:
        connection = opened.execution_options(writes=True)
        with connection.begin():
            yield connection


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """Of the threads of a process on a SQLite file: one that waits for SQLite itself looks now and then, and may find
    it taken each time. Other processes are waited for by SQLite, and so is who takes too long.
    """
    turn: Lock | None = engine.get_execution_options().get("turn")
    taken = turn is not None and turn.acquire(timeout=BUSY_SECONDS)
    try:
        yield
    finally:
        if turn is not None and taken:
            turn.release()


@contextmanager
def explained(engine: Engine, *, writes: bool = False) -> Iterator[None]:
    """What the database refuses, as a StateUnavailable that says what to do."""
    outage: Outage | None = engine.get_execution_options().get("outage")
    answers = 0 if outage is None else outage.answers(writes=writes)
    try:
        yield
        if outage is not None:
            outage.back(writes=writes)
    except (DataError, UnicodeError) as error:
        raise StateRefuses(f"The state database does not take a value: {_first_line(error)}.") from error
    except StatementError as error:
        if isinstance(error.orig, FirelineError):
            raise error.orig from None
        if not isinstance(error, DBAPIError):
            raise
        if outage is not None:
            outage.gone(_first_line(error), writes=writes, answers=answers)
        raise StateUnavailable(
            f"The state database {_shown(engine.url)} cannot be used: {_first_line(error)}. "
            "Check that it runs, FIRELINE_DATABASE_URL, and who may write there; then try again."
        ) from error


def _first_line(error: Exception) -> str:
    cause = error.orig if isinstance(error, StatementError) and error.orig is not None else error
    return str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__


def _shown(url: URL) -> str:
    return url.render_as_string(hide_password=True)
