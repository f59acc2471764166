"""Everything known at a moment, kept up to date event by event: the one thing that detectors look at."""

from collections import defaultdict, deque
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from math import log

from bot.domain.evidence.attempts import OFF_SCHEDULE
from bot.domain.evidence.coverage import FilledDate
from bot.domain.evidence.expectation import Expects, PlannedWindow, expectation
from bot.domain.evidence.game_calendar import GameCalendar
from bot.domain.evidence.observation import Event, Game, Observed, RawFile, RunSeen, Started, TableLoad
from bot.domain.evidence.platform_facts import platform_facts
from bot.domain.evidence.processor_date import ProcessorDate, Trace
from bot.domain.evidence.rhythm import Rhythm
from bot.domain.evidence.runs import Category, InputKind, Status, Trigger
from bot.domain.platform.calendar import games_given_up_at, latest_reading, slot_instant
from bot.domain.platform.deadline import due_at
from bot.domain.platform.registry import Processor, Registry

HORIZON = timedelta(days=7)
"""What a data date's runs did is looked at for so long."""
LONGEST_BASELINE = timedelta(days=45)
"""No baseline reaches further back."""
RECENT = timedelta(hours=26)
"""Finished runs, of polls the failed ones, are kept for so long, for what goes by time and not by data date."""

CLAIMS = 5
"""On so many dates a processor has brought records, and the table that the registry names has never had a load: it is
another table, and its emptiness says nothing."""

_QUIET = frozenset({None, Category.NO_DATA_AVAILABLE, Category.UPSTREAM_FAILURE})


@dataclass
class Paces:
    """Durations of one processor: (when started, natural logarithm of seconds), successes with records only."""

    known: list[tuple[datetime, float]] = field(default_factory=list)


