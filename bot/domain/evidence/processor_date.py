"""One processor and one data date, as it is at a moment: its slots, runs, rows, files."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import chain

from bot.domain.evidence.attempts import OFF_SCHEDULE
from bot.domain.evidence.expectation import SMALLEST_FILE, expectation, traits
from bot.domain.evidence.known import emptied_at
from bot.domain.evidence.observation import QuietPolls, RunSeen
from bot.domain.evidence.rules import input_seen, is_filled, judged_from, ready_at, settled_from, unscheduled_from
from bot.domain.evidence.runs import (
    POLLS,
    Category,
    Classified,
    DateState,
    FailedRun,
    Input,
    InputKind,
    Status,
    Traits,
    Trigger,
    classify,
)
from bot.domain.platform.judgement import STANDARD, Judgement
from bot.domain.platform.registry import Kind, Processor
from bot.domain.platform.schedule import MISSING_AFTER

RECENT_ROWS = 20
"""A row that is written again comes soon after the first."""
EARLY_START = timedelta(minutes=15)
"""A run may start so long before its slot and still be that slot's run."""


LOAD_LAG = timedelta(minutes=2)
"""A table's load may become visible so long after the run that made it says it has ended."""
QUIET = frozenset({Category.NO_DATA_AVAILABLE, Category.UPSTREAM_FAILURE})
"""Failures that are none of the processor's own."""


@dataclass
class Trace:
    """What one table or one source shows for one date: (moment, rows or bytes), in the order it became known.
    `claimed_at`: when a run was known last that may have brought some.
    """

    seen: list[tuple[datetime, int]] = field(default_factory=list)
    claimed_at: datetime | None = None

    @property
    def latest(self) -> int | None:
        return self.seen[-1][1] if self.seen else None

    def at(self, moment: datetime) -> int:
        """What it showed at that moment; 0 when it showed nothing yet."""
        return next((size for at, size in reversed(self.seen) if at <= moment), 0)

    def first_above(self, least: int) -> datetime | None:
        return next((at for at, size in self.seen if size >= least), None)

    @property
    def filled_since(self) -> datetime | None:
        """When a table first had rows; None while it has none, be it that it was emptied."""
        return self.first_above(1) if self.latest else None

    def any_after(self, moment: datetime) -> bool:
        return bool(self.seen) and self.seen[-1][0] >= moment


