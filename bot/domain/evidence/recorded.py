"""Since when the absence of a processor's data says something: nothing is due before its own first trace.

A processor that was never seen may not be in service yet, and the first date of an export may be cut in two.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.evidence.attempts import OFF_SCHEDULE
from bot.domain.evidence.known import Seen
from bot.domain.evidence.observation import RunSeen
from bot.domain.evidence.platform_facts import ProcessorPlatform

NEVER_SEEN = "nothing of it was ever seen; `active: {from: DATE}` in the registry says from when on it is due"


class Record:
    """The first start of each processor, as far as it is known: of the schedule, where there is any such run."""

    def __init__(self, starts: Mapping[str, datetime]) -> None:
        self._starts = dict(starts)
        self._first = min(self._starts.values(), default=None)
        self._off_schedule: set[str] = set()

    def take(self, run: RunSeen) -> bool:
        """Take in a run; returns whether the record of its processor begins elsewhere by it."""
        name, known = run.processor, self._starts.get(run.processor)
        off_schedule = run.trigger in OFF_SCHEDULE
        if known is not None and (off_schedule or name not in self._off_schedule):
            return False
        self._starts[name] = run.started_at
        self._first = run.started_at if self._first is None else min(self._first, run.started_at)
        (self._off_schedule.add if off_schedule else self._off_schedule.discard)(name)
        return True

    def since(self, facts: ProcessorPlatform, seen: Seen) -> datetime | None:
        """Its first start, else the first row of its table, or of a scraper's source; None: never. What the registry
        says is in service from a date on is known from the first start of all.
        """
        since = self._starts.get(facts.name) or _first_row(facts, seen)
        active = facts.schedule.active
        if active is not None and active.first is not None and self._first is not None:
            return self._first if since is None else min(self._first, since)
        return since


def _first_row(facts: ProcessorPlatform, seen: Seen) -> datetime | None:
    if facts.is_scraper:
        return seen.sources.get(facts.source) if facts.source is not None else None
    return seen.tables.get(facts.table) if facts.table is not None else None


def starts_of(runs: Iterable[RunSeen]) -> Mapping[str, datetime]:
    """The first start of each processor: of its schedule, else of any run."""
    scheduled, others = dict[str, datetime](), dict[str, datetime]()
    for run in runs:
        found = others if run.trigger in OFF_SCHEDULE else scheduled
        found[run.processor] = min(run.started_at, found.get(run.processor, run.started_at))
    return others | scheduled


def unrecorded(facts: ProcessorPlatform, data_date: date, since: datetime | None) -> str | None:
    """Why nobody can tell whether data of the date is missing; None where that can be told. A date counts whose first
    slot's run may have been the first of all.
    """
    if since is None:
        return NEVER_SEEN
    slots = facts.schedule.slots(data_date)
    begins = (
        slots[0] + facts.schedule.missing_after
        if slots
        else datetime.combine(data_date + timedelta(days=1), time(), UTC)
    )
    return f"its record begins only at {since:%Y-%m-%d %H:%M} UTC" if begins < since else None
