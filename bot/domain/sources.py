"""Where facts come from: what a source feeds, how often it is read, and how far."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.errors import FirelineError


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


@dataclass(frozen=True)
class SourceStatus:
    """What is known of a source at `as_of`.

    `synced_at`: the end of its last read that ended well, by this process, or the last that brought rows. `newest`: the
    last moment that its rows tell of. `failing_since`: its reads fail since then, with `error`. `warnings`: what its
    last read could not take in, while the rest went on.
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

    @property
    def age(self) -> timedelta | None:
        """Since it was last read well; None: never."""
        return None if self.synced_at is None else self.as_of - self.synced_at

    @property
    def lag(self) -> timedelta | None:
        """Since the newest moment that its rows tell of; None where they tell of none."""
        return None if self.newest is None else self.as_of - self.newest