class PipelineHistory:
    """Fed with events in the order in which they became known; knows nothing of later ones."""

    def __init__(self, registry: Registry, observed: Observed) -> None:
        self.registry = registry
        self.paces: dict[str, Paces] = defaultdict(Paces)
        self.rhythms: dict[str, Rhythm] = defaultdict(Rhythm)
        self.recent: dict[str, deque[RunSeen]] = defaultdict(deque)
        self.counted: dict[str, int] = defaultdict(int)
        self.answered: dict[str, datetime] = {}
        self.days: dict[tuple[str, date], ProcessorDate] = {}
        self.touched: set[tuple[str, date]] = set()
        self.loaded_at: dict[str, datetime] = {}
        self._platform = {facts.name: facts for facts in platform_facts(registry).processors}
        self._tables: dict[tuple[str, date], Trace] = defaultdict(Trace)
        self._as_of = datetime.min.replace(tzinfo=UTC)
        self._loaded: set[str] = set()
        self._claims: dict[str, set[date]] = defaultdict(set)
        self._files: dict[tuple[str, date], Trace] = defaultdict(Trace)
        self._learn(observed)
        self._readers = _readers(registry)
        self._fillers: dict[str, list[str]] = defaultdict(list)
        for processor in registry.processors:
            if processor.bigquery_table:
                self._fillers[processor.bigquery_table].append(processor.name)

    def renew(self, observed: Observed) -> None:
        """Take over another calendar, other windows, or a kind of evidence that was not there before."""
        self._learn(observed)
        self._rebuild_all(self.registry.by_name)

    def at(self, now: datetime) -> None:
        """It is `now`: games that have not ended in time are given up, and nothing is due for them."""
        before, self._as_of = self._as_of, now
        for name, data_date in list(self.days):
            if before < games_given_up_at(data_date) <= now:
                self._rebuild(name, data_date)

    def _rebuild_all(self, names: Container[str]) -> None:
        for name, data_date in list(self.days):
            if name in names:
                self._rebuild(name, data_date)

    def _rebuild(self, name: str, data_date: date) -> None:
        """By what is known now, with the runs that it has."""
        day = self.days[name, data_date]
        fresh = self._new_day(self.registry.by_name[name], data_date)
        self.days[name, data_date] = replace(
            fresh, runs=day.runs, polls=day.polls, last_no_data_at=day.last_no_data_at, under_way=day.under_way
        )
        self.touched.add((name, data_date))

    def _learn(self, observed: Observed) -> None:
        self._has_loads, self._has_files, self._has_games = observed.has_loads, observed.has_files, observed.has_games
        self._games = GameCalendar(observed.games, self.registry.zone)
        self.windows: dict[str, list[PlannedWindow]] = defaultdict(list)
        for window in observed.windows:
            for name in window.processors:
                self.windows[name].append(window)

    def take(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, RunSeen):
                self._take_run(event)
            elif isinstance(event, Started):
                self._take_start(event.run)
            elif isinstance(event, TableLoad):
                self.loaded_at[event.table] = event.known_at
                self._take_trace(self._tables[event.table, event.data_date], event.table, event, event.rows)
                self._take_load(event.table)
            else:
                self._take_trace(self._files[event.source, event.data_date], event.source, event, event.size_bytes)

    def day(self, name: str, data_date: date) -> ProcessorDate:
        """The standing of (processor, data date); made when first asked for."""
        key = (name, data_date)
        if key not in self.days:
            self.days[key] = self._new_day(self.registry.by_name[name], data_date)
        return self.days[key]

    def games(self, data_date: date) -> Sequence[Game]:
        return self._games.on(data_date)

    def planned(self, name: str, moment: datetime, known_at: datetime) -> bool:
        """Was a window announced by then that covers the moment?"""
        windows = self.windows.get(name, ())
        return any(w.start <= moment <= w.end and w.announced_at <= known_at for w in windows)

    def forget_before(self, now: datetime, keep: Container[tuple[str, date]] = ()) -> None:
        """Let go of what no detector looks at any more. `keep`: dates that have a trouble."""
        oldest = (now - HORIZON).date() - timedelta(days=2)
        for key in [key for key in self.days if key[1] < oldest and key not in keep]:
            del self.days[key]
        for day in self.days.values():
            day.forget_polls()
        for runs in self.recent.values():
            while runs and runs[0].known_at < now - RECENT:
                runs.popleft()
        for pace in self.paces.values():
            pace.known = [known for known in pace.known if known[0] >= now - LONGEST_BASELINE]
        for rhythm in self.rhythms.values():
            rhythm.forget_before(now - LONGEST_BASELINE)

    def filled_dates(self, name: str, before: date, most: int) -> Iterator[FilledDate]:
        """The processor's earlier dates with rows, newest first."""
        table = self.registry.by_name[name].bigquery_table
        day = before
        for _ in range(most):
            day -= timedelta(days=1)
            trace = self._tables.get((table, day)) if table else None
            if trace is not None and trace.latest:
                yield FilledDate(trace.latest, self._games.counting(day, self._as_of), len(trace.seen))

    def _take_run(self, run: RunSeen) -> None:
        processor = self.registry.by_name.get(run.processor)
        if processor is None:
            return
        run = _with_time_limit(run, processor.timeout_seconds)
        day = self._near_day(run)
        if run.status is Status.RUNNING:
            if day is not None:
                day.under_way[run.run_id] = run
            return
        self._count(run)
        if day is None:
            return
        day.take(run)
        if run.trigger not in OFF_SCHEDULE:
            self.touched.add((run.processor, run.data_date))

    def _take_start(self, run: RunSeen) -> None:
        known = run.processor in self.registry.by_name
        if not known or run.known_at <= run.started_at:
            return
        day = self._near_day(run)
        if day is not None:
            day.under_way[run.run_id] = run
            self.touched.add((run.processor, run.data_date))

    def _near_day(self, run: RunSeen) -> ProcessorDate | None:
        near = run.data_date >= (run.started_at - HORIZON).date() or (run.processor, run.data_date) in self.days
        return self.day(run.processor, run.data_date) if near else None

    def _count(self, run: RunSeen) -> None:
        if run.trigger == Trigger.BACKFILL or self.planned(run.processor, run.started_at, run.known_at):
            return
        failure = run.status is Status.FAILED and (run.recorded or run.hinted) not in _QUIET
        retry = run.attempt > 1 and run.trigger not in OFF_SCHEDULE
        self.rhythms[run.processor].count(run.started_at, retry=retry, failure=failure)
        if run.trigger == Trigger.POLL and not failure:
            self.answered[run.processor] = max(run.started_at, self.answered.get(run.processor, run.started_at))
            return
        self.recent[run.processor].append(run)
        self.counted[run.processor] += 1
        if run.status is Status.SUCCESS and run.records and run.seconds:
            self.paces[run.processor].known.append((run.started_at, log(run.seconds)))
            self._claim(run)

    def _take_load(self, table: str) -> None:
        if table not in self._loaded:
            self._loaded.add(table)
            self._rebuild_all(self._readers.get(table, ()))

    def _claim(self, run: RunSeen) -> None:
        claims, table = self._claims[run.processor], self.registry.by_name[run.processor].bigquery_table
        if len(claims) >= CLAIMS or table is None or table in self._loaded:
            return
        claims.add(run.data_date)
        if len(claims) == CLAIMS:
            self._rebuild_all(self._readers[table])

    def _another(self, table: str) -> bool:
        """Is it not the table that its processor fills?"""
        return table not in self._loaded and any(len(self._claims[name]) >= CLAIMS for name in self._fillers[table])

    def _take_trace(self, trace: Trace, owner: str, event: TableLoad | RawFile, size: int) -> None:
        trace.seen.append((event.known_at, size))
        for name in self._readers.get(owner, ()):
            self.touched.add((name, event.data_date))

    def _new_day(self, processor: Processor, data_date: date) -> ProcessorDate:
        facts = self._platform[processor.name]
        zone = self.registry.zone
        hours = processor.schedule_hours_et
        slots = tuple(slot_instant(data_date, hour, zone) for hour in hours)
        games = self._games.counting(data_date, self._as_of)
        known = self._has_games and self._games.covers(data_date)
        table = facts.table if facts.table and self._has_loads and not self._another(facts.table) else None
        upstream = [other for other in facts.upstream_tables if self._has_loads and not self._another(other)]
        traced = facts.input_kind
        if (traced is InputKind.FILE and not self._has_files) or (traced is InputKind.UPSTREAM and not upstream):
            traced = InputKind.NONE
        return ProcessorDate(
            processor=processor,
            data_date=data_date,
            slots=slots,
            last_chance=max((latest_reading(data_date, hour, zone) for hour in hours), default=None),
            deadline=due_at(processor, data_date, self.registry),
            expected=_expected(processor, slots, games if known else None),
            runs_due=bool(slots) and _runs_due(processor, games if known else None, calendar=self._has_games),
            games=games,
            table=self._tables[table, data_date] if table else None,
            file=self._files[facts.source, data_date] if facts.source and self._has_files else None,
            input_kind=traced,
            upstream=tuple(self._tables[other, data_date] for other in upstream),
            games_over_at=self._games.over_at(data_date, processor),
        )


