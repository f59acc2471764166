"""What the health queries bind and what their rows mean."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.adapters.warehouse.engine import Parameters
from bot.domain.evidence.coverage import DATES
from bot.domain.evidence.expectation import SMALLEST_FILE
from bot.domain.evidence.runs import Category, DateState, FailedRun, Input, Status
from bot.domain.health.missing import DueOutcome
from bot.domain.health.model import RunCount, Window, data_dates_judged_within
from bot.domain.health.noise import FailedGroup
from bot.domain.health.sketch import ZERO_BUCKET


def parameters_of(window: Window) -> Parameters:
    """Every value that the health queries bind. Whole days lie in [whole_from, whole_until), head and tail outside.

    What starts at the very moment of an exact answer was known then, and counts.
    """
    until = window.until + timedelta.resolution if window.exact and window.until == window.as_of else window.until
    since_day, until_day = window.since.date(), window.until.date()
    whole_from = since_day if window.since.time() == time() else since_day + timedelta(days=1)
    head_until = min(midnight(whole_from), window.until)
    return {
        "as_of": window.as_of,
        "known_at": window.known_at,
        "since": window.since,
        "until": until,
        "whole_from": whole_from,
        "whole_until": until_day,
        "head_until": head_until,
        "tail_since": max(midnight(until_day), head_until),
        "smallest_file": SMALLEST_FILE,
        "first_date": date(1970, 1, 1),
        "last_date": date(2100, 1, 1),
    }


def example_of(as_of: datetime, processor: str) -> Parameters:
    """A value for everything that a query binds: about the last 7 days, and the day before for a single date."""
    window = Window.live(as_of, 7)
    first, last = data_dates_judged_within(window)
    return {
        **parameters_of(window),
        "first_date": first,
        "last_date": last,
        "data_date": (as_of - timedelta(days=1)).date(),
        "polls_since": window.since,
        "processor": processor,
        "names": "",
        "dates": DATES,
        "zero_bucket": ZERO_BUCKET,
    }


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def run_count(row: Sequence[Any]) -> RunCount:
    name, phase, status, recorded, hinted, given, zero, expected, filled, judged, runs = row
    return RunCount(
        processor=name,
        phase=phase,
        status=_STATUS[status],
        recorded=_CATEGORY[recorded],
        hinted=_CATEGORY[hinted],
        input=_INPUT[given],
        zero_records=zero,
        state=DateState(expected, filled, judged),
        runs=int(runs),
    )


def failed_group(row: tuple[Any, ...]) -> FailedGroup:
    name, day, hour, recorded, hinted, given, expected, filled, judged, succeeded_at, runs = row
    return FailedGroup(
        processor=name,
        data_date=day,
        hour=hour,
        failed=FailedRun(_CATEGORY[recorded], _CATEGORY[hinted], _INPUT[given]),
        state=DateState(expected, filled, judged),
        succeeded_at=succeeded_at,
        runs=int(runs),
    )


def due_outcome(row: tuple[Any, ...]) -> DueOutcome:
    name, day, settled_at, filled, told, filled_at = row
    good = bool(filled) if told else None
    return DueOutcome(name, day, settled_at, good, filled_at if good else None)


_STATUS = {status.value: status for status in Status}
_CATEGORY: dict[str, Category | None] = {"": None, **{category.value: category for category in Category}}
_INPUT = {value.value: value for value in Input}
