"""Eastern wall-clock hours of a data date as instants, and the slots and deadline of a processor."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.worlds.model import Processor

EASTERN = ZoneInfo("America/New_York")


def at(day: date, hours: float) -> datetime:
    """Instant of `hours` wall-clock hours after 00:00 ET of `day`; a missing hour falls on the next one."""
    local = datetime.combine(day, time(0), EASTERN) + timedelta(hours=hours)
    return local.astimezone(UTC)


def slots(processor: Processor, day: date) -> list[datetime]:
    """The processor's slots for the data date, in order."""
    return [at(day, hour) for hour in processor.slots]


def deadline(processor: Processor, day: date) -> datetime:
    """The next occurrence of the completion time at or after the last slot."""
    hour = float(processor.sla[:2])
    while hour < processor.slots[-1]:
        hour += 24
    return at(day, hour)


def minute(moment: datetime) -> datetime:
    """The moment rounded up to the full minute."""
    floor = moment.replace(second=0, microsecond=0)
    return floor if floor == moment else floor + timedelta(minutes=1)
