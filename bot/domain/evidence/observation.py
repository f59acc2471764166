"""What becomes known of the pipeline, each piece with the moment from which it is known. Times are aware UTC."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from bot.domain.evidence.expectation import PlannedWindow
from bot.domain.evidence.known import Seen
from bot.domain.evidence.runs import POLLS, Category, Status


class RunSeen(NamedTuple):
    """A run as its history row tells it. `known_at`: when the row was written; before, only its start is known.

    `recorded`: its category as written (None: none, or unknown); `hinted`: what its error text says; `seconds`: its
    duration; `heartbeat_at`: its last heartbeat; `error`: of a failed run its error
    text, of a long one both ends.
    """

    run_id: str
    processor: str
    data_date: date
    started_at: datetime
    ended_at: datetime | None
    status: Status
    recorded: Category | None
    hinted: Category | None
    records: int | None
    seconds: float | None
    attempt: int
    trigger: str
    heartbeat_at: datetime | None
    known_at: datetime
    error: str | None = None

    def is_same_run(self, other: "RunSeen") -> bool:
        """Of one processor and date: attempts may share the id of their run, and each has its own start."""
        return self.run_id == other.run_id and self.started_at == other.started_at

    def with_time_limit(self, limit: float | None) -> "RunSeen":
        """A failure of no recorded category that took all the time it may ran out of time, whatever its text says."""
        if self.status is not Status.FAILED or self.recorded is not None or not self.took_all(limit):
            return self
        return self._replace(hinted=Category.TIMEOUT)

    def took_all(self, limit: float | None) -> bool:
        """Did it run for as long as it may? `limit`: seconds, None: not known."""
        return limit is not None and self.seconds is not None and self.seconds >= limit

    @property
    def found_nothing(self) -> bool:
        """Is it a poll that failed because there was no data yet?"""
        said = self.recorded or self.hinted
        return self.trigger in POLLS and self.status is Status.FAILED and said is Category.NO_DATA_AVAILABLE


class TableLoad(NamedTuple):
    """`rows`: the state of the table for that date after this load."""

    table: str
    data_date: date
    rows: int
    known_at: datetime


class RawFile(NamedTuple):
    source: str
    data_date: date
    size_bytes: int
    known_at: datetime


class Game(NamedTuple):
    """A scheduled game; `final_at` None: its end is not known yet."""

    data_date: date
    final_at: datetime | None


class QuietPolls(NamedTuple):
    """Polls of one (processor, date) that found nothing, as known: when the newest began, and the newest that says by
    itself that there was no data.
    """

    processor: str
    data_date: date
    polls: int
    newest: datetime
    newest_recorded: datetime | None


@dataclass(frozen=True)
class Asked:
    """Of whom something is to be observed: processors, tables, sources."""

    processors: tuple[str, ...]
    tables: tuple[str, ...]
    sources: tuple[str, ...]


class DateSpan(NamedTuple):
    """Data dates, both ends included."""

    first: date
    last: date


@dataclass(frozen=True)
class Observed:
    """What became known in a span of time, in no order. Games and windows are all that there are.

    `quiet`: polls that found nothing, where they are counted and not among the runs. `seen`: since when each table and
    source is known at all; `starts`: the first start of each processor; None: as the rows here tell it.
    """

    runs: tuple[RunSeen, ...]
    loads: tuple[TableLoad, ...]
    files: tuple[RawFile, ...]
    games: tuple[Game, ...]
    windows: tuple[PlannedWindow, ...]
    seen: Seen | None = None
    quiet: tuple[QuietPolls, ...] = ()
    starts: Mapping[str, datetime] | None = None


class Started(NamedTuple):
    """The start of a run whose row is not written yet."""

    run: RunSeen

    @property
    def known_at(self) -> datetime:
        return self.run.started_at


Row = RunSeen | TableLoad | RawFile
Event = Row | Started


def _begun(run: RunSeen) -> RunSeen:
    """What is known of it before its row is written; its heartbeats up to the moment of asking."""
    return run._replace(status=Status.RUNNING, ended_at=None, recorded=None, hinted=None, records=None, seconds=None)


class Timeline:
    """Everything observed, in the order in which it became known. Starts are made as they are told: weeks of runs are
    not held twice.
    """

    def __init__(self, observed: Observed) -> None:
        rows: list[Row] = [*observed.runs, *observed.loads, *observed.files]
        self._rows = sorted(rows, key=lambda row: row.known_at)
        finished = (run for run in observed.runs if run.status is not Status.RUNNING and run.trigger not in POLLS)
        self._starts = sorted(finished, key=lambda run: run.started_at)
        self._next_row, self._next_start = 0, 0

    def until(self, now: datetime) -> Iterator[Event]:
        """What became known since the last call, up to and including `now`."""
        while True:
            row = self._rows[self._next_row] if self._next_row < len(self._rows) else None
            start = self._starts[self._next_start] if self._next_start < len(self._starts) else None
            if row is not None and row.known_at <= now and (start is None or row.known_at <= start.started_at):
                self._next_row += 1
                yield row
            elif start is not None and start.started_at <= now:
                self._next_start += 1
                yield Started(_begun(start))
            else:
                return

    def again(self, since: datetime, now: datetime) -> Iterator[Event]:
        """Of what is known `now`, that of which the row was written after `since`: a second reading brings it too."""
        yield from (row for row in self._rows if since < row.known_at <= now)
        yield from (Started(_begun(run)) for run in self._starts if since < run.known_at and run.started_at <= now)
