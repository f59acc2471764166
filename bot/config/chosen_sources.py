"""Which sources are read: those of the team's own configuration, where what they need is set."""

import logging
import os
from pathlib import Path

from bot.config.settings import Settings
from bot.config.sources import SourceEntry, load_sources
from bot.domain.sources import too_many_loads

log = logging.getLogger("fireline.sources")


def sources_in_use(settings: Settings) -> tuple[SourceEntry, ...]:
    """Raises ConfigError."""
    path = settings.sources_file
    entries = () if path is None else load_sources(path)
    for entry in entries:
        if not _is_ready(entry):
            log.info("source %s is not read: the environment variable %s is not set", entry.name, entry.needs)
    return tuple(entry for entry in entries if _is_ready(entry))


def quota_warnings(settings: Settings, folder: Path) -> list[str]:
    """Of a warehouse in BigQuery: more loads than its quota allows. Raises ConfigError."""
    if settings.warehouse != "bigquery":
        return []
    said = too_many_loads(entry.plan for entry in load_sources(folder / "sources.yaml"))
    return [] if said is None else [f"sources.yaml: {said}"]


def _is_ready(entry: SourceEntry) -> bool:
    return entry.needs is None or bool(os.environ.get(entry.needs))
