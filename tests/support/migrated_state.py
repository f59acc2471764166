"""A state without anything in it, as a SQLite file: migrating one takes ten times as long as copying it."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.adapters.state.database import open_engine
from bot.adapters.state.migrate import migrate


def empty_state(path: Path) -> Path:
    """Puts one there."""
    return Path(shutil.copy(Path(_template().name) / "state.db", path))


@cache
def _template() -> "TemporaryDirectory[str]":
    made = TemporaryDirectory(prefix="fireline-state-")
    engine = open_engine(Path(made.name) / "state.db")
    migrate(engine)
    engine.dispose()
    return made
