"""An incident as it was known at an earlier moment, from what was decided of it by then."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.domain.incidents.decisions import Decision
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.notice import SAID


def as_of(incident: Incident, history: Iterable[Decision], at: datetime) -> Incident | None:
    """None: nothing had been said of it by then. `history`: all of it, in order of time."""
    by_then = [each for each in history if each.at <= at]
    said = [each for each in by_then if each.outcome in SAID]
    if not said:
        return None
    days = {each.finding.data_date for each in by_then}
    names = {name for each in by_then for name in each.finding.processors}
    return replace(
        incident,
        headline=said[-1].finding,
        severity=said[-1].severity,
        processors=tuple(name for name in incident.processors if name in names),
        data_dates=tuple(day for day in incident.data_dates if day in days),
    )
