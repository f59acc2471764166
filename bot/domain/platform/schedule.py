"""When a processor is due: wall-clock slots of a data date, on the days of its calendar, while it is active."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise, product
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.domain.platform.calendar import latest_reading, slot_instant

MISSING_AFTER = timedelta(minutes=45)
"""A run that has not started this long after its slot is missing, where no grace is stated."""
TWICE_FROM = 20
"""With so many slots a day or more a job also runs in both readings of an hour that comes twice, as cron does."""
HOURS_A_DAY = 24
NEVER_WITHIN_DAYS = 9 * 366
"""29 February comes at the latest after eight years (1896 to 1904)."""
SHORTHANDS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_DAY = timedelta(days=1)


class Weekday(StrEnum):
    MON, TUE, WED, THU, FRI, SAT, SUN = "mon", "tue", "wed", "thu", "fri", "sat", "sun"


WEEK = tuple(Weekday)


def _short_name(value: object) -> object:
    return value[:3].casefold() if isinstance(value, str) else value


DayName = Annotated[Weekday, BeforeValidator(_short_name)]
"""`Mon`, `monday`, `MON`."""


class Days(BaseModel):
    """A named calendar: the days that count. `month_days`: of those that the others leave, the 1st, the 15th, the last
    (-1) of each month: with weekdays, -1 is the last working day.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    weekdays: tuple[DayName, ...] = WEEK
    holidays: tuple[date, ...] = ()
    month_days: tuple[Annotated[int, Field(ge=-31, le=31)], ...] = ()

    @model_validator(mode="after")
    def _has_a_day(self) -> "Days":
        if not self.weekdays:
            raise ValueError("has no weekday; name one, or leave weekdays out")
        if 0 in self.month_days:
            raise ValueError("has the month day 0; days count from 1, or from -1 for the last")
        return self

    def include(self, day: date) -> bool:
        if not self._counts(day):
            return False
        if not self.month_days:
            return True
        last = monthrange(day.year, day.month)[1]
        counting = [number for number in range(1, last + 1) if self._counts(day.replace(day=number))]
        places = (number - 1 if number > 0 else len(counting) + number for number in self.month_days)
        return day.day in {counting[place] for place in places if 0 <= place < len(counting)}

    def _counts(self, day: date) -> bool:
        return WEEK[day.weekday()] in self.weekdays and day not in self.holidays


