"""Opening a team's database: for reading, with limits of time, and with secrets from the environment alone."""

import os
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.domain.placeholders import filled, unset
from bot.domain.sources import SourceFailed

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

CONNECT_S = 10
STATEMENT_MS = 300_000


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
            limits = f"-c timezone=UTC -c default_transaction_read_only=on -c statement_timeout={STATEMENT_MS}"
            arguments = {"connect_timeout": CONNECT_S, "options": limits}
            return create_engine(url.set(drivername="postgresql+psycopg"), pool_size=1, connect_args=arguments)
        return create_engine(url, pool_size=1, pool_pre_ping=True)
    except ArgumentError:
        raise SourceFailed("url is no database address", "Write postgresql://USER:${PASSWORD}@HOST/NAME.") from None
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise SourceFailed(f"there is no driver for this address ({error})", "Install it beside Fireline.") from None


def _sqlite(url: "URL") -> "Engine":
    """Opened for reading only: another file is not made, and no lock is left behind."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    path = url.database or ""
    if not os.path.isfile(path):
        raise SourceFailed(f"there is no database {path or '(no path)'}", "Write sqlite:///PATH.")
    read_only = url.set(database=f"file:{quote(path)}", query={"mode": "ro", "uri": "true"})
    return create_engine(read_only, poolclass=NullPool, connect_args={"timeout": CONNECT_S})
