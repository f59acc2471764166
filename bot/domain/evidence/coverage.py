"""How many rows a date should have: what the processor itself has brought per game, else what the registry says."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from statistics import median
from typing import NamedTuple

from bot.domain.evidence.processor_date import QUIET, ProcessorDate
from bot.domain.evidence.runs import Status
from bot.domain.evidence.weekdays import FEWEST_WEEKS, Alike, alike
from bot.domain.platform.registry import ExpectedRecords

FULL = 0.9
"""Coverage below this share of what is usual is partial: the data is not there, for dependents and health alike."""
FEWEST_LACKING = 1.5
"""A row more or less is no finding, however few there are."""

MANY_LOADS = 8
"""A table that is filled by so many loads a day lacks a share of its rows for each slot that failed. That is
reported as a failure; what the others brought is what coverage speaks of."""
LEAST_SHARE = 0.5
FEWEST_REPORTED, FEW = 3, 1 / 8
"""So many failed slots are reported as failures; a smaller part of the day is lost to storms, reported as such."""
DATES = 30
FEWEST = 5
"""Fewer dates of its own say nothing (of a weekly job: fewer weeks); then the registry's figure counts."""
AMONG = 0.5
"""Dates below this share of the median are losses themselves and are no yardstick."""


LOWEST = 0.9
"""What a date of its kind has had before is no loss: less than this share of the least is."""


class FilledDate(NamedTuple):
    """What an earlier date had: rows, games, and loads that filled it."""

    day: date
    rows: int
    games: int
    loads: int


def usual_rows(data_date: date, expected: ExpectedRecords, games: int, earlier: Iterable[FilledDate]) -> float | None:
    """Rows to be expected of a date with so many games, None when unknown. `earlier`: the processor's dates before."""
    return _usual(data_date, expected, games, list(earlier), lambda _known: 1.0)


def unreported_usual(day: ProcessorDate, earlier: Iterable[FilledDate]) -> float | None:
    """What is usual without the slots that failed: those are reported as failures."""

    def share(known: Sequence[FilledDate]) -> float:
        return _reported_share(day, [each.loads for each in known])

    return _usual(day.data_date, day.processor.expected_records, day.games, list(earlier), share)


def is_short(rows: int, loads: int, usual: float | None) -> bool:
    """Are they too few? Each load may be off by a row from rounding: small tables of many loads are judged no finer."""
    return usual is not None and rows < FULL * usual and usual - rows > max(loads, FEWEST_LACKING)


def _usual(
    data_date: date,
    expected: ExpectedRecords,
    games: int,
    earlier: Sequence[FilledDate],
    share: Callable[[Sequence[FilledDate]], float],
) -> float | None:
    per_game = expected.per_game is not False
    if per_game and not games:
        return None
    known = [each for each in earlier if each.games or not per_game]
    if len(known) >= FEWEST or (not per_game and _is_weekly(data_date, known)):
        rate = _per_game(known) if per_game else _of_its_weekday(data_date, known)
        rate = rate * share(known) if rate is not None else expected.minimum
    else:
        rate = expected.minimum if expected.minimum is not None else _at_least(expected.typical, per_game=per_game)
    if not rate:
        return None
    return rate * games if per_game else rate


def _is_weekly(day: date, known: Sequence[FilledDate]) -> bool:
    """Has it its dates on this one weekday, and some weeks of them?"""
    return len(known) >= FEWEST_WEEKS and {each.day.weekday() for each in known} == {day.weekday()}


def _at_least(typical: float | None, *, per_game: bool) -> float | None:
    """What is typical of a date says little of its weekday: half of it, while nothing else is known."""
    return typical if typical is None or per_game else typical * LEAST_SHARE / FULL


def _per_game(known: Sequence[FilledDate]) -> float:
    seen = [each.rows / each.games for each in known]
    middle = median(seen)
    return median(rate for rate in seen if rate >= AMONG * middle)


def _of_its_weekday(day: date, known: Sequence[FilledDate]) -> float | None:
    """By dates of the same weekday; while those are few, by all working days. Of a weekend few say nothing."""
    kind, found = alike(day, known, lambda each: each.day)
    return None if kind is Alike.FEW else _ordinary([float(each.rows) for each in found])


def _ordinary(seen: Sequence[float]) -> float:
    """The median, and no more than what the least of them allows; of many, the least but one."""
    middle = median(seen)
    ordinary = sorted(rows for rows in seen if rows >= AMONG * middle)
    least = ordinary[1] if len(ordinary) >= FEWEST else ordinary[0]
    return min(median(ordinary), least / LOWEST)


def _reported_share(day: ProcessorDate, loads: list[int]) -> float:
    """What the slots that failed leave to be expected of the others."""
    usual, failed = median(loads), len(_failed_slots(day))
    if usual < MANY_LOADS or FEW * usual < failed < FEWEST_REPORTED:
        return 1.0
    return max(LEAST_SHARE, 1 - failed / usual)


def _failed_slots(day: ProcessorDate) -> set[int]:
    """Slots, by their place, with failures that are reported as such, and no success."""
    reported = (run for run in day.runs if run.status is Status.FAILED and (run.recorded or run.hinted) not in QUIET)
    failed = {day.slot_of(run) for run in reported}
    return failed - {day.slot_of(run) for run in day.runs if run.status is Status.SUCCESS}
