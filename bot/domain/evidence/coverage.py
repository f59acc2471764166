"""How many rows a date should have: what the processor itself has brought per game, else what the registry says."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from statistics import median
from typing import NamedTuple

from bot.domain.evidence.processor_date import QUIET, ProcessorDate
from bot.domain.evidence.runs import Status
from bot.domain.evidence.weekdays import FEWEST_WEEKS, Alike, alike
from bot.domain.platform.judgement import STANDARD, Judgement
from bot.domain.platform.registry import ExpectedRecords

FEWEST_LACKING = 1.5
"""A row more or less is no finding, however few there are."""

MANY_LOADS = 8
"""A table that is filled by so many loads a day lacks a share of its rows for each slot that failed. That is
reported as a failure; what the others brought is what coverage speaks of."""
LEAST_SHARE = 0.5
"""Of what is typical of a date, whatever its weekday, while nothing else is known; of a day whose slots failed."""
FEWEST_REPORTED, FEW = 3, 1 / 8
"""So many failed slots are reported as failures; a smaller part of the day is lost to storms, reported as such."""
DATES = 30
FEWEST = 5
"""Fewer dates of its own say nothing (of a weekly job: fewer weeks); then the registry's figure counts."""
AMONG = 0.5
"""Dates below this share of the median are losses themselves and are no yardstick."""


LOWEST = 0.9
"""What a date of its kind has had before is no loss: less than this share of the least is."""


class ExpectedRows(NamedTuple):
    """How many rows a date should have: what is usual of its own dates, or typical; or the `least` by the registry.
    With less than the share `full` of them the date is partial.
    """

    rows: float
    least: bool
    full: float = STANDARD.full

    def __str__(self) -> str:
        return f"{'at least' if self.least else 'about'} {self.rows:,.0f}"


class FilledDate(NamedTuple):
    """What an earlier date had: rows, games, and loads that filled it."""

    day: date
    rows: int
    games: int
    loads: int


def expected_rows(
    data_date: date,
    expected: ExpectedRecords,
    games: int,
    earlier: Iterable[FilledDate],
    judgement: Judgement,
) -> ExpectedRows | None:
    """Rows to be expected of a date with so many games, None when unknown. `earlier`: the processor's dates before."""
    return _expected(data_date, expected, games, list(earlier), lambda _known: 1.0, judgement)


def expected_unreported(day: ProcessorDate, earlier: Iterable[FilledDate]) -> ExpectedRows | None:
    """What is expected without the slots that failed: those are reported as failures."""

    def share(known: Sequence[FilledDate]) -> float:
        return _reported_share(day, [each.loads for each in known])

    expected = day.processor.expected_records
    return _expected(day.data_date, expected, day.games, list(earlier), share, day.judgement)


def is_short(rows: int, loads: int, expected: ExpectedRows | None) -> bool:
    """Are they too few? Each load may be off by a row from rounding: small tables of many loads are judged no finer."""
    if expected is None:
        return False
    return rows < expected.full * expected.rows and expected.rows - rows > max(loads, FEWEST_LACKING)


def _expected(
    data_date: date,
    expected: ExpectedRecords,
    games: int,
    earlier: Sequence[FilledDate],
    share: Callable[[Sequence[FilledDate]], float],
    judgement: Judgement,
) -> ExpectedRows | None:
    per_game = expected.per_game is not False
    if per_game and not games:
        return None
    known = [each for each in earlier if each.games or not per_game]
    usual, least, reported = None, expected.minimum, 1.0
    if len(known) >= FEWEST or (not per_game and _is_weekly(data_date, known)):
        usual = _per_game(known) if per_game else _of_its_weekday(data_date, known)
        reported = share(known) if usual is not None else 1.0
    elif least is None and expected.typical is not None:
        usual, least = (expected.typical, None) if per_game else (None, expected.typical * LEAST_SHARE / judgement.full)
    rate = max((each for each in (usual, least) if each is not None), default=None)
    if not rate:
        return None
    return ExpectedRows(rate * reported * (games if per_game else 1), rate != usual, judgement.full)


def _is_weekly(day: date, known: Sequence[FilledDate]) -> bool:
    """Has it its dates on this one weekday, and some weeks of them?"""
    return len(known) >= FEWEST_WEEKS and {each.day.weekday() for each in known} == {day.weekday()}


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
