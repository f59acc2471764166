"""Has anything started at all? A fleet that falls silent, and a history that ends, are no good news."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from bot.domain.blindness import shown
from bot.domain.counts import plural
from bot.domain.evidence.known import no_new_data as words
from bot.domain.health.model import Because, HealthReason
from bot.domain.platform.registry import Processor
from bot.domain.platform.schedule import Schedule
from bot.domain.statistics import nearest_rank

HOUR = timedelta(hours=1)
SHORTEST = timedelta(hours=2)
TIMES = 2
"""Silence is far longer than usual from this many times the usual pause on."""
USUAL = 0.99
FLEET = "fleet"


def usual_pause(hours: Sequence[datetime]) -> timedelta:
    """The p99 pause between hours in which runs started, in ascending order; none is known of fewer than two."""
    pauses = sorted(later - earlier for earlier, later in pairwise(hours))
    return pauses[nearest_rank(USUAL, len(pauses))] if pauses else timedelta()


def is_long(silence: timedelta, hours: Sequence[datetime]) -> bool:
    return silence > max(SHORTEST, TIMES * usual_pause(hours))


def slots_within(
    processors: Iterable[Processor], schedules: Mapping[str, Schedule], since: datetime, until: datetime
) -> Iterator[tuple[Processor, date]]:
    """Processors with a slot in (since, until], once each, and the data date of the newest."""
    first, last = (since - timedelta(days=4)).date(), (until + timedelta(days=1)).date()
    days = [last - timedelta(days=back) for back in range((last - first).days + 1)]
    for processor in processors:
        slots = schedules[processor.name].slots
        due = (day for day in days if any(since < slot <= until for slot in slots(day)))
        found = None if processor.sporadic else next(due, None)
        if found is not None:
            yield processor, found


def silent_fleet(last_start: datetime, known_until: datetime) -> HealthReason:
    """`last_start`: the hour in which a run last started. `known_until`: up to where the history is known."""
    silent = known_until - last_start - HOUR
    text = f"Nothing has started since {shown(last_start)} for {_length(silent)}, though slots were due."
    return HealthReason(Because.FLEET_SILENT, FLEET, text)


def before_history(first_day: date | None, as_of: datetime) -> Iterator[HealthReason]:
    """`first_day`: with runs, in UTC; None without any."""
    if first_day is not None and as_of.date() < first_day:
        text = f"Nothing is known before {first_day}, where the run history begins."
        yield HealthReason(Because.BEFORE_HISTORY, FLEET, text)


def idle_phase(phase: int) -> HealthReason:
    name = f"phase {phase}"
    return HealthReason(
        Because.DID_NOT_RUN, name, f"{name}: nothing ran in its slots; whether data was due is not known."
    )


def no_new_data(known_until: datetime, *, exact: bool) -> HealthReason:
    """`exact`: the answer is of the moment asked for, not of the end of the history."""
    text = f"{words(known_until)}."
    if not exact:
        text += " The history ends there: answered as of its end."
    return HealthReason(Because.NO_NEW_DATA, FLEET, text)


def _length(span: timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    return plural(hours, "hour") if hours < 48 else plural(hours // 24, "day")
