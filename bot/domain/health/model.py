"""Health of the pipeline over a window: what failed for real, what was expected, and the named reasons for a colour."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.evidence.answers import END_OF_TIME
from bot.domain.evidence.runs import Category, Classified, DateState, FailedRun, Input, Status, Traits, classify
from bot.domain.gate.noise_ledger import NoiseLedger
from bot.domain.health.usual import Baseline
from bot.domain.incidents.incident import Incident
from bot.domain.platform.calendar import floor_hour
from bot.domain.sources import SourceStatus

BASELINE = timedelta(days=30)


class Colour(StrEnum):
    RED = "RED"
    YELLOW = "YELLOW"
    GREEN = "GREEN"
    GREY = "GREY"


@dataclass(frozen=True)
class HealthRequest:
    """`as_of` None: now, from the roll-up; otherwise exactly as known then. At most one of phase and processor."""

    days: int = 7
    phase: int | None = None
    processor: str | None = None
    as_of: datetime | None = None


@dataclass(frozen=True)
class Window:
    """Runs started in [since, until). `exact` reads raw rows as known at `as_of`; otherwise edges are whole hours.
    `late`: evidence that came after `as_of` counts too.
    """

    since: datetime
    until: datetime
    as_of: datetime
    days: int
    exact: bool
    late: bool = False

    @classmethod
    def live(cls, as_of: datetime, days: int) -> "Window":
        """Edges rounded outward to whole hours: the roll-up counts by the hour. A run that starts at `as_of` counts."""
        until = floor_hour(as_of) + timedelta(hours=1)
        return cls(floor_hour(as_of - timedelta(days=days)), until, as_of, days, exact=False)

    @classmethod
    def at(cls, as_of: datetime, days: int) -> "Window":
        return cls(as_of - timedelta(days=days), as_of, as_of, days, exact=True)

    @property
    def ends_at(self) -> datetime:
        """Up to when it has runs: what is counted by whole hours ends with the hour that goes on, which is not over."""
        return min(self.until, self.as_of)

    @property
    def known_at(self) -> datetime:
        """By when its evidence was known: with what came late, at the last moment of answers that still stand."""
        return END_OF_TIME - timedelta.resolution if self.late else self.as_of

    @property
    def of_whole_days(self) -> bool:
        return self.since.time() == time() == self.until.time()

    def last_day(self) -> "Window":
        """The day that ends where the window does."""
        return Window.at(self.as_of, 1) if self.exact else Window.live(self.as_of, 1)

    def baseline(self) -> "Window":
        """The 30 whole days (UTC) before the window, judged as of the window's moment."""
        until = datetime.combine(self.since.date(), time(), tzinfo=UTC)
        as_of = self.as_of if self.exact else until
        return Window(until - BASELINE, until, as_of, BASELINE.days, self.exact, late=not self.exact)


@dataclass(frozen=True, slots=True)
class RunCount:
    """How many runs of a processor look alike to classification."""

    processor: str
    phase: int | None
    status: Status
    recorded: Category | None
    hinted: Category | None
    input: Input
    zero_records: bool
    state: DateState
    runs: int


@dataclass(frozen=True, slots=True)
class Durations:
    """Quantiles (seconds) over succeeded runs of a processor, or of a phase when `processor` is None. Nearest rank: the
    smallest value with at least that share of the runs. From the roll-up within 1 %.
    """

    processor: str | None
    phase: int | None
    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class DueDates:
    """Dates with data due that were settled within the window; how many of them have their data, and of how many it
    is unknown. `undecided`: dates on which data may have been due, for all that the calendar says.
    """

    processor: str
    due: int
    filled: int
    unknown: int = 0
    undecided: int = 0

    @property
    def known(self) -> int:
        """Of so many it is known whether they have their data."""
        return self.due - self.unknown

    @property
    def missing(self) -> int:
        return self.known - self.filled

    def __add__(self, other: "DueDates") -> "DueDates":
        return replace(
            self,
            due=self.due + other.due,
            filled=self.filled + other.filled,
            unknown=self.unknown + other.unknown,
            undecided=self.undecided + other.undecided,
        )


