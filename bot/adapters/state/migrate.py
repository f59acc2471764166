"""Bringing a database to the tables of this release, with Alembic, or back to those of an older one."""

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from bot.adapters.state.database import reading, writing
from bot.domain.errors import BadInput
from bot.ports.state import StateUnfit

log = logging.getLogger("fireline.state")
LOCK = 7_304_911
"""Of PostgreSQL's advisory locks the one that lets only one process migrate at a time."""


def migrate(engine: Engine, to: str | None = None) -> tuple[str | None, str]:
    """Upgrade, or go back to the revision `to`; returns the revisions before and after. What the revisions after `to`
    have added is deleted. Raises StateUnfit if a newer release was there before, BadInput if `to` is not older.
    """
    scripts = _scripts()
    wanted = _head(scripts) if to is None else to
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        before = _revision(connection)
        _refuse_newer(scripts, before)
        if to is not None:
            _refuse_not_older(scripts, before, to)
            downgrade(connection, to)
        elif before != wanted:
            upgrade(connection)
    if before != wanted:
        log.info("the state database is now at revision %s (it was %s)", wanted, before or "empty")
    return before, wanted


def check(engine: Engine) -> None:
    """Raises StateUnfit if the database has not the tables of this release."""
    scripts = _scripts()
    with reading(engine) as connection:
        revision = _revision(connection)
    _refuse_newer(scripts, revision)
    if revision != _head(scripts):
        found = "has no tables of Fireline yet" if revision is None else f"is of an older release ({revision})"
        raise StateUnfit(f"The state database {found}. Run `fireline migrate`.")


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Within the transaction of the connection."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Within the transaction of the connection; "base": nothing is left."""
    config = _config()
    config.attributes["connection"] = connection
    command.downgrade(config, revision)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(scripts: ScriptDirectory, revision: str | None) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    if revision is not None and revision not in known:
        raise StateUnfit(
            f"The state database is of a newer release: this one does not know its revision {revision}. "
            "Install that release, or restore the backup that was made before it."
        )


def _refuse_not_older(scripts: ScriptDirectory, before: str | None, to: str) -> None:
    older = [] if before is None else [each.revision for each in scripts.iterate_revisions(before, "base")][1:]
    if to not in older:
        choices = f"it can go back to {', '.join(older)}" if older else "there is none before it"
        raise BadInput(f"The state database is at revision {before or 'none'}, and {to!r} is not before it: {choices}.")


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _head(scripts: ScriptDirectory) -> str:
    head = scripts.get_current_head()
    assert head is not None
    return head


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
