"""Keep evidence and roll-up equal to what a rebuild would give, touching only what a load has touched."""

import math
from collections.abc import Set
from datetime import UTC, date, datetime, time, timedelta
from typing import cast

from bot.adapters.warehouse.engine import Parameters, Session
from bot.domain.evidence.expectation import SMALLEST_FILE
from bot.domain.health.sketch import GAMMA, SMALLEST, ZERO_BUCKET

END_OF_TIME = datetime(9999, 12, 31, tzinfo=UTC)
_EVER = (date(1970, 1, 1), date(2100, 1, 1))
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def refresh_evidence(session: Session, staged: Set[str], *, everything: bool) -> datetime | None:
    """Recompute the evidence of the dates that staged loads and files are about, or of all.

    Returns the moment before which no answer has changed: runs may start before the date that they are about.
    """
    if everything:
        spans = [_EVER]
    else:
        stems = sorted(staged & {"table_loads", "raw_files"})
        spans = [span for stem in stems for span in session.rows(f"touched_{stem}") if span[0] is not None]
    if not spans:
        return None
    first, last = min(first for first, _ in spans), max(last for _, last in spans)
    parameters: Parameters = {
        "first_date": first,
        "last_date": last,
        "as_of": END_OF_TIME,
        "smallest_file": SMALLEST_FILE,
    }
    session.run("refresh_evidence", parameters)
    beginning = datetime.combine(first, time(), tzinfo=UTC)
    ((first_start,),) = session.rows("first_start_about", parameters)
    return beginning if first_start is None else min(beginning, first_start)


def refresh_hours(session: Session) -> datetime | None:
    """Recompute the roll-up of every hour in `stage_hours`; returns the first of them."""
    ((first, last, hours),) = session.rows("touched_hours")
    if first is not None:
        end = last + _HOUR
        in_a_row = hours * _HOUR == end - first
        session.run("refresh_span" if in_a_row else "refresh_hours", _hours(first, end))
    return cast(datetime | None, first)


def refresh_all(session: Session) -> None:
    first, last = (datetime.combine(day, time(), tzinfo=UTC) for day in _EVER)
    session.run("rebuild", _hours(first, last))


def _hours(first: datetime, end: datetime) -> Parameters:
    first_day = datetime.combine(first.date(), time(), tzinfo=UTC)
    last_day = datetime.combine((end - _HOUR).date(), time(), tzinfo=UTC)
    return {
        "first_hour": first,
        "end_hour": end,
        "first_day": first_day,
        "end_day": last_day + _DAY,
        "smallest": SMALLEST,
        "zero_bucket": ZERO_BUCKET,
        "log_gamma": math.log(GAMMA),
    }