@dataclass
class ProcessorDate:
    """The state of (processor, data date). `expected` None: it is unknown whether data is due.

    `games_over_at`: when the games that it waits for have all ended or been given up, None when it waits for none.
    `last_chance`: when its last slot may run at the latest. `table` and `file` are None where there is nothing to look
    at, or it says nothing of the date; `upstream` are the tables that it is made from, of those that do.
    `input_untold`: what it is made from leaves a trace, and none says anything of the date. `quiet`: polls that are
    only counted. `in_service`: it is, and its calendar has the date. `hidden`: a row that cannot be used may be the one
    that tells of it. `unrecorded`: why nobody can tell whether data or a run is missing, see `recorded.unrecorded`.
    `missing_after`: a run is missing so long after its slot; `judgement`: when the rest counts.
    """

    processor: Processor
    data_date: date
    slots: tuple[datetime, ...]
    last_chance: datetime | None
    deadline: datetime | None
    expected: bool | None
    runs_due: bool
    games: int
    table: Trace | None
    file: Trace | None
    input_kind: InputKind
    upstream: tuple[Trace, ...] = ()
    games_over_at: datetime | None = None
    input_untold: bool = False
    runs: list[RunSeen] = field(default_factory=list)
    polls: list[RunSeen] = field(default_factory=list)
    last_no_data_at: datetime | None = None
    quiet: QuietPolls | None = None
    unrecorded: str | None = None
    in_service: bool = True
    hidden: bool = False
    missing_after: timedelta = MISSING_AFTER
    judgement: Judgement = STANDARD
    under_way: dict[str, RunSeen] = field(default_factory=dict)
    changes: int = field(default=0, compare=False)
    """Counts what was taken in."""
    _filled: tuple[tuple[int, ...], bool | None] | None = field(default=None, init=False, repr=False, compare=False)
    """What was answered last, and of which changes."""

    def begin(self, run: RunSeen) -> None:
        """Take in a run that is under way."""
        self.changes += 1
        self.under_way[run.run_id] = run

    def take(self, run: RunSeen) -> None:
        """Take in a finished run, in place of what was known of it before."""
        self.changes += 1
        self.under_way.pop(run.run_id, None)
        kept = self.polls if run.trigger in OFF_SCHEDULE else self.runs
        run_id, started_at = run.run_id, run.started_at
        for known in kept[-RECENT_ROWS:]:
            if known.run_id == run_id and known.started_at == started_at:
                kept[:] = [known for known in kept if not known.is_same_run(run)]
                break
        kept.append(run)
        if run.status is Status.FAILED and run.recorded is Category.NO_DATA_AVAILABLE:
            self.last_no_data_at = max(run.started_at, self.last_no_data_at or run.started_at)

    def forget_polls(self) -> None:
        """Let go of the polls that found nothing, thousands a day. The newest stays: it may be the last attempt."""
        self.changes += 1
        newest = max((run for run in self.polls if run.found_nothing), key=lambda run: run.started_at, default=None)
        self.polls = [run for run in self.polls if run is newest or not run.found_nothing]

    @property
    def attempts(self) -> Iterator[RunSeen]:
        """The runs of the schedule and the polls in between."""
        return chain(self.runs, self.polls)

    @property
    def masked(self) -> bool:
        """Did a run say "no data" although its file was there and the table has had no rows since? Whether data was due
        and missing is asked elsewhere.
        """
        said = self.last_no_data_at if self.input_kind is InputKind.FILE else None
        return said is not None and self.input_at(said) is Input.READY

    @cached_property
    def judged_at(self) -> datetime | None:
        return judged_from(expectation(self.processor), self.data_date, self.last_chance, self.judgement)

    @property
    def settled_at(self) -> datetime:
        """From when on its data can be judged, games that it waits for aside."""
        return self.judged_at or unscheduled_from(self.data_date)

    def judged(self, now: datetime) -> bool:
        return self.judged_at is not None and self.judged_at <= now

    def settled(self, now: datetime) -> bool:
        """Is what is not there missing?"""
        settled_at = settled_from(self.settled_at, self.games_over_at)
        return settled_at is not None and settled_at <= now

    def games_over(self, now: datetime) -> bool:
        return self.games_over_at is None or self.games_over_at <= now

    @property
    def is_scraper(self) -> bool:
        return self.processor.kind is Kind.SCRAPER

    @property
    def file_at(self) -> datetime | None:
        """When the first raw file that is not empty came."""
        return self.file.first_above(SMALLEST_FILE) if self.file is not None else None

    @property
    def rows(self) -> int | None:
        """Rows of the table for this date; None when no table is looked at, 0 when it has none."""
        return None if self.table is None else (self.table.latest or 0)

    @property
    def loaded_at(self) -> datetime | None:
        """When its table was loaded last."""
        return self.table.seen[-1][0] if self.table is not None and self.table.seen else None

    @property
    def loads(self) -> int:
        return len(self.table.seen) if self.table is not None else 0

    @property
    def filled(self) -> bool | None:
        """Is the data there? A scraper's only trace is its file; where nothing is traced, its runs."""
        asked = self._traced()
        if self._filled is None or self._filled[0] != asked:
            self._filled = asked, self._is_filled()
        return self._filled[1]

    def _traced(self) -> tuple[int, ...]:
        """Another one whenever something was taken in."""
        table, file = self.table, self.file
        loads, files = -1 if table is None else len(table.seen), -1 if file is None else len(file.seen)
        return self.changes, loads, files, len(self.runs), len(self.polls), len(self.under_way)

    def _is_filled(self) -> bool | None:
        rows, is_scraper = self.rows, self.is_scraper
        return is_filled(
            rows,
            None if self.file is None else self.file_at is not None,
            is_scraper=is_scraper,
            brought=rows is None and not is_scraper and self.brought,
            no_run=self.no_run,
            only_failed=rows is None and not is_scraper and self.only_failed,
        )

    @property
    def no_run(self) -> bool:
        """Is data due, no run of the schedule has begun, and nothing that cannot be read may tell otherwise?"""
        return bool(self.expected) and self.runs_due and not self.hidden and not any(self._of_the_schedule())

    @property
    def brought(self) -> bool:
        """Does a run say that it brought records?"""
        return any(run.status is Status.SUCCESS and run.records for run in self.attempts)

    @property
    def claimed(self) -> int | None:
        """The most records that one of its runs says to have brought; None where none says how many."""
        said = [run.records for run in self.attempts if run.status is Status.SUCCESS and run.records is not None]
        return max(said, default=None)

    @property
    def input_ready_at(self) -> datetime | None:
        if self.input_kind is InputKind.FILE:
            return self.file_at
        if self.input_kind is InputKind.UPSTREAM and self.upstream:
            return ready_at(trace.filled_since for trace in self.upstream)
        return None

    def input_at(self, moment: datetime) -> Input:
        return input_seen(self.input_kind, self.input_ready_at, self.emptied_at, moment)

    @property
    def emptied_at(self) -> datetime | None:
        """When its table lost the rows that it had; None while it has any."""
        return emptied_at(self.table.seen) if self.table is not None else None

    def classified(self, run: RunSeen, now: datetime) -> Classified:
        """Why a failed run failed, by everything known now."""
        state = DateState(self.expected, self.filled, self.judged(now))
        failed = FailedRun(run.recorded, run.hinted, self.input_at(run.started_at))
        return classify(failed, state, self._traits)

    @cached_property
    def _traits(self) -> Traits:
        return traits(self.processor)

    def real_failure(self, run: RunSeen, now: datetime) -> Category | None:
        """The category of a failure that means something is wrong here: neither expected nor its upstream's.

        A failure that says "no data" where data is due is none: the verdict on the date speaks of it.
        """
        return self.real_category(run, self.classified(run, now)) if run.status is Status.FAILED else None

    def real_category(self, run: RunSeen, classified: Classified) -> Category | None:
        """A fault of a run that used its whole limit is a timeout, whatever was recorded of it: a kill at the limit
        ("exit code 124") is written as any other error."""
        category = classified.category
        if category in QUIET or Category.NO_DATA_AVAILABLE in (run.recorded, run.hinted):
            return None
        if category is Category.PROCESSING_ERROR and run.took_all(self.processor.timeout_seconds):
            return Category.TIMEOUT
        return category

    @property
    def repaired_at(self) -> datetime | None:
        """When rows came last, whoever brought them: a load that is no failing run's, else a success with records."""
        if self.table is not None:
            loads = reversed(self.table.seen)  # the newest first: of hundreds a day it is nearly always the one
            return next((at for at, rows in loads if rows and not self._by_failing(at)), None)
        brought = (run for run in self.attempts if run.status is Status.SUCCESS and run.records)
        return max((run.ended_at or run.known_at for run in brought), default=None)

    def _by_failing(self, moment: datetime) -> bool:
        """Did a run load that then failed?"""
        failed = (run for run in self.runs if run.status is Status.FAILED)
        return any(run.started_at <= moment <= (run.ended_at or run.known_at) + LOAD_LAG for run in failed)

    @property
    def failed_upstream(self) -> bool:
        """Has a run failed because something that it is made from was not there?"""
        return any(
            run.status is Status.FAILED and (run.recorded or run.hinted) is Category.UPSTREAM_FAILURE
            for run in self.runs
        )

    @property
    def newest_failure(self) -> RunSeen | None:
        """The newest run of the schedule, when it failed by itself."""
        return _failed_by_itself(self.runs)

    @property
    def newest_failed_attempt(self) -> RunSeen | None:
        """The newest run that is no poll, backfills among them, when it failed by itself."""
        return _failed_by_itself(run for run in self.attempts if run.trigger not in POLLS)

    @property
    def only_failed(self) -> bool:
        """Is data due, the newest run of the schedule failed by itself, none has worked, and nothing that cannot be
        read may tell otherwise?
        """
        if not self.expected or self.hidden or self.newest_failure is None:
            return False
        return not any(run.status is Status.SUCCESS for run in self.attempts)

    def parallel_run(self, run: RunSeen) -> bool:
        """Was another run of the date at work when this one began?"""
        begun = run.started_at
        finished = (
            other for other in self.attempts if other.status is not Status.SKIPPED and other.trigger not in POLLS
        )
        overlapping = any(other.started_at <= begun < (other.ended_at or begun) for other in finished)
        return overlapping or any(other.started_at <= begun for other in self.under_way.values())

    def slot_of(self, run: RunSeen) -> int:
        """The place of the run's slot, from 1; 0 for a run before the first."""
        return bisect_right(self.slots, run.started_at + EARLY_START)

    def begun(self, now: datetime) -> bool:
        """Has its first slot passed, or a run for it started? East of UTC that is before the date begins there."""
        starts = chain(self.slots[:1], (run.started_at for run in chain(self.attempts, self.under_way.values())))
        return any(start <= now for start in starts)

    @property
    def lacks_last_slot(self) -> bool:
        """Has a run of the schedule started at an earlier slot, and none at the last?"""
        return 0 < max((self.slot_of(run) for run in self._of_the_schedule()), default=0) < len(self.slots)

    def _of_the_schedule(self) -> Iterator[RunSeen]:
        """Its runs of the schedule, and those that may be: of a poll that nobody says to be one nobody can tell."""
        began = chain(self.runs, self.under_way.values(), self.polls)
        return (run for run in began if run.trigger not in OFF_SCHEDULE or run.trigger == Trigger.UNTOLD)

    def has_run(self) -> bool:
        """Has a run of the schedule started? A poll is not what the slot was for, nor is a poll's retry before it."""
        late = (Trigger.RETRY, Trigger.UNTOLD)
        return any(
            run.trigger not in late or not self.slots or self.slot_of(run) > 0 for run in self._of_the_schedule()
        )

    def at_work(self, now: datetime) -> bool:
        """Is a run of the schedule for it under way, and alive?"""
        return any(run.trigger not in OFF_SCHEDULE for run in self.alive(now))

    def alive(self, now: datetime) -> list[RunSeen]:
        """Its runs that are under way and alive, whoever started them."""
        running, limit = self.under_way.values(), self.judgement.heartbeat
        return [run for run in running if now - min(run.heartbeat_at or run.started_at, now) < limit]

    def moments(self) -> list[datetime]:
        """When the state may change without anything becoming known."""
        fixed = [*(slot + self.missing_after for slot in self.slots), self.settled_at]
        return fixed + [moment for moment in (self.deadline, self.games_over_at) if moment is not None]


def _failed_by_itself(runs: Iterable[RunSeen]) -> RunSeen | None:
    """The newest of them, when it failed for another reason than that there was nothing to do."""
    last = max(runs, key=lambda run: (run.started_at, run.known_at, run.run_id), default=None)
    failed = last is not None and last.status is Status.FAILED and (last.recorded or last.hinted) not in QUIET
    return last if failed else None
