"""The data dates of runs that began or became known within a span of time: BigQuery reads no other partitions."""

from datetime import date, datetime

from bot.adapters.warehouse.engine import Engine, Parameters, Session
from bot.domain.evidence.feeds import CLAIMS_WITHIN


def dates_started(engine: Engine | Session, since: datetime, until: datetime) -> Parameters:
    """Of the runs that began within the span; the roll-up tells it, which holds each of them."""
    first, last = _started(engine, since, until)
    return {"first_date": first, "last_date": last}


def dates_known(engine: Engine | Session, since: datetime, until: datetime) -> Parameters:
    """Of the runs that became known within the span: those that had begun in the weeks before, whatever their dates,
    and older ones of which the date lies within those weeks. A row may come so late, and one of both must be newer.
    """
    earliest = since - CLAIMS_WITHIN
    first, last = _started(engine, earliest, until)
    return {"first_date": min(first, earliest.date()), "last_date": max(last, until.date())}


def _started(engine: Engine | Session, since: datetime, until: datetime) -> tuple[date, date]:
    ((first, last),) = engine.rows("dates_started", {"since": since, "until": until})
    return first or since.date(), last or since.date()
