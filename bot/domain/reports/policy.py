"""When reports come, and to whom."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
ON_TIME = timedelta(minutes=2)
"""Whoever looks once a minute is not late."""
FireTime = Callable[[date], datetime | None]
"""When a schedule comes round on a local date, aware; None: not on that one."""


class Schedule(StrEnum):
    """What comes round, and is claimed by its date."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True)
class ReportPolicy:
    """`daily`, `weekly`, `monthly` and `until` by the clock of `zone` (None: the registry's): when the digest, the
    report of Sundays and the review of a month's first Monday come, and until when a missed one is made up for.
    `channel` "": where incidents are posted. `mail`: people of oncall.yaml who also get them by mail.
    `readiness_before`: so long before the first of a day's deadlines comes what it still lacks; None: never.
    """

    daily: time = time(7)
    weekly: time = time(8)
    monthly: time = time(8)
    until: time = time(12)
    zone: ZoneInfo | None = None
    channel: str = ""
    mail: tuple[str, ...] = ()
    readiness_before: timedelta | None = timedelta(hours=2)


class Turn(StrEnum):
    """What becomes of a report whose time has come, and why."""

    POST = "it is time"
    LATE = "its time has passed, and it is still of use"
    SKIP = "its time has passed by so much that it is of no use any more"
    WAIT = "its time has not come"
    NEW = "nothing was watched yet when its time came"


@dataclass(frozen=True)
class Due:
    """`at`: when it was due (aware UTC)."""

    turn: Turn
    day: date
    at: datetime
    late: timedelta = timedelta()


def last_fire(fires: FireTime, now: datetime, zone: ZoneInfo, days: int) -> tuple[date, datetime] | None:
    """The newest date whose time has come, of the last `days`."""
    today = now.astimezone(zone).date()
    for back in range(days + 1):
        at = fires(today - back * DAY)
        if at is not None and at <= now:
            return today - back * DAY, at
    return None


def due(
    fired: tuple[date, datetime] | None, now: datetime, until: time, zone: ZoneInfo, watched_since: datetime | None
) -> Due:
    """What becomes of it at `now`. Nothing is made up for that was due before anything was watched."""
    if fired is None:
        return Due(Turn.WAIT, now.astimezone(zone).date(), now)
    day, at = fired
    if watched_since is None or watched_since > at:
        return Due(Turn.NEW, day, at)
    late = now - at
    if late <= ON_TIME:
        return Due(Turn.POST, day, at)
    over = now.astimezone(zone).replace(tzinfo=None) >= datetime.combine(day, until)
    return Due(Turn.SKIP if over else Turn.LATE, day, at, late)
