"""Where facts come from: what a source feeds, how often it is read, and how far."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.domain.errors import FirelineError
from bot.domain.statistics import nearest_rank

REMEMBERED = timedelta(days=35)
"""How long it is known when rows came."""
FEWEST_DAYS, FEWEST_HOURS, FEWEST_OF_WEEKDAY = timedelta(days=7), 5, 3
"""Less history says nothing of what is usual."""
QUANTILE = 0.99
HOUR = timedelta(hours=1)
REPLACED_A_DAY = 1_500
"""So often BigQuery lets a table be replaced (https://cloud.google.com/bigquery/quotas#standard_tables)."""


class Feed(StrEnum):
    """What the rows of a source are, by the names of a data directory's files."""

    RUNS = "runs"
    TABLE_LOADS = "table_loads"
    RAW_FILES = "raw_files"
    GAME_SCHEDULE = "game_schedule"
    PLANNED_WINDOWS = "planned_windows"


class SourceFailed(FirelineError):
    """A source cannot be read now: `remedy` says what somebody can do about it."""

    retryable = True

    def __init__(self, reason: str, remedy: str = "") -> None:
        self.reason, self.remedy = reason, remedy
        super().__init__(f"{reason}. {remedy}".rstrip() if remedy else f"{reason}.")


ZONE_UNSAID = "UTC"
"""By whose clock moments without an offset are read where nobody says it."""


def zone_assumed(stem: str, columns: Iterable[str]) -> str:
    """What is made of a source's moments without a zone, and what to write where it is wrong."""
    return (
        f"{', '.join(columns)} of {stem} have no zone and are read as {ZONE_UNSAID}; if their clock is another, write"
        " its zone at the source in sources.yaml, such as `timezone: Europe/Berlin`"
    )


@dataclass(frozen=True)
class SourcePlan:
    """`feeds`: None where each file says by its name what it holds. `every`: from the start of one read to the next.
    `lateness`: rows may appear so much later than their place in the order of the cursor; each read goes back by it.
    """

    name: str
    kind: str
    feeds: Feed | None
    every: timedelta
    lateness: timedelta


def too_many_loads(plans: Iterable[SourcePlan]) -> str | None:
    """What to say where a warehouse in BigQuery may have to replace its staging tables oftener than it can."""
    loads = sum(timedelta(days=1) // plan.every for plan in plans)
    if loads <= REPLACED_A_DAY:
        return None
    return (
        f"the sources may make {loads:,} loads a day, each of which replaces the staging tables; BigQuery lets a table "
        f"be replaced {REPLACED_A_DAY:,} times a day. Beyond it loads fail until some hours later: make `every` longer"
    )


@dataclass(frozen=True)
class Arrivals:
    """How long nothing came from a source at the longest: `gaps` in minutes, by the hour (since 1970) in which each
    began; `newest`: the minute of its newest row.
    """

    gaps: Mapping[int, int] = field(default_factory=dict)
    newest: datetime | None = None

    @classmethod
    def of(cls, text: str) -> "Arrivals":
        if not text:
            return cls()
        held = json.loads(text)
        gaps = {int(hour): minutes for hour, minutes in held["gaps"].items()}
        return cls(gaps, datetime.fromtimestamp(held["newest"] * 60, UTC) if held["newest"] is not None else None)

    def text(self) -> str:
        newest = None if self.newest is None else int(self.newest.timestamp()) // 60
        return json.dumps({"gaps": self.gaps, "newest": newest}, separators=(",", ":"))

    def including(self, moments: Iterable[datetime]) -> "Arrivals":
        """With further rows by their moments; one that is older than the newest closes no gap."""
        gaps, newest = dict(self.gaps), self.newest
        for moment in sorted(moments):
            if newest is not None and moment > newest:
                began = _hour(newest)
                gaps[began] = max(gaps.get(began, 0), round((moment - newest) / timedelta(minutes=1)))
            newest = moment if newest is None else max(newest, moment)
        if newest is None:
            return self
        oldest = _hour(newest - REMEMBERED)
        return Arrivals({hour: minutes for hour, minutes in gaps.items() if hour >= oldest}, newest)

    def usual(self, moment: datetime) -> timedelta | None:
        """The 99th percentile (nearest rank) of the longest gaps that began in that hour of the day or its neighbours:
        on the same weekday, where three such hours are known. None while too little is known.
        """
        if not self.gaps or HOUR * (max(self.gaps) - min(self.gaps)) < FEWEST_DAYS:
            return None
        at = _hour(moment)
        near = {hour: minutes for hour, minutes in self.gaps.items() if (hour - at + 1) % 24 <= 2}
        same_weekday = [minutes for hour, minutes in near.items() if (hour - at + 1) % 168 <= 2]
        found = sorted(same_weekday if len(same_weekday) >= FEWEST_OF_WEEKDAY else near.values())
        if len(near) < FEWEST_HOURS:
            return None
        return timedelta(minutes=found[nearest_rank(QUANTILE, len(found))])


def _hour(moment: datetime) -> int:
    return int(moment.timestamp()) // 3600


@dataclass(frozen=True)
class SourceStatus:
    """What is known of a source at `as_of`.

    `synced_at`: the end of its last read that ended well, as far as it is stored. `newest`: the last moment that its
    rows tell of. `failing_since`: its reads fail since then, with `error`. `warnings`: what its last read could not
    take in, while the rest went on. `watched_since`: since when somebody reads it. `brings`: the names that its rows
    told of, by what it feeds: processors, tables, places of raw files. `back`: its first good read after the last that
    failed, with the rows that it brought.
    """

    plan: SourcePlan
    as_of: datetime
    synced_at: datetime | None = None
    newest: datetime | None = None
    failing_since: datetime | None = None
    error: str = ""
    rows: int = 0
    rejected: int = 0
    bytes_billed: int = 0
    warnings: tuple[str, ...] = ()
    watched_since: datetime | None = None
    brings: Mapping[Feed, frozenset[str]] = field(default_factory=dict)
    arrivals: Arrivals = field(default_factory=Arrivals)
    back: "Back | None" = None

    @property
    def feeds(self) -> frozenset[Feed]:
        """What it tells of: where its files say it by name, what they have told of."""
        return frozenset(self.brings) if self.plan.feeds is None else frozenset({self.plan.feeds})

    @property
    def age(self) -> timedelta | None:
        """Since it was last read well; None: never."""
        return None if self.synced_at is None else self.as_of - self.synced_at

    @property
    def lag(self) -> timedelta | None:
        """Since the newest moment that its rows tell of; None where they tell of none."""
        return None if self.newest is None else self.as_of - self.newest


@dataclass(frozen=True)
class Back:
    """A source that failed was read again."""

    at: datetime
    rows: int
