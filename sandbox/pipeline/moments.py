"""Instants as whole epoch seconds (the simulation's own clock), wall-clock slots, and the way to aware datetimes."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
MINUTE = 60
HOUR = 3600
DAY = 86400


def epoch(moment: datetime) -> int:
    """Whole seconds since 1970 of an aware datetime. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone; give an aware datetime")
    return int(moment.timestamp())


def utc(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def stamp(seconds: int) -> str:
    """`YYYY-MM-DD HH:MM:SS` in UTC, the form of the database."""
    return utc(seconds).strftime("%Y-%m-%d %H:%M:%S")


def eastern_date(seconds: int) -> date:
    return utc(seconds).astimezone(EASTERN).date()


@lru_cache(maxsize=65536)
def slot(day: date, hours: float) -> int:
    """The instant of a slot `hours` wall-clock hours after 00:00 ET of `day` (above 24: the next day).

    A local time that does not exist moves to the next that does; one that occurs twice is its first occurrence.
    """
    wall = datetime.combine(day, time()) + timedelta(hours=hours)
    while True:
        moment = wall.replace(tzinfo=EASTERN).astimezone(UTC)
        if moment.astimezone(EASTERN).replace(tzinfo=None) == wall:
            return int(moment.timestamp())
        wall = wall.replace(second=0, microsecond=0) + timedelta(minutes=1)
