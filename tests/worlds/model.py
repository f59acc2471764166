"""Values of a generated world: processors, runs, loads, raw files, games, faults, options. Times are aware UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta


@dataclass(frozen=True)
class Processor:
    """One entry of the registry: `seconds` is the healthy median duration, `slots` ET hours after 00:00 of the date."""

    name: str
    phase: int
    criticality: str
    frequency: str
    slots: tuple[float, ...]
    source: str | None
    table: str | None
    typical: int
    seconds: float
    depends: tuple[str, ...] = ()
    scraper: bool = False
    polling: bool = False
    per_game: bool = True
    sporadic: bool = False
    fallback_for: str | None = None

    @property
    def sla(self) -> str:
        """Completion time as the registry writes it."""
        return f"{ {1: '02', 2: '03', 3: '04', 4: '05', 5: '17', 6: '18'}[self.phase] }:00 ET"


@dataclass
class Run:
    """One row of the run history; `category` is the true one, `shown` what the history says."""

    processor: str
    phase: int
    day: date
    started: datetime
    completed: datetime
    status: str
    records: int
    seconds: float
    category: str | None
    shown: str | None
    text: str | None
    attempt: int
    trigger: str
    heartbeat: datetime
    inserted: datetime
    number: int = 0


@dataclass
class Load:
    """State of a table's date after one load."""

    table: str
    day: date
    rows: int
    at: datetime


@dataclass(frozen=True)
class RawFile:
    source: str
    day: date
    name: str
    size: int
    at: datetime


@dataclass(frozen=True)
class Game:
    number: int
    day: date
    start: datetime
    final: datetime


@dataclass
class Fault:
    """One thing done to the pipeline: an incident, or with `silent` a look-alike that must not alert.

    `days` are the data dates it concerns; `window` bounds faults that go by clock time; a spike fails in the
    `hours` of its window. `rows` collects the runs it made.
    """

    kind: str
    processors: tuple[str, ...]
    days: tuple[date, ...]
    window: tuple[datetime, datetime] | None = None
    factor: float = 1.0
    shift: timedelta = timedelta(0)
    hours: frozenset[int] = frozenset()
    silent: bool = False
    masked: bool = False
    note: str = ""
    why: str = ""
    rows: list[Run] = field(default_factory=list)


@dataclass(frozen=True)
class Options:
    """What to generate; `faults` is None for every kind of incident, else the kinds wanted (empty: clean)."""

    seed: int
    days: int = 45
    volume: float = 0.25
    hard: bool = False
    texts: str = "a"
    faults: frozenset[str] | None = None


@dataclass
class Pieces:
    """The rows of a world, as the pipeline made them."""

    runs: list[Run] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)
    raw: list[RawFile] = field(default_factory=list)
    windows: list[dict[str, object]] = field(default_factory=list)
