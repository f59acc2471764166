"""A slot of many a day that passed without a run: one rule for the verdict on its date and for detection."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from bot.domain.evidence.expectation import Expects, expectation
from bot.domain.evidence.processor_date import EARLY_START, ProcessorDate
from bot.domain.platform.registry import Processor

FEWEST_A_DAY = 5
"""Jobs with fewer slots are judged by their date: later slots of a date that has its data are second chances."""


def has_slots_to_miss(processor: Processor) -> bool:
    """Pollers, and who lives by games, are judged by their own rhythm."""
    return not processor.polling and not processor.sporadic and expectation(processor) is not Expects.PER_GAME


def first_missed(
    slots: Sequence[datetime], last_start: datetime, missing_after: timedelta
) -> tuple[datetime, datetime] | None:
    """Of slots in order the first that no run was for, and when it is missed: so long after it, or at the next slot if
    that is later. None where fewer than two have passed since the last start.
    """
    passed = slots_after(slots, last_start)[:2]
    return (passed[0], max(passed[0] + missing_after, passed[1])) if len(passed) == 2 else None


def slots_after(slots: Sequence[datetime], last_start: datetime) -> list[datetime]:
    """Those that the run at `last_start` was not for: a run may begin a little before its slot."""
    shortest = min((later - earlier for earlier, later in pairwise(slots)), default=EARLY_START)
    early = min(EARLY_START, shortest / 2)
    return [slot for slot in slots if slot > last_start + early]


def missed_slot(day: ProcessorDate, now: datetime) -> datetime | None:
    """The first slot of the date that passed since its last run began, and none is under way."""
    if not day.runs_due or day.under_way or len(day.slots) < FEWEST_A_DAY or not has_slots_to_miss(day.processor):
        return None
    last_start = max((run.started_at for run in day.attempts), default=None)
    if last_start is None or now - last_start <= day.missing_after:
        return None
    known = first_missed(day.slots, last_start, day.missing_after)
    return known[0] if known is not None and known[1] <= now else None
