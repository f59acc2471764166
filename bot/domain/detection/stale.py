"""stale_table: a table older than its `freshness_hours` although data was due since. What nothing else explains."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from bot.domain.detection.trouble import Trouble
from bot.domain.evidence.processor_date import ProcessorDate
from bot.domain.findings.finding import FindingKind, RootCause


def outlived(freshness_hours: float, loaded_at: datetime, now: datetime) -> bool:
    """Is the last load too long ago?"""
    return now - loaded_at > timedelta(hours=freshness_hours)


def detect(days: Iterable[ProcessorDate], loaded_at: datetime, freshness_hours: float, now: datetime) -> Trouble | None:
    """`days`: the table's dates, oldest first, without those that wait for something upstream; `loaded_at`: its last
    load of any date.
    """
    due = [day for day in days if day.expected and not day.filled and loaded_at < _due(day) <= now]
    if not due:
        return None
    day, limit = due[0], timedelta(hours=freshness_hours)
    old = (now - loaded_at) / timedelta(hours=1)
    return Trouble(
        kind=FindingKind.STALE_TABLE,
        processors=(day.processor.name,),
        root_cause=RootCause.STALE_DATA,
        since=loaded_at,
        evident_at=max(_due(day), loaded_at + limit),
        explanation=(
            f"{day.processor.bigquery_table} was last loaded {old:.0f} hours ago (limit {freshness_hours:g}),"
            f" and data for {day.data_date} was due since"
        ),
        data_date=day.data_date,
        error_class=RootCause.STALE_DATA.value,
    )


def _due(day: ProcessorDate) -> datetime:
    """Without a schedule a date's data is due when the date is over."""
    return day.settled_at if day.slots else datetime.combine(day.data_date + timedelta(days=1), time(), UTC)
