"""Names in the evidence that match nothing in the registry, and tables of the registry that were never loaded."""

from collections.abc import Collection, Iterator

import duckdb

from bot.adapters.warehouse.engine import Session
from bot.domain.evidence.known import Seen
from bot.domain.evidence.platform_facts import PlatformFacts
from bot.domain.platform.spelling import never_loaded, strangers, written_as


def take_spellings(reader: duckdb.DuckDBPyConnection, into: str, platform: PlatformFacts) -> None:
    """Staged loads of a table whose name is written in another way are loads of that table."""
    found = reader.execute(f"SELECT DISTINCT table_name FROM {into}").fetchall()  # noqa: S608 (our own name)
    for name, meant in written_as((name for (name,) in found), _tables(platform)).items():
        reader.execute(f"UPDATE {into}_all SET table_name = ? WHERE table_name = ?", [meant, name])  # noqa: S608
        reader.execute(f"UPDATE {into}_unclear SET name = ? WHERE name = ?", [meant, name])  # noqa: S608


def _tables(platform: PlatformFacts) -> set[str]:
    own = {processor.table for processor in platform.processors if processor.table is not None}
    return own.union(*(processor.upstream_tables for processor in platform.processors))


def note_unmatched(
    session: Session, platform: PlatformFacts, seen: Seen, facts: Collection[tuple[str, str]]
) -> Iterator[str]:
    """Keep what is to be said of them, and give what was not said before. `facts`: what was kept before."""
    own = {processor.table for processor in platform.processors if processor.table is not None}
    tables = _tables(platform)
    sources = {processor.source for processor in platform.processors if processor.source is not None}
    said = {
        "warning names of tables": strangers("table_loads", seen.tables, tables),
        "warning names of sources": strangers("raw_files", seen.sources, sources),
        "warning tables never loaded": never_loaded(seen.tables, own),
    }
    kept = {name for name, _ in facts}
    for name, text in said.items():
        if text and (name, text) not in facts:
            session.run("remember_fact", {"name": name, "value": text})
            yield text
        elif not text and name in kept:
            session.run("forget_fact", {"name": name})
