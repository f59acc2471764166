"""Which earlier dates are of a date's kind: its weekday where enough are known, else all working days."""

from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")
SATURDAY = 5
FEWEST_WORKING = 5
"""Fewer working days say nothing of another."""
FEWEST_ALIKE, FEWEST_WEEKS = 2, 3
"""One date of a weekday is no usual; of few weeks no more is told than that."""


class Alike(StrEnum):
    """What makes dates alike."""

    WEEKDAY = "weekday"
    WORKING = "working days"
    FEW = "too few of its weekday"


def alike(
    day: date, known: Iterable[T], day_of: Callable[[T], date], fewest: int = FEWEST_ALIKE
) -> tuple[Alike, list[T]]:
    """Those of the date's kind, and what makes them alike; `fewest`: of its weekday, below which all working days count
    together. No working day says anything of a weekend.
    """
    listed = list(known)
    same = [each for each in listed if day_of(each).weekday() == day.weekday()]
    if len(same) >= fewest:
        return Alike.WEEKDAY, same
    working = [each for each in listed if day_of(each).weekday() < SATURDAY]
    if day.weekday() < SATURDAY and len(working) >= FEWEST_WORKING:
        return Alike.WORKING, working
    return Alike.FEW, same
