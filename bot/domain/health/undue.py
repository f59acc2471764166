"""Dates of which nobody can tell whether data was due, or is there: no reason for RED, and none for GREEN."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from bot.domain.counts import plural
from bot.domain.health.model import Because, DueDates, HealthReason
from bot.domain.platform.names import some_of
from bot.domain.platform.registry import Processor, Registry

MOST_NAMED = 5
WHOLE = timedelta(days=2)
"""A history as old as that has shown whatever runs every day."""


def never_seen(
    names: Iterable[str], registry: Registry, first_day: date | None, as_of: datetime
) -> Iterator[HealthReason]:
    """`names`: of which nothing was ever seen. Those count that have slots and are in service."""
    if first_day is None or as_of.date() - first_day < WHOLE:
        return
    missed = [name for name in names if _is_missed(registry.by_name[name], registry, as_of.date())]
    if missed:
        which = f"{plural(len(missed), 'registered processor')} {'was' if len(missed) == 1 else 'were'}"
        due = "nothing is due before a first run. With `active: {from: DATE}` it is missed from that date on"
        yield HealthReason(Because.NEVER_SEEN, missed[0], f"{which} never seen: {some_of(missed, MOST_NAMED)}; {due}.")


def _is_missed(processor: Processor, registry: Registry, today: date) -> bool:
    schedule = registry.schedules[processor.name]
    active = schedule.active
    return schedule.has_slots and (active is None or (active.first is None and active.includes(today)))


def undecided(due: Iterable[DueDates]) -> Iterator[HealthReason]:
    lacking = [each for each in due if each.undecided]
    if not lacking:
        return
    dates = sum(each.undecided for each in lacking)
    names = some_of([each.processor for each in lacking], MOST_NAMED)
    text = f"Whether data was due is unknown for {plural(dates, 'date')} of {names}: no game calendar tells."
    yield HealthReason(Because.DUE_UNKNOWN, lacking[0].processor, text)


def unseen(due: Iterable[DueDates]) -> Iterator[HealthReason]:
    """Dates due of which nothing tells whether their data is there: no table, no file, no count of records."""
    lacking = [each for each in due if each.unknown]
    if not lacking:
        return
    dates = sum(each.unknown for each in lacking)
    names = some_of([each.processor for each in lacking], MOST_NAMED)
    text = f"Whether data is there is unknown for {plural(dates, 'date')} due of {names}."
    yield HealthReason(Because.DATA_UNKNOWN, lacking[0].processor, text)


def unseen_by_name(due: Iterable[DueDates]) -> Mapping[str, list[HealthReason]]:
    """The same, as each processor's own row says it."""
    return {
        each.processor: [
            HealthReason(
                Because.DATA_UNKNOWN,
                each.processor,
                f"{each.processor}: whether its data is there is unknown for {each.unknown:,} of "
                f"{plural(each.due, 'date')} due.",
            )
        ]
        for each in due
        if each.unknown
    }
