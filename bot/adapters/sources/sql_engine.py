"""Opening a team's database: for reading, with limits of time, and with secrets from the environment alone."""

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bot.domain.placeholders import filled, unset
from bot.domain.sources import SourceFailed

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

CONNECT_S = 10
STATEMENT_MS = 300_000
ANSWER_S = 330.0
"""A server that stands still ends no statement: then we do."""


def expanded(text: str) -> str:
    """With the environment's values in the places of `${NAME}`. Raises SourceFailed for a name that is not set."""

    for name in unset(text, os.environ):
        raise SourceFailed(f"the environment variable {name} is not set", "Set it for the process that reads.")
    return filled(text, os.environ)


def open_engine(address: str) -> "Engine":
    """An engine that connects when it is first used. Raises SourceFailed for an address that is none."""
    from sqlalchemy import create_engine, make_url
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError

    try:
        url = make_url(expanded(address))
        if url.get_backend_name() == "sqlite":
            return _sqlite(url)
        if url.get_backend_name() in ("postgres", "postgresql"):
            return _postgresql(url)
        return create_engine(url, pool_size=1, pool_pre_ping=True)
    except ArgumentError:
        raise SourceFailed("url is no database address", "Write postgresql://USER:${PASSWORD}@HOST/NAME.") from None
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise SourceFailed(f"there is no driver for this address ({error})", "Install it beside Fireline.") from None


def _postgresql(url: "URL") -> "Engine":
    from sqlalchemy import ExceptionContext, create_engine, event

    from bot.adapters.sources.postgresql import impatient

    limits = f"-c timezone=UTC -c default_transaction_read_only=on -c statement_timeout={STATEMENT_MS}"
    arguments = {"connect_timeout": CONNECT_S, "options": limits}
    engine = create_engine(url.set(drivername="postgresql+psycopg"), pool_size=1, connect_args=arguments)
    kind = impatient(ANSWER_S)

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, given: list[Any], named: dict[str, Any]) -> Any:
        return kind.connect(*given, **named)

    @event.listens_for(engine, "handle_error")
    def close(context: ExceptionContext) -> None:
        """SQLAlchemy leaves the cursor of a lost connection open."""
        if context.is_disconnect and context.execution_context is not None:
            context.execution_context.cursor.close()

    return engine


def _sqlite(url: "URL") -> "Engine":
    """Opened for reading only: another file is not made, and no lock is left behind."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    path = url.database or ""
    if not os.path.isfile(path):
        raise SourceFailed(f"there is no database {path or '(no path)'}", "Write sqlite:///PATH.")
    read_only = url.set(database=f"file:{quote(path)}", query={"mode": "ro", "uri": "true"})
    return create_engine(read_only, poolclass=NullPool, connect_args={"timeout": CONNECT_S})