@dataclass(slots=True)
class Tally:
    """Counts of one processor or phase over one period."""

    runs: int = 0
    succeeded: int = 0
    skipped: int = 0
    failed: int = 0
    expected: int = 0
    real: int = 0
    unknown: int = 0
    masked: int = 0
    zero_on_game_days: int = 0
    by_category: dict[Category, int] = field(default_factory=dict)

    def add(self, count: RunCount, traits: Traits) -> None:
        self.runs += count.runs
        if count.status is Status.SUCCESS:
            self.succeeded += count.runs
            if count.zero_records and count.state.expected:
                self.zero_on_game_days += count.runs
        elif count.status is Status.SKIPPED:
            self.skipped += count.runs
        elif count.status is Status.FAILED:
            failed = FailedRun(count.recorded, count.hinted, count.input)
            self._add_failed(classify(failed, count.state, traits), count.runs)

    def _add_failed(self, classified: Classified, runs: int) -> None:
        self.failed += runs
        self.by_category[classified.category] = self.by_category.get(classified.category, 0) + runs
        self.masked += runs if classified.masked else 0
        if classified.category is Category.NO_DATA_AVAILABLE:
            self.expected += runs
        elif classified.category is Category.UNKNOWN:
            self.unknown += runs
        else:
            self.real += runs

    def merge(self, other: "Tally") -> None:
        for name in ("runs", "succeeded", "skipped", "failed", "expected", "real", "unknown", "masked"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.zero_on_game_days += other.zero_on_game_days
        for category, runs in other.by_category.items():
            self.by_category[category] = self.by_category.get(category, 0) + runs

    @property
    def success_rate(self) -> float | None:
        """succeeded / (succeeded + real + unknown); None without any."""
        return self.succeeded / self.tried if self.tried else None

    @property
    def tried(self) -> int:
        """The runs that a rate is of."""
        return self.succeeded + self.real + self.unknown


class Because(StrEnum):
    """What may give something its colour. `OPEN_P0` and `BUDGET_SPENT` make the whole RED."""

    ALL_WELL = "all_well"
    BEFORE_HISTORY = "before_history"
    BELOW_TARGET = "below_target"
    BUDGET_OF_TIME_SPENT = "budget_of_time_spent"
    BUDGET_SPENT = "budget_spent"
    BUDGET_WITHOUT_ROOM = "budget_without_room"
    DID_NOT_RUN = "did_not_run"
    DUE_UNKNOWN = "due_unknown"
    DATA_UNKNOWN = "data_unknown"
    FAILING_MORE_THAN_BASELINE = "failing_more_than_baseline"
    FLEET_SILENT = "fleet_silent"
    MOSTLY_FAILING = "mostly_failing"
    NEVER_SEEN = "never_seen"
    NO_HEARTBEAT = "no_heartbeat"
    NOT_DELIVERED = "not_delivered"
    NOT_REGISTERED = "not_registered"
    NOTHING_RAN = "nothing_ran"
    NOTHING_SUCCEEDED = "nothing_succeeded"
    SLOTS_MISSED = "slots_missed"
    SLOWER_THAN_BASELINE = "slower_than_baseline"
    SOURCE_BLIND = "source_blind"
    STATE_UNREADABLE = "state_unreadable"
    OPEN_P0 = "open_p0"
    OPEN_P1 = "open_p1"
    DATES_MISSING = "dates_missing"
    NO_NEW_DATA = "no_new_data"
    DATES_LOST = "dates_lost"


@dataclass(frozen=True)
class HealthReason:
    """Why something has its colour; `text` is for people."""

    name: Because
    subject: str
    text: str


@dataclass(frozen=True, kw_only=True)
class HealthRow:
    """One phase (`is_phase`) or one processor. Durations in seconds; rates as fractions. `day` and `day_due` are of the
    last day, None where that was not asked for; `red_today`: why the last day alone is RED.
    """

    name: str
    phase: int | None
    status: Colour
    tally: Tally
    durations: Durations | None
    baseline: Tally
    baseline_durations: Durations | None
    due: DueDates
    target: float | None
    findings: tuple[HealthReason, ...]
    is_phase: bool = False
    day: Tally | None = None
    day_due: DueDates | None = None
    red_today: tuple[HealthReason, ...] = ()


class NoIncident(StrEnum):
    """Why a real failure is in no incident, in words that follow a number."""

    SUPPRESSED = "hidden by a silence or a planned window"
    HELD = "held to be grouped"
    DIGEST = "left to the digest (P3)"
    SHADOW = "in shadow by policy"
    REPAIRED = "repaired by a later run"
    FEW = "not yet three in a row"
    EARLIER = "before Fireline watched"
    UNEXPLAINED = "neither repaired nor reported"


@dataclass(frozen=True, kw_only=True)
class Noise:
    """`kept_quiet`: expected failures, of which nobody is notified. `real`: the others. `in_incidents` and `in_none`
    are None where incidents are not known; `unexplained` names those of them that no other reason covers. `alerts`:
    notifications that arrived, `undelivered` those that did not yet; `findings`: how those of the window ended.
    """

    raw_failures: int
    kept_quiet: int
    real: int
    by_category: Mapping[Category, int]
    in_incidents: int | None = None
    in_none: Mapping[NoIncident, int] | None = None
    unexplained: tuple[str, ...] = ()
    alerts: int = 0
    undelivered: int = 0
    findings: NoiseLedger | None = None

    @property
    def adds_up(self) -> bool:
        """Are those in incidents and those in none all that are real? Not where rows came between two questions."""
        return self.in_incidents is None or self.in_incidents + sum((self.in_none or {}).values()) == self.real


@dataclass(frozen=True)
class DatesWithout:
    """How many dates due lack their data, by where that is said: among the reasons, in open incidents, or nowhere, as
    the loss is accepted.
    """

    named: int = 0
    in_incidents: int = 0
    accepted: int = 0


@dataclass(frozen=True, kw_only=True)
class HealthReport:
    """`overall` and `reasons` are of now, the rows of the window. `open` are the incidents in scope, worst first; None
    where they are not known; `watched`: until when those of which nothing holds any more are, by id. `sources`: how
    each stands.
    """

    window: Window
    overall: Colour
    reasons: tuple[HealthReason, ...]
    phases: tuple[HealthRow, ...]
    processors: tuple[HealthRow, ...]
    noise: Noise
    warnings: tuple[str, ...]
    open: tuple[Incident, ...] | None = None
    watched: Mapping[str, datetime] = field(default_factory=dict)
    without: DatesWithout = DatesWithout()
    sources: tuple[SourceStatus, ...] = ()
    baseline: Baseline | None = None

    @property
    def total(self) -> Tally:
        """Of everything in scope over the window."""
        return total_of(row.tally for row in self.processors)

    @property
    def last_day(self) -> Tally | None:
        days = [row.day for row in self.processors if row.day is not None]
        return total_of(days) if days else None


def total_of(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total.merge(tally)
    return total


def data_dates_judged_within(window: Window) -> tuple[date, date]:
    """The data dates whose judgement can fall into the window: a slot lies at most three days after its date."""
    return (window.since - timedelta(days=4)).date(), (window.until + timedelta(days=1)).date()
