"""A processor's state for one data date: was data due, is it there, how old is its table, when did it last run."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class DateFreshness:
    """What the warehouse knows of a registered processor for one data date; None means unknown.

    `expected`, `settled_at` (aware UTC), `filled` and `partial` as in `Evidence`; `loaded_at`: the newest load of its
    table with rows, for any date (aware UTC); `last_run`: the day (UTC) on which its newest run started, None when it
    never ran.
    """

    processor: str
    expected: bool | None = None
    settled_at: datetime | None = None
    filled: bool | None = None
    loaded_at: datetime | None = None
    last_run: date | None = None
    partial: bool | None = None


class Held(NamedTuple):
    """A processor had its whole data for one data date in [since, until), aware UTC."""

    processor: str
    since: datetime
    until: datetime


class Staleness(StrEnum):
    """Why something is stale, or that it is not, or that it is unknown."""

    NO_DATA = "no_data"
    PARTIAL = "partial"
    OLD_TABLE = "old_table"
    FRESH = "fresh"
    UNKNOWN = "unknown"

    @property
    def stale(self) -> bool | None:
        if self is Staleness.UNKNOWN:
            return None
        return self is not Staleness.FRESH


def staleness(
    freshness_hours: float | None, freshness: DateFreshness, now: datetime, asked: datetime | None = None
) -> Staleness:
    """Stale: no data, or too few rows, for the date although it was due (once the date is judged), or the
    table's newest load is older than its limit. Fresh: the date has its data, needs none, or may still get it.
    `now`: up to when the history is known; what was due between that and `asked` is unknown.
    """
    if freshness.partial:
        return Staleness.PARTIAL
    missing = _missing(freshness, now, asked or now)
    if missing:
        return Staleness.NO_DATA
    if freshness_hours is not None and _old(freshness_hours, freshness, now):
        return Staleness.OLD_TABLE
    return Staleness.UNKNOWN if missing is None else Staleness.FRESH


def _missing(freshness: DateFreshness, now: datetime, asked: datetime) -> bool | None:
    if freshness.expected is False or freshness.filled:
        return False
    if freshness.expected is None or freshness.settled_at is None or freshness.filled is None:
        return None
    if freshness.settled_at > now:
        return None if freshness.settled_at <= asked else False
    return True


def _old(freshness_hours: float, freshness: DateFreshness, now: datetime) -> bool | None:
    if freshness.loaded_at is None:
        return None
    return now - freshness.loaded_at > timedelta(hours=freshness_hours)
