"""How long before its slot the data date of a run lies: what the history shows, beside what the registry says."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.counts import plural
from bot.domain.platform.registry import MOST_LAG
from bot.domain.platform.schedule import HOURS_A_DAY, Schedule

FEW_DATES = 5
"""With fewer dates than this, what looks regular may be chance."""
MOST_DATES = 0.6
MOST_NAMED = 3
_DAY = timedelta(days=1)
Starts = Mapping[date, datetime]
"""The first start of each data date."""


@dataclass(frozen=True)
class Shift:
    """Runs start so many days after (below 0: before) the slots of their data date, on `dates` of `of` dates."""

    days: int
    dates: int
    of: int


def lag_of(slots: Iterable[float]) -> int | None:
    """Days between the data date and the day of its slots (wall-clock hours); None where they lie on several days."""
    days = {int(slot // HOURS_A_DAY) for slot in slots}
    return days.pop() if len(days) == 1 else None


def shift_of(schedule: Schedule, starts: Starts) -> Shift | None:
    """None where runs start on the day of their slots, or too few dates show another. Polls come before the slots, so
    an earlier start tells something only where the registry says that the data date lies before its slots.
    """
    slots = {day: schedule.slots(day) for day in starts}
    days = Counter(round((starts[day] - of_day[0]) / _DAY) for day, of_day in slots.items() if of_day)
    if days.total() < FEW_DATES:
        return None
    ((usual, dates),) = days.most_common(1)
    tells = usual > 0 or (usual < 0 <= schedule.lag_days + usual)
    return Shift(usual, dates, days.total()) if tells and dates >= MOST_DATES * days.total() else None


def shifted(schedules: Mapping[str, Schedule], starts: Mapping[str, Starts]) -> str:
    """What to say of processors whose runs have other data dates than the registry says; empty without any."""
    names = sorted(schedules.keys() & starts.keys())
    said = [_said(name, schedules[name], shift) for name in names if (shift := shift_of(schedules[name], starts[name]))]
    more = len(said) - MOST_NAMED
    others = f"so {'does' if more == 1 else 'do'} {plural(more, 'more processor')}"
    return "; ".join([*said[:MOST_NAMED], *([others] if more > 0 else [])])


def _said(name: str, schedule: Schedule, shift: Shift) -> str:
    count = abs(shift.days)
    far = f"{plural(count, 'day')} {'later' if shift.days > 0 else 'earlier'}"
    lost = ", so its dates count as missing" if shift.days > 0 else ""
    there = f"{name} starts {far} than the registry says, on {shift.dates} of {shift.of} data dates{lost}"
    return f"{there}: {_remedy(schedule, shift.days)}"


def _remedy(schedule: Schedule, days: int) -> str:
    if not schedule.crons:
        return f"schedule_hours_et counts from the data date, so add {HOURS_A_DAY * days} to its hours"
    lag = schedule.lag_days + days
    if lag > MOST_LAG:
        return f"data_lag_days is at most {MOST_LAG}, so leave its schedule out"
    return f"write data_lag_days: {lag}"
