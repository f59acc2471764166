"""Bringing a database to the tables of this release, with Alembic. There is no way down: restore a backup instead."""

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from bot.adapters.state.database import reading, writing
from bot.ports.state import StateUnfit

log = logging.getLogger("fireline.state")
LOCK = 7_304_911
"""Of PostgreSQL's advisory locks the one that lets only one process migrate at a time."""


def migrate(engine: Engine) -> tuple[str | None, str]:
    """Upgrade, and return the revisions before and after. Raises StateUnfit if a newer release was there before."""
    scripts = _scripts()
    head = _head(scripts)
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        before = _revision(connection)
        _refuse_newer(scripts, before)
        if before != head:
            upgrade(connection)
    if before != head:
        log.info("the state database is now at revision %s (it was %s)", head, before or "empty")
    return before, head


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


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(scripts: ScriptDirectory, revision: str | None) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    if revision is not None and revision not in known:
        raise StateUnfit(
            f"The state database is of a newer release: this one does not know its revision {revision}. "
            "Install that release, or restore the backup that was made before it."
        )


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
