"""How things have moved: success by day, failures by hour of the week, durations against their baseline."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.health.model import Durations, HealthRequest, Window
from bot.domain.health.usual import WeekdayUsual
from bot.domain.platform.calendar import ceil_hour, floor_hour

DAYS = 7
HEAT_WEEKS = 4


@dataclass(frozen=True)
class FailedHour:
    """Failed runs of one processor that started in one hour (aware UTC)."""

    processor: str
    phase: int | None
    hour: datetime
    failed: int


@dataclass(frozen=True)
class DayDurations:
    """Duration quantiles (seconds) of one day (UTC); processor None for a whole phase."""

    day: date
    durations: Durations


@dataclass(frozen=True)
class Trends:
    """`success`: line label -> rate of each day (None without runs). `heat[weekday][hour]`: failed runs in an average
    week, Monday first, local hours. `durations` by day, empty for the whole pipeline.
    `weekdays`: what is usual of a processor on each day of the week; without them `baseline` is.
    """

    request: HealthRequest
    subject: str
    days: tuple[date, ...]
    success: Mapping[str, Sequence[float | None]]
    heat: Sequence[Sequence[float]]
    durations: Sequence[DayDurations]
    baseline: Durations | None
    zone: str
    weekdays: Sequence[WeekdayUsual] = ()


def local_days(now: datetime, zone: ZoneInfo, count: int = DAYS) -> list[tuple[date, Window]]:
    """The last `count` calendar days of the zone, today included, each with the window of its runs."""
    today = now.astimezone(zone).date()
    days = [today - timedelta(days=back) for back in range(count - 1, -1, -1)]
    return [(day, window_of(day, zone, now)) for day in days]


def window_of(day: date, zone: ZoneInfo, now: datetime) -> Window:
    """Of the runs that began on a local day, up to now."""
    since = floor_hour(datetime.combine(day, time(), zone).astimezone(UTC))
    until = min(floor_hour(datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)), ceil_hour(now))
    return Window(since, until, now, 1, exact=False)


def heat_of(hours: Iterable[FailedHour], zone: ZoneInfo, weeks: int = HEAT_WEEKS) -> list[list[float]]:
    """Failed runs by local weekday and hour in an average week."""
    heat = [[0.0] * 24 for _ in range(7)]
    for item in hours:
        local = item.hour.astimezone(zone)
        heat[local.weekday()][local.hour] += item.failed / weeks
    return heat
