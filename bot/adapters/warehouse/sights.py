"""Since when each table and source is known, where their rows have a gap, and what is known of the calendar."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Protocol

from bot.adapters.warehouse.engine import Parameters, Session, Value
from bot.adapters.warehouse.unclear import by_owner
from bot.domain.evidence.answers import END_OF_TIME
from bot.domain.evidence.expectation import SMALLEST_FILE
from bot.domain.evidence.known import ENDED_AFTER, Gap, Seen

KINDS = ("table", "source")


class Asked(Protocol):
    def rows(self, name: str, parameters: Parameters | None = None) -> list[tuple[Any, ...]]: ...


def seen_by(asked: Asked) -> Seen:
    """As the warehouse holds it."""
    since: dict[str, dict[str, datetime]] = {"table": {}, "source": {}, "calendar": {}}
    for kind, name, moment in asked.rows("sights"):
        since[kind][name] = moment
    gaps: dict[str, list[Gap]] = {kind: [] for kind in KINDS}
    for kind, first, until, evident_at in asked.rows("gaps"):
        gaps[kind].append(Gap(first, until, evident_at))
    unclear = asked.rows("unclear")
    return Seen(
        tables=since["table"],
        sources=since["source"],
        table_gaps=tuple(gaps["table"]),
        file_gaps=tuple(gaps["source"]),
        calendar="loaded" in since["calendar"],
        unclear_loads=by_owner(row[1:] for row in unclear if row[0] == "table"),
        unclear_files=by_owner(row[1:] for row in unclear if row[0] == "source"),
        calendar_ended_at=since["calendar"].get("ended"),
    )


def look_again(session: Session, *, calendar: bool) -> None:
    """Work them out from the rows. `calendar`: a calendar is being loaded."""
    found = session.rows("sights_now", {"smallest_file": SMALLEST_FILE, "calendar": calendar})
    session.fill("sights", ("kind", "name", "since"), found)
    gaps = [row for kind in KINDS for row in _gaps(session, kind)]
    session.fill("wide_gaps", ("kind", "first_at", "until_at", "evident_at"), gaps)


def _gaps(session: Session, kind: str) -> Iterator[tuple[Value, ...]]:
    """Every gap that is wide enough, with the first run that shows it, if there is one."""
    for first, until in session.rows("wide_gaps_now", {"kind": kind, "width": micros()}):
        span = {"kind": kind, "since": first + ENDED_AFTER, "until": until or END_OF_TIME}
        ((evident_at,),) = session.rows("gap_witness", span)
        yield kind, first, until, evident_at


def micros() -> int:
    return int(ENDED_AFTER.total_seconds() * 1_000_000)
