"""Since when each table, source and processor is known, where rows have a gap, and what is known of the calendar."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from bot.adapters.warehouse.engine import Parameters, Session, Value
from bot.adapters.warehouse.unclear import by_owner
from bot.domain.evidence.answers import END_OF_TIME
from bot.domain.evidence.expectation import SMALLEST_FILE
from bot.domain.evidence.known import ENDED_AFTER, Gap, Seen

KINDS = ("table", "source")


class Asked(Protocol):
    def rows(self, name: str, parameters: Parameters | None = None) -> list[tuple[Any, ...]]: ...


class Sights(NamedTuple):
    """What was ever seen of tables, sources and the calendar; and the first start of each processor."""

    seen: Seen
    starts: Mapping[str, datetime]


def sights(asked: Asked) -> Sights:
    """As the warehouse holds it."""
    since: dict[str, dict[str, datetime]] = {"table": {}, "source": {}, "calendar": {}, "processor": {}}
    for kind, name, moment in asked.rows("sights"):
        since[kind][name] = moment
    gaps: dict[str, list[Gap]] = {kind: [] for kind in KINDS}
    for kind, first, until, evident_at in asked.rows("gaps"):
        gaps[kind].append(Gap(first, until, evident_at))
    unclear = asked.rows("unclear")
    seen = Seen(
        tables=since["table"],
        sources=since["source"],
        table_gaps=tuple(gaps["table"]),
        file_gaps=tuple(gaps["source"]),
        calendar="loaded" in since["calendar"],
        unclear_loads=by_owner(row[1:] for row in unclear if row[0] == "table"),
        unclear_files=by_owner(row[1:] for row in unclear if row[0] == "source"),
        calendar_ended_at=since["calendar"].get("ended"),
    )
    return Sights(seen, since["processor"])


def note_starts(session: Session, *, staged: bool) -> set[str]:
    """Keep the first start of each processor. `staged`: runs are being loaded. Returns whose record begins earlier."""
    known = {name: (first, scheduled) for name, first, scheduled in session.rows("first_starts")}
    if known and not staged:
        return set()
    found = session.rows("earlier_starts_staged" if known else "earlier_starts_stored")
    if not found:
        return set()
    for name, first, scheduled in found:
        before = known.get(name, (None, None))
        known[name] = (_earlier(before[0], first), _earlier(before[1], scheduled))
    session.fill("first_starts", ("processor_name", "first_start", "first_scheduled"), _listed(known))
    return {str(name) for name, _, _ in found}


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)


def _listed(known: Mapping[str, tuple[datetime | None, datetime | None]]) -> list[tuple[Value, ...]]:
    return [(name, first, scheduled) for name, (first, scheduled) in known.items()]


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
