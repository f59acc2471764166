"""The warehouse: run history, evidence and their roll-up. Times are aware UTC."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import ClassVar, NamedTuple, Protocol

from bot.domain.errors import BadInput
from bot.domain.evidence.expectation import Evidence
from bot.domain.evidence.feeds import FeedGap
from bot.domain.evidence.freshness import DateFreshness, Held
from bot.domain.evidence.observation import Asked, DateSpan, Observed
from bot.domain.evidence.platform_facts import PlatformFacts
from bot.domain.evidence.vocabulary import Vocabulary
from bot.domain.health.baselines import DayCount, DaySketch
from bot.domain.health.early_warnings import SilentRun
from bot.domain.health.missing import DueOutcome, MissingDate
from bot.domain.health.model import DueDates, Durations, RunCount, Window
from bot.domain.health.noise import FailedGroup
from bot.domain.health.trends import DayDurations, FailedHour
from bot.domain.platform.draft import ProcessorFacts
from bot.domain.reports.cost import RunTimes
from bot.domain.reports.named_objectives import DayValues
from bot.domain.slo import CustomQuery
from bot.domain.sources import Arrivals, Feed


@dataclass(frozen=True)
class Hints:
    """What words of a history mean. `of`: error text -> the category that the text rules name, or "". `fingerprint`
    changes with the rules. `timezone`: by whose clock moments without an offset are written; None: nobody has said it.
    """

    of: Callable[[str], str]
    fingerprint: str
    vocabulary: Vocabulary = field(default_factory=Vocabulary.standard)
    timezone: str | None = None


@dataclass(frozen=True)
class AskedQuery:
    """A query with its values bound in: it runs as it is pasted into a console of the warehouse."""

    name: str
    sql: str


Progress = Callable[[str, int], None]
"""Called with (what is being done, rows concerned) at each step of a load."""


class MovedStart(NamedTuple):
    """A run that was given as one that began at `started_at` began at `real_start`."""

    processor: str
    run_id: str
    data_date: date
    started_at: datetime
    real_start: datetime


@dataclass(frozen=True)
class DataFile:
    """A file of rows: what it holds (the stem of a data directory's file) and what it is called in messages.

    `columns`: our column -> the one of the file that it is, where they are called otherwise. `part`: one of many that a
    source brings, so it may hold no row that can be used. `once`: the same bytes are never read again. `moved`: runs of
    its rows that may be there with another start. `pieces`: the files that it was made of, in the order of their rows;
    what is said of a row names its piece.
    """

    path: Path
    kind: str
    name: str
    columns: Mapping[str, str] = field(default_factory=dict)
    part: bool = False
    once: bool = True
    moved: tuple[MovedStart, ...] = ()
    pieces: "tuple[Piece, ...]" = ()

    @classmethod
    def of(cls, path: Path) -> "DataFile":
        """A file of a data directory: its name says what it holds."""
        return cls(path, path.stem, path.name)


@dataclass(frozen=True)
class Piece:
    """A file that is part of another one, which has so many of its rows."""

    file: DataFile
    rows: int


class NotAsOne(BadInput):
    """A file made of pieces of which not each can be told by itself. Nothing was changed: load them in smaller ones."""


@dataclass(frozen=True)
class GivenTable:
    """Rows of a source that lie beside a warehouse's own tables, where its SQL reaches them: only plain ones, whose
    values mean what they say. Any other row comes in a file.

    `table` as SQL names it, `types`: its columns and what the warehouse calls their types. The others as in `DataFile`.
    """

    table: str
    types: Mapping[str, str]
    rows: int
    kind: str
    name: str
    columns: Mapping[str, str] = field(default_factory=dict)
    part: ClassVar[bool] = True
    once: ClassVar[bool] = False
    moved: ClassVar[tuple[MovedStart, ...]] = ()
    pieces: ClassVar[tuple[Piece, ...]] = ()


@dataclass(frozen=True)
class SourceMark:
    """How far a source has been read: it is stored together with its rows. `cursor` is the source's own text.

    `moved_at`: when it was last stored. `newest`: the last moment that its rows tell of. The figures count all that it
    ever brought, `bytes_billed` what its reads and the loads of its rows have billed. `brings`, `arrivals` as in
    `SourceStatus`; the warehouse learns them from the rows.
    """

    source: str
    cursor: str
    moved_at: datetime
    newest: datetime | None = None
    rows: int = 0
    rejected: int = 0
    bytes_billed: int = 0
    brings: Mapping[Feed, frozenset[str]] = field(default_factory=dict)
    arrivals: Arrivals = field(default_factory=Arrivals)


@dataclass(frozen=True)
class SourceRead:
    """How the reads of a source go, as last stored: when one ended well; since when, and why, they fail."""

    source: str
    read_at: datetime | None = None
    failing_since: datetime | None = None
    error: str = ""


@dataclass(frozen=True)
class RejectedRow:
    """A row of a file that could not be used. `row` counts from 1, a header not counted."""

    file: str
    row: int
    name: str
    reason: str

    def __str__(self) -> str:
        named = f" ({self.name})" if self.name else ""
        return f"{self.file} row {self.row}{named}: {self.reason}"


@dataclass(frozen=True)
class FileReport:
    """What one file brought: its rows are the added, corrected, unchanged and rejected ones. `already_loaded`: the same
    bytes came before, nothing was touched.
    """

    file: str
    rows: int = 0
    added: int = 0
    corrected: int = 0
    unchanged: int = 0
    already_loaded: bool = False
    rejected: int = 0


@dataclass(frozen=True)
class LoadReport:
    """`touched_from`: nothing about runs or dates before it has changed; None when nothing has changed at all.
    `waiting`: rejected rows whose time comes within a day; the position of their source did not move.
    """

    files: tuple[FileReport, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    warnings: tuple[str, ...] = ()
    touched_from: datetime | None = None
    waiting: int = 0


@dataclass(frozen=True)
class History:
    """What the warehouse holds. `first_day` is the day of the first start, `first_date` the first data date,
    `known_until` the newest moment at which anything became known, `last_start` the hour in which a run last started;
    None when empty.
    """

    runs: int
    first_day: date | None
    known_until: datetime | None
    calendar_until: date | None
    warnings: tuple[str, ...]
    rejected: tuple[str, ...] = ()
    """Of the warnings, those about rows that were set aside: any answer may lack them."""
    last_start: datetime | None = None
    first_date: date | None = None
    gaps: tuple[FeedGap, ...] = ()
    """Of table loads and raw files: what would have come there is unknown."""
    unmatched: tuple[str, ...] = ()
    """Of the warnings, those about names of tables and sources that do not fit those of the registry."""


class Warehouse(Protocol):
    """Raises WarehouseUnavailable when it cannot be reached or is held by another process."""

    def only_while(self, may: Callable[[], bool]) -> None:
        """From now on it is changed only while `may` says so, asked before each step: whoever was frozen in the middle
        of a change, and was replaced meanwhile, gets WarehouseUnavailable.
        """
        ...

    def history(self) -> History: ...

    def platform_document(self) -> str | None:
        """The registry (JSON) that the data was loaded with; None before the first load."""
        ...

    def health_counts(self, window: Window) -> list[RunCount]: ...

    def health_durations(self, window: Window) -> list[Durations]: ...

    def health_due(self, window: Window) -> list[DueDates]: ...

    def missing_dates(self, window: Window) -> list[MissingDate]:
        """Of the dates that `health_due` counts, those whose data is known not to be there, in order of date."""
        ...

    def outcomes(self, window: Window) -> list[DueOutcome]:
        """Each of the dates that `health_due` counts, in order of date."""
        ...

    def failed_hours(self, window: Window) -> list[FailedHour]: ...

    def failed_groups(self, window: Window) -> list[FailedGroup]:
        """Failed runs of the window, without those whose "no data" is believed."""
        ...

    def start_hours(self, since: datetime, until: datetime) -> list[datetime]:
        """The hours of a span in which any run started, in order of time."""
        ...

    def daily_durations(self, window: Window) -> list[DayDurations]:
        """Quantiles by whole day (UTC) of the window: of each processor, and of each phase."""
        ...

    def daily_sketches(self, window: Window) -> list[DaySketch]:
        """By whole day (UTC) of the window, in order of day."""
        ...

    def daily_counts(self, window: Window) -> list[DayCount]:
        """Runs that succeeded or failed by whole day (UTC) of the window, in order of day."""
        ...

    def active_hours(self, window: Window) -> Mapping[str, int]:
        """On how many hours of the week each processor runs."""
        ...

    def run_times(self, window: Window) -> list[RunTimes]:
        """From the raw rows, as known now: for a report, not for a question that somebody waits for."""
        ...

    def day_values(self, query: CustomQuery, first: date, last: date) -> list[DayValues]:
        """What a team's own query gives for those dates. Raises BadInput in one line for one that cannot be run: a
        column that is not there, more bytes or time than it may take, anything but a SELECT.
        """
        ...

    def explain(self, query: CustomQuery, first: date, last: date) -> None:
        """Raises BadInput as `day_values` does, without the query's being run."""
        ...

    def evidence(self, processor: str, first: date, last: date, as_of: datetime) -> list[Evidence]: ...

    def observed(self, since: datetime, until: datetime, polls_since: datetime | None = None) -> Observed:
        """What became known in (since, until]; games whole, windows announced by `until`.

        Runs that have started by `until` but are known only later are among them: their row comes later. Polls that
        found nothing, nearly all runs of a pipeline that polls, are given from `polls_since` on (None: all).
        """
        ...

    def observed_dates(self, dates: DateSpan, loads_from: date, as_of: datetime, of: Asked | None = None) -> Observed:
        """Everything for those data dates, `of` these or of all: as `observed`, by when it was known, up to `as_of`.

        Polls that found nothing are counted, not listed.
        Table loads reach back to the data date `loads_from`: what is usual is computed from them.
        """
        ...

    def zero_record_runs(self, last: date) -> list[tuple[str, date, int]]:
        """(processor, data date, runs): how many runs succeeded with 0 records, of dates up to `last`, as known now."""
        ...

    def silent_runs(self, since: datetime, until: datetime) -> list[SilentRun]:
        """Runs of the schedule that began at `since` or later and have not ended, whose last heartbeat was before
        `until`; as known now.
        """
        ...

    def freshness(self, data_date: date, as_of: datetime) -> list[DateFreshness]:
        """Every registered processor for one data date, as of a moment; loads and runs are those that are known now."""
        ...

    def emptied(self, data_date: date, as_of: datetime) -> list[Held]:
        """When processors had their whole data for one data date: the spans that had ended by `as_of`."""
        ...

    def processors_seen(self) -> list[str]:
        """Every processor that the run history names, registered or not, in order of name."""
        ...

    def never_seen(self) -> list[str]:
        """Registered processors of which there is no run, row or file, in order of name; none that has data only now
        and then.
        """
        ...

    def traces(self) -> tuple[frozenset[str], frozenset[str]]:
        """The names that table loads and raw files have."""
        ...

    def processor_facts(self) -> list[ProcessorFacts]:
        """What the run history knows of each processor."""
        ...

    def doubts(self, platform: PlatformFacts) -> list[str]:
        """What of a registry does not fit the history: names that match nothing, runs of other dates. A line each."""
        ...

    def load(
        self,
        files: Sequence[DataFile | GivenTable],
        platform: PlatformFacts,
        hints: Hints,
        now: datetime,
        progress: Progress,
        mark: SourceMark | None = None,
    ) -> LoadReport:
        """Load files whole or not at all: a file that makes no sense stops everything before anything is changed.

        Loading the same files again changes nothing. `mark` is stored with the rows: its figures are added to those
        that are there. Raises BadInput with the file's name and what is wrong.
        """
        ...

    def source_marks(self) -> Mapping[str, SourceMark]:
        """How far each source has been read, by its name."""
        ...

    def source_reads(self) -> Mapping[str, SourceRead]:
        """How the reads of each source go, by its name; those alone of which something was stored."""
        ...

    def remember_read(self, read: SourceRead) -> None:
        """Store how the reads of a source go."""
        ...

    def traced(self) -> "tuple[Warehouse, list[AskedQuery]]":
        """The same data with nothing remembered of it, and each query that is asked of it from now on, once."""
        ...

    def query(self, name: str, as_of: datetime, processor: str) -> AskedQuery:
        """One query by its name, about the 7 days up to a moment. Raises BadInput for a name that is none."""
        ...

    def rebuild(self) -> int:
        """Rebuild the roll-up from the raw rows; returns the number of runs."""
        ...

    def close(self) -> None: ...