def _readers(registry: Registry) -> dict[str, set[str]]:
    """Which processors look at a table or a source."""
    readers: dict[str, set[str]] = defaultdict(set)
    for processor in registry.processors:
        if processor.bigquery_table:
            readers[processor.bigquery_table].add(processor.name)
            for dependent in registry.dependents[processor.name]:
                readers[processor.bigquery_table].add(dependent)
        if processor.source:
            readers[processor.source].add(processor.name)
    return readers


def _runs_due(processor: Processor, games: int | None, *, calendar: bool) -> bool:
    """Does it run on the date? `games` None: the calendar does not know it, and only who runs every day is missed;
    who lives by games, on a date that a calendar leaves out, is not.
    """
    if games is None:
        per_game = expectation(processor) is Expects.PER_GAME
        return processor.runs_on_no_game_days and not (calendar and per_game)
    return processor.runs_on_no_game_days or games > 0


def _expected(processor: Processor, slots: tuple[datetime, ...], games: int | None) -> bool | None:
    """Is data due on the date? `games` None: the calendar does not know the date."""
    rule = expectation(processor)
    if rule is Expects.NEVER:
        return False
    if rule is Expects.PER_SLOT and (not slots or processor.runs_on_no_game_days):
        return bool(slots)
    if rule is Expects.UNKNOWN or games is None:
        return None
    return games > 0


def _with_time_limit(run: RunSeen, limit: float | None) -> RunSeen:
    """A failure that says nothing of itself and took all the time that it may ran out of time."""
    silent = run.status is Status.FAILED and run.recorded is None and run.hinted is None
    if silent and limit is not None and run.seconds is not None and run.seconds >= limit:
        return run._replace(hinted=Category.TIMEOUT)
    return run
