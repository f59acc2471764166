"""Which columns of moments of a file of rows are written without a zone, before any of it is stored."""

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from bot.adapters.warehouse.formats import open_raw
from bot.adapters.warehouse.headers import Aliases
from bot.adapters.warehouse.reading import zoneless
from bot.domain.errors import BadInput
from bot.domain.evidence.columns import kind_of


def zoneless_in(path: Path, stem: str, aliases: Aliases) -> tuple[str, ...]:
    """Our columns. None of a file that cannot be read: who reads it says what is wrong."""
    kind = kind_of(stem)
    with duckdb.connect() as connection, TemporaryDirectory(prefix="fireline-") as folder:
        connection.execute("SET TimeZone = 'UTC'")
        try:
            for workspace in (None, Path(folder)):
                raw = open_raw(connection, path, kind, aliases, workspace)
                if raw.rows >= 0:
                    return zoneless(connection, kind, raw)
        except (BadInput, duckdb.Error):
            return ()
    return ()
