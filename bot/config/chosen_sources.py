"""Which sources are read: those of the team's own configuration, where what they need is set."""

import logging
import os

from bot.config.settings import Settings
from bot.config.sources import SourceEntry, load_sources

log = logging.getLogger("fireline.sources")


def sources_in_use(settings: Settings) -> tuple[SourceEntry, ...]:
    """Raises ConfigError."""
    path = settings.sources_file
    entries = () if path is None else load_sources(path)
    for entry in entries:
        if not _is_ready(entry):
            log.info("source %s is not read: the environment variable %s is not set", entry.name, entry.needs)
    return tuple(entry for entry in entries if _is_ready(entry))


def _is_ready(entry: SourceEntry) -> bool:
    return entry.needs is None or bool(os.environ.get(entry.needs))
