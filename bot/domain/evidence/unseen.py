"""Whether what is not there can be known at all: by the sources that would show it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from bot.domain.blindness import Blind, Sight
from bot.domain.evidence.platform_facts import facts_of
from bot.domain.platform.registry import Kind, Registry
from bot.domain.sources import Feed

RUNS, DATA = frozenset({Feed.RUNS}), frozenset({Feed.TABLE_LOADS, Feed.RAW_FILES})


def names_of(processor: str, registry: Registry, feeds: Iterable[Feed]) -> Iterator[tuple[Feed, str]]:
    """What feeds call a processor: itself, its table, its place of raw files."""
    known = registry.by_name.get(processor)
    if Feed.RUNS in feeds:
        yield Feed.RUNS, processor
    if known is None:
        return
    if Feed.TABLE_LOADS in feeds and known.bigquery_table is not None:
        yield Feed.TABLE_LOADS, known.bigquery_table
    source = known.source if known.kind is Kind.SCRAPER else facts_of(known, registry).source
    if Feed.RAW_FILES in feeds and source is not None:
        yield Feed.RAW_FILES, source


def unread(sight: Sight, registry: Registry, processors: Iterable[str], feeds: Iterable[Feed] = RUNS) -> str:
    """Why nobody knows what is not there of these, as runs that are under way, in words; "": their sources are read."""
    wanted = frozenset(feeds)
    named = (each for name in processors for each in names_of(name, registry, wanted))
    return next((said for feed, name in named if (said := sight.unread(feed, name))), "")


def unseen(sight: Sight, registry: Registry, processor: str, since: datetime) -> Blind | None:
    """The source without which nobody knows what has come of a processor's date that counts `since` then."""
    blind = sight.blind_to_any(names_of(processor, registry, RUNS | DATA))
    return blind if blind is not None and since > blind.since else None
