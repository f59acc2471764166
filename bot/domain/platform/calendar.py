"""Wall-clock slots of a data date as instants, across both clock changes."""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LAST_WHISTLE = timedelta(hours=36)
NEAR = timedelta(days=2)


def slot_instant(data_date: date, hour: float, zone: ZoneInfo, fold: int = 0) -> datetime:
    """The instant (UTC) of a slot `hour` wall-clock hours after local midnight of a date (above 24: later days)."""
    return local_instant(datetime.combine(data_date, time()) + timedelta(hours=hour), zone, fold)


def local_instant(wall: datetime, zone: ZoneInfo, fold: int = 0) -> datetime:
    """The instant (UTC) of a local time, which has no offset. One that occurs twice is its first occurrence, with
    `fold` 1 its second; one that does not exist moves to the next that does.
    """
    before = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if before.astimezone(zone).replace(tzinfo=None) == wall:
        return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) if fold else before
    after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _change_between(floor_minute(after), before, zone)


def latest_reading(data_date: date, hour: float, zone: ZoneInfo) -> datetime:
    """A slot whose local time does not exist, by the clock before the change: some schedulers run it then.

    For every other slot it is the slot itself.
    """
    wall = datetime.combine(data_date, time()) + timedelta(hours=hour)
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _change_between(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """The first whole minute in (early, late] with the UTC offset of `late`."""
    offset = late.astimezone(zone).utcoffset()
    minutes = range(int((late - early).total_seconds() // 60) + 1)
    index = bisect_left(
        minutes, True, key=lambda minute: (early + timedelta(minutes=minute)).astimezone(zone).utcoffset() == offset
    )
    return early + timedelta(minutes=index)


def games_given_up_at(data_date: date) -> datetime:
    """A game that has not ended so long after its date began (UTC) was put off, or its end was never reported."""
    return datetime.combine(data_date, time(), UTC) + LAST_WHISTLE


def turned_back(moment: datetime, zone: ZoneInfo) -> timedelta:
    """By how much the clocks of the zone go back within two days of `moment`: so much of their time comes twice."""
    before, after = ((moment + days).astimezone(zone).utcoffset() or timedelta() for days in (-NEAR, NEAR))
    return max(timedelta(), before - after)


def floor_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def floor_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def ceil_hour(moment: datetime) -> datetime:
    floor = floor_hour(moment)
    return floor if floor == moment else floor + timedelta(hours=1)
