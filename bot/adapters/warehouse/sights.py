"""Since when each table, source and processor is known, where rows have a gap, and what is known of the calendar."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, Protocol, cast

from bot.adapters.warehouse.engine import Parameters, Session, Value
from bot.adapters.warehouse.unclear import by_owner
from bot.domain.evidence.answers import END_OF_TIME
from bot.domain.evidence.expectation import SMALLEST_FILE
from bot.domain.evidence.feeds import (
    CLAIMS_WITHIN,
    ENDED_AFTER,
    SHOWN_WITHIN,
    SHOWS,
    Claim,
    dates_claimed,
    evident,
    is_last_of_date,
)
from bot.domain.evidence.known import AHEAD, Gap, Seen
from bot.domain.evidence.platform_facts import PlatformFacts, ProcessorPlatform
from bot.domain.sources import Feed

FEEDS = {"table": Feed.TABLE_LOADS, "source": Feed.RAW_FILES}
KINDS = tuple(FEEDS)
GAP = ("kind", "first_at", "until_at", "evident_at")
Spans = dict[tuple[Any, ...], datetime | None]
"""(kind, first, until) of those without rows that may be gaps, and since when each is evident, None: it is none."""


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


class Staged(NamedTuple):
    """Of the runs that are being loaded: the first span without rows that they may show to be a gap, and how the
    roll-up gets to know of them: by which text the claims are asked for.
    """

    since: datetime | None
    text: Literal["gap_claims", "gap_claims_appended", "gap_claims_merged", "gap_claims_anew"]


def look_again(session: Session, platform: PlatformFacts, staged: Staged, *, calendar: bool) -> None:
    """Work them out from the rows. `calendar`: a calendar is being loaded."""
    found = session.rows("sights_now", {"smallest_file": SMALLEST_FILE, "calendar": calendar})
    session.fill("sights", ("kind", "name", "since"), found)
    width = {"width": _micros(SHOWN_WITHIN)}
    spans = [(kind, *span) for kind in KINDS for span in session.rows("wide_gaps_now", {**width, "kind": kind})]
    find_gaps(session, platform, staged, spans)


def staged_since(session: Session) -> datetime | None:
    """The first span without rows that the staged runs may show to be a gap."""
    ((first,),) = session.rows("staged_witnesses")
    return cast(datetime | None, first)


def find_gaps(
    session: Session, platform: PlatformFacts, staged: Staged, spans: Iterable[tuple[Any, ...]] | None = None
) -> bool:
    """Ask the runs which spans without rows are gaps: all that the staged runs may concern, and those that are new.
    `spans`: all that are wide enough, None: they are as they were. Returns whether anything has changed.

    A span keeps its answer when it becomes known later which tables usually show a row for each run: to ask of all
    again would read all of history in each load.
    """
    since = staged.since
    before: Spans = {tuple(span): evident_at for *span, evident_at in session.rows("spans_known")}
    found: Spans = {span: before.get(span) for span in (before if spans is None else spans)}
    asked = [span for span in found if span not in before or (since is not None and span[1] >= since)]
    _keep(session, before, found)
    facts, answered = {processor.name: processor for processor in platform.processors}, dict(found)
    for kind in KINDS:
        of_kind = [span for span in asked if span[0] == kind]
        if not of_kind:
            continue
        claims = _claims(session, facts, of_kind, staged.text)
        answered.update({span: _evident_at(span, claims.get(span[1], ())) for span in of_kind})
    _keep(session, found, answered)
    return answered != before


def _keep(session: Session, before: Spans, after: Spans) -> None:
    if after != before:
        session.fill("wide_gaps", GAP, [(*span, evident_at) for span, evident_at in after.items()])


def _claims(
    session: Session, facts: Mapping[str, ProcessorPlatform], spans: Sequence[tuple[Any, ...]], text: str
) -> Mapping[datetime, list[Claim]]:
    """Of the spans of a kind, by the one in which they were made."""
    kind, since, _ = min(spans, key=lambda span: span[1])
    ends = [until for *_, until in spans]
    first_date, last_date = dates_claimed(since, None if None in ends else max(ends))
    bounds: Parameters = {"ended_after": _micros(ENDED_AFTER), "ahead": _micros(AHEAD), "share": SHOWS}
    dates: Parameters = {"first_date": first_date, "last_date": last_date, "within_days": CLAIMS_WITHIN.days}
    asked: Parameters = {"kind": kind, "since": since, "end_of_time": END_OF_TIME, **bounds, **dates}
    found = defaultdict[datetime, list[Claim]](list)
    for first, owner, name, data_date, started_at, known_at, shows in session.rows(text, asked):
        if shows or is_last_of_date(facts[name], data_date, started_at):
            found[first].append(Claim(owner or None, started_at, known_at))
    return found


def _evident_at(span: tuple[Any, ...], claims: Iterable[Claim]) -> datetime | None:
    _, first, until = span
    evident_at = evident(first, claims)
    return evident_at if evident_at is not None and (until is None or evident_at < until) else None


def _micros(span: timedelta) -> int:
    return int(span.total_seconds() * 1_000_000)
