"""Bringing a database to the tables of this release, with Alembic, or back to those of an older one."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from bot.adapters.state.database import reading, writing
from bot.domain.errors import BadInput
from bot.ports.state import StateUnfit

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
log = logging.getLogger("fireline.state")
LOCK = 7_304_911
"""Of PostgreSQL's advisory locks the one that lets only one process migrate at a time."""


def migrate(engine: Engine, to: str | None = None) -> tuple[str | None, str]:
    """Upgrade, or go back to the revision `to`; returns the revisions before and after. What the revisions after `to`
    have added is deleted. Raises StateUnfit if a newer release was there before, BadInput if `to` is not older.
    """
    wanted = revisions()[-1] if to is None else to
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        before = _revision(connection)
        _refuse_newer(before)
        if to is not None:
            _refuse_not_older(before, to)
            downgrade(connection, to)
        elif before != wanted:
            upgrade(connection)
    if before != wanted:
        log.info("the state database is now at revision %s (it was %s)", wanted, before or "empty")
    return before, wanted


def revisions() -> list[str]:
    """Of this release, in order, by the names of their files: a database that is at the last needs no Alembic."""
    return sorted(path.stem[1:5] for path in (MIGRATIONS / "versions").glob("r*_*.py"))


def check(engine: Engine) -> None:
    """Raises StateUnfit if the database has not the tables of this release."""
    with reading(engine) as connection:
        revision = _revision(connection)
    _refuse_newer(revision)
    if revision != revisions()[-1]:
        found = "has no tables of Fireline yet" if revision is None else f"is of an older release ({revision})"
        raise StateUnfit(f"The state database {found}. Run `fireline migrate`.")


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Within the transaction of the connection."""
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Within the transaction of the connection; "base": nothing is left."""
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.downgrade(config, revision)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("select version_num from alembic_version")).scalar_one_or_none()


def _refuse_newer(revision: str | None) -> None:
    if revision is not None and revision not in revisions():
        raise StateUnfit(
            f"The state database is of a newer release: this one does not know its revision {revision}. "
            "Install that release, or restore the backup that was made before it."
        )


def _refuse_not_older(before: str | None, to: str) -> None:
    older = [] if before is None else [each for each in reversed(revisions()) if each < before]
    if to not in older:
        choices = f"it can go back to {', '.join(older)}" if older else "there is none before it"
        raise BadInput(f"The state database is at revision {before or 'none'}, and {to!r} is not before it: {choices}.")


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