class Active(BaseModel):
    """The data dates, both included, on which a processor is in service; None: no limit."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    first: Annotated[date | None, Field(alias="from")] = None
    last: Annotated[date | None, Field(alias="until")] = None

    @model_validator(mode="after")
    def _ordered(self) -> "Active":
        if self.first is not None and self.last is not None and self.first > self.last:
            raise ValueError(f"from {self.first} comes after until {self.last}")
        return self

    def includes(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def cron_expressions(value: Any) -> Any:
    """One expression, or a list of them, as a tuple. Raises ValueError for one that makes no sense or never fires."""
    given = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list | tuple) else None
    if given is None or not all(isinstance(each, str) for each in given):
        raise ValueError('is no cron expression; write "MINUTE HOUR DAY MONTH WEEKDAY" in quotes, or a list of them')
    for each in given:
        _refuse_unusable(each)
    return given


def _refuse_unusable(expression: str) -> None:
    text = SHORTHANDS.get(expression.strip(), expression)
    if len(text.split()) != 5:
        raise ValueError(f"{expression!r} has {len(text.split())} fields; write MINUTE HOUR DAY MONTH WEEKDAY")
    try:
        fires = cron(expression).fires_ever()
    except CronSimError as error:
        fires = False
        if not _reads_in_parts(text):
            remedy = "write MINUTE HOUR DAY MONTH WEEKDAY"
            raise ValueError(f"{expression!r} is no cron expression ({error}); {remedy}") from None
    if not fires:
        raise ValueError(f"{expression!r} never fires: no date has that day and month")


def _reads_in_parts(text: str) -> bool:
    """Is its day a day, and its month a month? Then what makes no sense is the two together, as in 30 February."""
    minute, hour, day, month, weekday = text.split()
    try:
        cron(f"{minute} {hour} {day} * {weekday}")
        cron(f"{minute} {hour} * {month} {weekday}")
    except CronSimError:
        return False
    return True


@dataclass(frozen=True)
class Cron:
    """A cron expression, read: on which days it fires, and at which wall-clock hours (6.5 is 06:30) of each."""

    parsed: CronSim
    hours: tuple[float, ...]

    def fires_on(self, day: date) -> bool:
        return day.month in self.parsed.months and self.parsed.match_day(day)

    def fires_ever(self) -> bool:
        first = date(2024, 1, 1)
        return any(self.fires_on(first + offset * _DAY) for offset in range(NEVER_WITHIN_DAYS))


@lru_cache(maxsize=10_000)
def cron(expression: str) -> Cron:
    """Raises CronSimError."""
    parsed = CronSim(SHORTHANDS.get(expression.strip(), expression), datetime(2026, 1, 1))  # noqa: DTZ001 (wall clock)
    times = product(sorted(parsed.hours), sorted(parsed.minutes))
    return Cron(parsed, tuple(hour + minute / 60 for hour, minute in times))


@lru_cache(maxsize=10_000)
def _later(hours: tuple[float, ...], days: int) -> tuple[float, ...]:
    return tuple(hour + HOURS_A_DAY * days for hour in hours) if days else hours


@dataclass(frozen=True)
class Schedule:
    """The slots of a processor. `hours` are wall-clock hours after midnight of the data date, above 24 on later days;
    the data date of a slot of `crons` lies `lag_days` before its local date; a run may start `grace` after its slot.
    """

    zone: ZoneInfo
    hours: tuple[float, ...] = ()
    crons: tuple[str, ...] = ()
    days: Days | None = None
    active: Active | None = None
    lag_days: int = 0
    grace: timedelta | None = None

    @property
    def missing_after(self) -> timedelta:
        """A run that has not started so long after its slot is missing."""
        return MISSING_AFTER if self.grace is None else self.grace

    @property
    def has_slots(self) -> bool:
        """On some day."""
        return bool(self.hours or self.crons)

    @property
    def fires_ever(self) -> bool:
        """Is there a day that both its slots and its calendar have? While it is in service or not."""
        return not self.has_slots or self.days is None or _meet(self.hours, self.crons, self.days, self.lag_days)

    @property
    def most_a_day(self) -> int:
        """Slots of a day on which all of it fires."""
        return len(self.hours) + sum(len(cron(each).hours) for each in self.crons)

    @property
    def apart(self) -> timedelta | None:
        """The nearest two slots of a day; None where it has no two."""
        return _apart(self.hours, self.crons)

    def is_working(self, day: date) -> bool:
        """Whether it is in service for a data date, and that is no day off."""
        on_calendar = self.days is None or self.days.include(day)
        return on_calendar and (self.active is None or self.active.includes(day))

    def hours_on(self, day: date) -> tuple[float, ...]:
        """Wall-clock hours of the slots of a data date, ascending; none where it does not work."""
        if not self.is_working(day):
            return ()
        if not self.crons:
            return self.hours
        fires_on = day + self.lag_days * _DAY
        firing = [_later(cron(each).hours, self.lag_days) for each in self.crons if cron(each).fires_on(fires_on)]
        if len(firing) == 1 and not self.hours:
            return firing[0]
        return tuple(sorted({*self.hours, *(hour for hours in firing for hour in hours)}))

    def slots(self, day: date) -> tuple[datetime, ...]:
        """The instants (UTC) of the slots of a data date, ascending, each once."""
        return _instants(day, self.hours_on(day), self.zone)

    def last_chance(self, day: date) -> datetime | None:
        """When the last slot of a data date may run at the latest; None without slots."""
        hours = self.hours_on(day)
        if not hours:
            return None
        last = _latest(day, hours[-1], self.zone, int(len(hours) >= TWICE_FROM))
        return last if self.grace is None else last + self.grace

    def newest(self, now: datetime) -> date | None:
        """The newest data date with a slot by now; None without one in the last 400 days."""
        day = now.astimezone(self.zone).date()
        for back in range(400):
            candidate = day - back * _DAY
            hours = self.hours_on(candidate)
            if hours and slot_instant(candidate, hours[0], self.zone) <= now:
                return candidate
        return None


@lru_cache(maxsize=10_000)
def _apart(hours: tuple[float, ...], crons: tuple[str, ...]) -> timedelta | None:
    ordered = sorted({*hours, *(hour for each in crons for hour in cron(each).hours)})
    nearest = min((later - earlier for earlier, later in pairwise(ordered)), default=None)
    return None if nearest is None else timedelta(hours=nearest)


@lru_cache(maxsize=10_000)
def _meet(hours: tuple[float, ...], crons: tuple[str, ...], days: Days, lag_days: int) -> bool:
    first, known = date(2024, 1, 1), [cron(each) for each in crons]
    counting = (day for day in (first + n * _DAY for n in range(NEVER_WITHIN_DAYS)) if days.include(day))
    return any(hours or any(each.fires_on(day + lag_days * _DAY) for each in known) for day in counting)


@lru_cache(maxsize=20_000)
def _instants(day: date, hours: tuple[float, ...], zone: ZoneInfo) -> tuple[datetime, ...]:
    """Between two clock changes the slots are as far apart as the clock shows."""
    if not hours:
        return ()
    first, last = slot_instant(day, hours[0], zone), slot_instant(day, hours[-1], zone, fold=1)
    if last - first == timedelta(hours=hours[-1] - hours[0]) and _offset(first, zone) == _offset(last, zone):
        return tuple(first + timedelta(hours=hour - hours[0]) for hour in hours)
    instants = [slot_instant(day, hour, zone) for hour in hours]
    if len(hours) >= TWICE_FROM:
        again = (slot_instant(day, hour, zone, fold=1) for hour in hours)
        instants += [instant for instant in again if instant.astimezone(zone).fold]
    return tuple(sorted(set(instants)))


@lru_cache(maxsize=20_000)
def _latest(day: date, hour: float, zone: ZoneInfo, fold: int) -> datetime:
    return max(latest_reading(day, hour, zone), slot_instant(day, hour, zone, fold))


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta | None:
    return instant.astimezone(zone).utcoffset()
