"""What of the registry and what of the history do not fit together: names, and the dates that runs are about."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime

import duckdb

from bot.adapters.warehouse.engine import Session
from bot.adapters.warehouse.sights import Asked, sights
from bot.domain.evidence.platform_facts import PlatformFacts
from bot.domain.evidence.unmatched import tables_of, unmatched_names
from bot.domain.platform.data_lag import shifted
from bot.domain.platform.spelling import never_seen, unregistered, written_as


def take_spellings(reader: duckdb.DuckDBPyConnection, into: str, platform: PlatformFacts) -> None:
    """Staged loads of a table whose name is written in another way are loads of that table."""
    found = reader.execute(f"SELECT DISTINCT table_name FROM {into}").fetchall()  # noqa: S608 (our own name)
    for name, meant in written_as((name for (name,) in found), tables_of(platform)).items():
        reader.execute(f"UPDATE {into}_all SET table_name = ? WHERE table_name = ?", [meant, name])  # noqa: S608
        reader.execute(f"UPDATE {into}_unclear SET name = ? WHERE name = ?", [meant, name])  # noqa: S608


def other_dates(asked: Asked, platform: PlatformFacts) -> Mapping[str, str]:
    """The same of processors whose runs are about other dates than the registry says."""
    starts: dict[str, dict[date, datetime]] = defaultdict(dict)
    for name, day, first in asked.rows("first_hours"):
        starts[name][day] = first
    schedules = {each.name: each.schedule for each in platform.processors if each.schedule.has_slots}
    return {"warning data dates": shifted(schedules, starts)}


def doubts(asked: Asked, platform: PlatformFacts) -> list[str]:
    """All of it, as it is now; nothing of a registry whose processors never ran: the history is not of its platform."""
    ran, known = {name for (name,) in asked.rows("processors_seen")}, [each.name for each in platform.processors]
    if ran.isdisjoint(known):
        return []
    seen = sights(asked).seen
    traced = {*seen.tables, *seen.sources}
    unseen = (each.name for each in platform.processors if each.name not in ran and each.trace not in traced)
    said = (
        unregistered(ran, known),
        never_seen(unseen),
        *unmatched_names(platform, seen.tables, seen.sources).values(),
    )
    return [text for text in (*said, *other_dates(asked, platform).values()) if text]


def note(session: Session, said: Mapping[str, str], facts: Collection[tuple[str, str]]) -> Iterator[str]:
    """Keep what is to be said, and give what was not said before. `facts`: what was kept before."""
    kept = {name for name, _ in facts}
    for name, text in said.items():
        if text and (name, text) not in facts:
            session.run("remember_fact", {"name": name, "value": text})
            yield text
        elif not text and name in kept:
            session.run("forget_fact", {"name": name})
