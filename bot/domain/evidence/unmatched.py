"""Names in the evidence that no processor of the registry has, and tables of the registry that it never names."""

from collections.abc import Collection, Mapping, Set

from bot.domain.evidence.platform_facts import PlatformFacts
from bot.domain.platform.spelling import nearest, never_loaded, strangers

TABLES, SOURCES, NEVER = "warning names of tables", "warning names of sources", "warning tables never loaded"
NAMES = frozenset({TABLES, SOURCES, NEVER})
"""The facts that keep what is said of them."""


def tables_of(platform: PlatformFacts) -> set[str]:
    own = {processor.table for processor in platform.processors if processor.table is not None}
    return own.union(platform.common_tables, *(processor.upstream_tables for processor in platform.processors))


def unmatched_names(platform: PlatformFacts, tables: Collection[str], sources: Collection[str]) -> Mapping[str, str]:
    """What to say of them, by the fact that keeps it; empty texts where there is nothing to say. `tables` and `sources`
    are the names seen.
    """
    own = {processor.table for processor in platform.processors if processor.table is not None}
    known = {processor.source for processor in platform.processors if processor.source is not None}
    return {
        TABLES: strangers("table_loads", tables, tables_of(platform)),
        SOURCES: strangers("raw_files", sources, known),
        NEVER: never_loaded(tables, own),
    }


def unmatched_of(
    names: Collection[str], platform: PlatformFacts, tables: Collection[str], sources: Collection[str]
) -> list[str]:
    """The same of some processors: names that may be another spelling of their own, and their own tables."""
    theirs = [processor for processor in platform.processors if processor.name in names]
    own = {each.table for each in theirs if each.table is not None}
    every, known = tables_of(platform), {each.source for each in platform.processors if each.source is not None}
    said = (
        strangers("table_loads", _near(tables, every, own), every),
        strangers("raw_files", _near(sources, known, {each.source for each in theirs}), known),
        never_loaded(tables, own),
    )
    return [text for text in said if text]


def _near(seen: Collection[str], known: Collection[str], own: Set[str | None]) -> list[str]:
    return [name for name in seen if name not in known and nearest(name, known) in own - {None}]
