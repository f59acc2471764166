"""Which sources are read: those of the team's own configuration, where what they need is set."""

import logging
import os
import re
from collections.abc import Sequence
from pathlib import Path

from bot.config.settings import Settings
from bot.config.sources import SourceEntry, SourceKind, load_sources
from bot.domain.evidence.vocabulary import Vocabulary
from bot.domain.sources import Feed, too_many_loads
from bot.services.loading import SUFFIXES, Written

log = logging.getLogger("fireline.sources")


def sources_in_use(settings: Settings) -> tuple[SourceEntry, ...]:
    """Raises ConfigError."""
    path = settings.sources_file
    entries = () if path is None else load_sources(path)
    for entry in entries:
        if not _is_ready(entry):
            log.info("source %s is not read: the environment variable %s is not set", entry.name, entry.needs)
    return tuple(entry for entry in entries if _is_ready(entry))


def written_in(directory: Path | None, entries: Sequence[SourceEntry], base: Vocabulary) -> Written:
    """How files of a folder are written, by the sources that read files there."""
    there = [entry for entry in entries if directory is not None and _reads(entry, directory)]
    vocabulary = base
    for entry in there:
        vocabulary = entry.vocabulary(vocabulary)
    columns: dict[str, dict[str, str]] = {}
    for entry in there:
        for stem in (entry.feeds,) if entry.feeds is not None else Feed:
            columns.setdefault(stem.value, {}).update(entry.columns)
    return Written(vocabulary, columns, next((entry.clock for entry in there if entry.clock is not None), None))


def _reads(entry: SourceEntry, directory: Path) -> bool:
    """Its files lie in the folder, or below one of its own that has the folder in it."""
    if entry.kind is not SourceKind.FILES or "://" in str(entry.path).removeprefix("file://"):
        return False
    root = Path(re.split(r"[^/]*[*?\[]", str(entry.path).removeprefix("file://"))[0])
    within = root if root.suffix not in SUFFIXES else root.parent
    return directory.resolve().is_relative_to(within.resolve())


def quota_warnings(settings: Settings, folder: Path) -> list[str]:
    """Of a warehouse in BigQuery: more loads than its quota allows. Raises ConfigError."""
    if settings.warehouse != "bigquery":
        return []
    said = too_many_loads(entry.plan for entry in load_sources(folder / "sources.yaml"))
    return [] if said is None else [f"sources.yaml: {said}"]


def _is_ready(entry: SourceEntry) -> bool:
    return entry.needs is None or bool(os.environ.get(entry.needs))
