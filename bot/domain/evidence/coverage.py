"""How many rows a date should have: what the processor itself has brought per game, else what the registry says."""

from collections.abc import Iterable
from statistics import median
from typing import NamedTuple

from bot.domain.evidence.processor_date import QUIET, ProcessorDate
from bot.domain.evidence.runs import Status

MANY_LOADS = 8
"""A table that is filled by so many loads a day lacks a share of its rows for each slot that failed. That is
reported as a failure; what the others brought is what coverage speaks of."""
LEAST_SHARE = 0.5
FEWEST_TOLD, FEW = 3, 1 / 8
"""So many failed slots are reported as failures; a smaller part of the day is lost to storms, reported as such."""
DATES = 30
FEWEST = 5
"""Fewer dates of its own say nothing; then the registry's figure counts."""
AMONG = 0.5
"""Dates below this share of the median are losses themselves and are no yardstick."""


class FilledDate(NamedTuple):
    """What an earlier date had: rows, games, and loads that filled it."""

    rows: int
    games: int
    loads: int


def usual_rows(day: ProcessorDate, earlier: Iterable[FilledDate]) -> float | None:
    """Rows to be expected of the date, None when unknown. `earlier`: the processor's dates before it."""
    expected = day.processor.expected_records
    per_game = expected.per_game is not False
    if per_game and not day.games:
        return None
    known = [date for date in earlier if date.games or not per_game]
    seen = [date.rows / date.games if per_game else float(date.rows) for date in known]
    if len(seen) >= FEWEST:
        middle = median(seen)
        rate: float | None = median(rate for rate in seen if rate >= AMONG * middle)
        rate = rate * _reported_share(day, [date.loads for date in known]) if rate is not None else None
    else:
        rate = expected.minimum if expected.minimum is not None else expected.typical
    if not rate:
        return None
    return rate * day.games if per_game else rate


def _reported_share(day: ProcessorDate, loads: list[int]) -> float:
    """What the slots that failed leave to be expected of the others."""
    usual, failed = median(loads), len(_failed_slots(day))
    if usual < MANY_LOADS or FEW * usual < failed < FEWEST_TOLD:
        return 1.0
    return max(LEAST_SHARE, 1 - failed / usual)


def _failed_slots(day: ProcessorDate) -> set[int]:
    """Slots, by their place, with failures that are reported as such, and no success."""
    reported = (run for run in day.runs if run.status is Status.FAILED and (run.recorded or run.hinted) not in QUIET)
    failed = {day.slot_of(run) for run in reported}
    return failed - {day.slot_of(run) for run in day.runs if run.status is Status.SUCCESS}
