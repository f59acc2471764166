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
AHEAD = 3
"""Migrations take nothing from the releases before them: so many that this one does not know do not keep it from
starting. In the midst of a deploy a process that ends begins again.
"""
log = logging.getLogger("fireline.state")
LOCK = 7_304_911
"""Of PostgreSQL's advisory locks the one that lets only one process migrate at a time."""


def migrate(engine: Engine, to: str | None = None) -> tuple[str | None, str]:
    """Upgrade, or go back to the revision `to`; returns the revisions before and after. What the revisions after `to`
    have added is deleted. What a newer release has made, a few migrations ahead, is left as it is. Raises StateUnfit
    for more of them, and for any if it is to go back; BadInput if `to` is not older.
    """
    wanted = revisions()[-1] if to is None else to
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        before = _revision(connection)
        ahead = _ahead(before, 0 if to is not None else AHEAD)
        if before is not None and ahead:
            return before, before
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
    """Raises StateUnfit if the database has not the tables of this release, or those of one far newer."""
    with reading(engine) as connection:
        revision = _revision(connection)
    if not _ahead(revision, AHEAD) and revision != revisions()[-1]:
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


def _ahead(revision: str | None, most: int) -> int:
    """How many migrations that this release does not know the database has. Raises StateUnfit for more than `most`."""
    if revision is None or revision in revisions():
        return 0
    newest = revisions()[-1]
    ahead = int(revision) - int(newest) if revision.isascii() and revision.isdigit() else most + 1
    if not 0 < ahead <= most:
        raise StateUnfit(
            f"The state database is of a newer release: this one does not know its revision {revision}, and works with "
            f"{newest} and at most {AHEAD} later ones. Install that release, or let it go back first: "
            f"`fireline migrate --to {newest}`, which deletes what the later revisions have added."
        )
    log.warning(
        "the state database is at revision %s, of a newer release: this one knows %s, and works with it as it is",
        revision,
        newest,
    )
    return ahead


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
