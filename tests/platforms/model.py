"""Values of a generated world. Times are aware UTC."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
DENSE = 6
"""With so many slots a day or more a job fills its table slot by slot; one with fewer brings all at once."""
TWICE_FROM = 20
"""With so many slots a day a job also runs in both readings of an hour that comes twice."""


@dataclass(frozen=True)
class Job:
    """`minutes`: its slots, local minutes after midnight of the data date; `works`: the data dates that it has.
    `registry`: its schedule as the registry says it; `swing`: its volume by weekday.
    """

    name: str
    minutes: tuple[int, ...]
    works: Callable[[date], bool]
    registry: dict[str, object]
    criticality: str
    phase: int
    rows: int
    seconds: float
    limit: int
    depends: tuple[str, ...]
    source: str | None
    swing: tuple[float, ...]

    @property
    def dense(self) -> bool:
        return len(self.minutes) >= DENSE

    def slots(self, day: date, zone: ZoneInfo) -> list[datetime]:
        if not self.works(day):
            return []
        walls = [datetime.combine(day, time()) + timedelta(minutes=minute) for minute in self.minutes]
        found = {wall.replace(tzinfo=zone).astimezone(UTC) for wall in walls}
        if len(walls) >= TWICE_FROM:
            again = (wall.replace(tzinfo=zone, fold=1).astimezone(UTC) for wall in walls)
            found |= {each for each in again if each.astimezone(zone).fold}
        return sorted(found)


@dataclass
class Run:
    job: Job
    day: date
    started: datetime
    ended: datetime
    status: str
    records: int | None
    category: str | None
    text: str | None
    attempt: int
    beat: datetime
    known: datetime


class Load(NamedTuple):
    table: str
    day: date
    rows: int
    at: datetime


class RawFile(NamedTuple):
    source: str
    day: date
    size: int
    at: datetime


@dataclass
class Fault:
    """One thing done to the pipeline: `way` is what happens in the slots that begin in [first, last); of those in
    `picked` alone, counted from 0. What it has lost is there again at `mended`, or by a later slot.

    `silent`: a look-alike that must not alert. `rows`: the runs that it made; `blocked`: who waited for it.
    """

    kind: str
    jobs: tuple[str, ...]
    day: date
    first: datetime
    last: datetime
    way: str
    mended: datetime
    factor: float = 1.0
    picked: frozenset[int] | None = None
    silent: bool = False
    met: int = 0
    ended: datetime | None = None
    rows: list[Run] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)

    def on(self, job: str, slot: datetime) -> bool:
        return job in self.jobs and self.first <= slot < self.last


@dataclass(frozen=True)
class Options:
    """What to generate. `without`: columns of runs, or files, that are left out; `blank`: no texts, no categories."""

    platform: str
    seed: int
    days: int = 45
    without: tuple[str, ...] = ()
    blank: bool = False
    clean: bool = False


@dataclass
class Platform:
    zone: ZoneInfo
    jobs: list[Job]
    calendars: dict[str, dict[str, object]]

    def below(self, name: str) -> set[str]:
        """Everything made from it."""
        found = {name}
        for job in self.jobs:
            if found & set(job.depends):
                found.add(job.name)
        return found - {name}

    def kin(self, name: str) -> set[str]:
        """It, what it is made from and what is made from it."""
        return {name, *self.below(name), *(job.name for job in self.jobs if name in self.below(job.name))}
