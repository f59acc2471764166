"""Everything known at a moment, kept up to date event by event: the one thing that detectors look at."""

from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from math import log
from operator import itemgetter

from bot.domain.evidence.arrivals import Arrivals
from bot.domain.evidence.attempts import OFF_SCHEDULE
from bot.domain.evidence.coverage import DATES, ExpectedRows, FilledDate, expected_rows, is_short
from bot.domain.evidence.expectation import PlannedWindow
from bot.domain.evidence.feeds import FeedGap, feed_gaps, may_have_brought
from bot.domain.evidence.game_calendar import GameCalendar
from bot.domain.evidence.known import UNSEEN, Sight
from bot.domain.evidence.observation import Event, Game, Observed, RunSeen, Started, TableLoad, Timeline
from bot.domain.evidence.platform_facts import ProcessorPlatform, facts_of, readers_of
from bot.domain.evidence.processor_date import ProcessorDate
from bot.domain.evidence.recorded import Record, starts_of, unrecorded
from bot.domain.evidence.rhythm import Rhythm
from bot.domain.evidence.rules import data_due, judged_from, run_due, traced_input
from bot.domain.evidence.runs import POLLS, Category, Status, Trigger
from bot.domain.evidence.sighted import seen_in
from bot.domain.evidence.traces import Traces
from bot.domain.evidence.untold import with_polls_named
from bot.domain.platform.calendar import floor_hour
from bot.domain.platform.deadline import due_at
from bot.domain.platform.registry import Processor, Registry
from bot.domain.sources import Feed

HORIZON = timedelta(days=7)
"""What a data date's runs did is looked at for so long."""
LOOKED_AFTER = timedelta(days=28)
"""A loss goes on for so long unless it is repaired or accepted; what is usual is computed from the weeks before."""
LONGEST_BASELINE = timedelta(days=45)
"""No baseline reaches further back."""
RECENT = timedelta(hours=26)
"""Finished runs, of polls the failed ones, are stored for so long, for what goes by time and not by data date."""

_QUIET = frozenset({None, Category.NO_DATA_AVAILABLE, Category.UPSTREAM_FAILURE})


@dataclass
class Paces:
    """Durations of one processor: (when started, natural logarithm of seconds), successes with records only."""

    known: list[tuple[datetime, float]] = field(default_factory=list)


class PipelineHistory:
    """Fed with events in the order in which they became known; knows nothing of later ones."""

    def __init__(self, registry: Registry, observed: Observed, names: Collection[str] | None = None) -> None:
        """`names`: only of these processors something will be asked."""
        self.registry = registry
        self.paces: dict[str, Paces] = defaultdict(Paces)
        self.rhythms: dict[str, Rhythm] = defaultdict(Rhythm)
        self.recent: dict[str, deque[RunSeen]] = defaultdict(deque)
        self.counted: dict[str, int] = defaultdict(int)
        self.answered: dict[str, datetime] = {}
        self.arrivals = Arrivals()
        self.days: dict[tuple[str, date], ProcessorDate] = {}
        self.touched: set[tuple[str, date]] = set()
        self.changed: set[tuple[str, date]] = set()
        self.running: set[tuple[str, date]] = set()
        self.retries: dict[datetime, int] = defaultdict(int)
        self._failed: deque[tuple[datetime, str]] = deque()
        self._dates: set[date] = set()
        self._oldest = date.min
        self.begun: set[str] = set()
        self.loaded_at: dict[str, datetime] = {}
        self._loads_taken: dict[str, int] = defaultdict(int)
        self._calendars = 0
        self._expected_rows: dict[tuple[str, date], tuple[tuple[int, int, int], ExpectedRows | None]] = {}
        processors = registry.processors if names is None else [registry.by_name[name] for name in names]
        self._platform = {processor.name: facts_of(processor, registry) for processor in processors}
        self._tables = Traces(lambda name: self._seen.table(name), lambda: self._seen.table_gaps)
        self._as_of = datetime.min.replace(tzinfo=UTC)
        self._files = Traces(lambda name: self._seen.source(name), lambda: self._seen.file_gaps)
        self._readers = readers_of(self._platform.values())
        self._learn(observed)

    def renew(self, observed: Observed) -> None:
        """Take over another calendar, other windows, or other knowledge of what is known at all."""
        self._learn(observed)
        for name, data_date in list(self.days):
            self._rebuild(name, data_date)
            self.touched.add((name, data_date))

    def at(self, now: datetime) -> None:
        """It is `now`: games may have ended or be given up, tables and sources come into sight or go out of it."""
        before, self._as_of = self._as_of, now
        games = {day for day in self._dates if self._games_changed(day, before)}
        self._calendars += bool(games)
        for name, data_date in [
            *self._in_sight_since(before),
            *(key for key in self.days if games and key[1] in games),
        ]:
            self._rebuild(name, data_date)
        self.touched |= {key for key in self.days if games and key[1] in games}

    def _in_sight_since(self, before: datetime) -> Iterable[tuple[str, date]]:
        """Of which dates something has come into sight, or gone out of it."""
        begin, end = (bisect_right(self._sights, moment, key=itemgetter(0)) for moment in (before, self._as_of))
        owners = {owner for _, owner in self._sights[begin:end]}
        if "" in owners:
            return list(self.days)
        return [
            key
            for name in {name for owner in owners for name in self._readers.get(owner, ())}
            for key in self._of(name)
        ]

    def _of(self, name: str) -> list[tuple[str, date]]:
        """The dates of the processor that are held."""
        return [(name, day) for day in self._dates if (name, day) in self.days]

    def _games_changed(self, data_date: date, before: datetime) -> bool:
        return any(before < moment <= self._as_of for moment in self._games.day(data_date).moments())

    def _rebuild(self, name: str, data_date: date) -> None:
        """By what is known now, with the runs that it has."""
        day = self.days[name, data_date]
        self.changed.add((name, data_date))
        fresh = self._new_day(self.registry.by_name[name], data_date, brought=self._seen.has_gaps and day.brought)
        self.days[name, data_date] = replace(
            fresh, runs=day.runs, polls=day.polls, last_no_data_at=day.last_no_data_at, under_way=day.under_way
        )

    def _learn(self, observed: Observed) -> None:
        self._calendars += 1
        seen = self._seen = observed.seen if observed.seen is not None else seen_in(observed, self._platform)
        self._sights = sorted(seen.sights())
        self._record = Record(observed.starts if observed.starts is not None else starts_of(observed.runs))
        self._quiet = {(polls.processor, polls.data_date): polls for polls in observed.quiet}
        self._games = GameCalendar(
            observed.games, self.registry.zone, loaded=seen.calendar, ended_at=seen.calendar_ended_at
        )
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
                self._loads_taken[event.table] += 1
                speaks = self._tables.take(event.table, event.data_date, event.known_at, event.rows, self._as_of)
                self._read_again(event.table, event.data_date, rebuild=speaks)
            else:
                speaks = self._files.take(event.source, event.data_date, event.known_at, event.size_bytes, self._as_of)
                self._read_again(event.source, event.data_date, rebuild=speaks)

    def day(self, name: str, data_date: date) -> ProcessorDate:
        """The state of (processor, data date); made when first asked for."""
        key = (name, data_date)
        known = self.days.get(key)
        if known is None:
            known = self.days[key] = self._new_day(self.registry.by_name[name], data_date)
            self._dates.add(data_date)
        return known

    def failed_since(self, moment: datetime) -> Iterable[str]:
        """Processors of which a failed run became known later than that: one hour ago, as a rule."""
        self._failed = deque(failed for failed in self._failed if failed[0] > moment)
        return dict.fromkeys(name for _, name in self._failed)

    def retries_about(self, now: datetime) -> int:
        """Of runs that started in this hour of the clock or in the one before: no fewer than within 60 minutes."""
        hour = floor_hour(now)
        return self.retries.get(hour, 0) + self.retries.get(hour - timedelta(hours=1), 0)

    def under_way(self) -> set[tuple[str, date]]:
        """Dates for which a run has started and not ended."""
        self.running = {key for key in self.running if key in self.days and self.days[key].under_way}
        return self.running

    @classmethod
    def told(
        cls, registry: Registry, observed: Observed, names: Collection[str] | None, moment: datetime
    ) -> "PipelineHistory":
        """With all that was known at that moment, of some processors or of all."""
        history = cls(registry, observed, names)
        history.at(moment)
        history.take(Timeline(with_polls_named(observed, registry)).until(moment))
        return history

    def expected_rows(self, day: ProcessorDate) -> ExpectedRows | None:
        """Rows to be expected of the date, by its earlier dates; None when unknown."""
        name = day.processor.name
        asked = (self._loads_taken[day.processor.bigquery_table or ""], self._calendars, day.games)
        known = self._expected_rows.get((name, day.data_date))
        if known is None or known[0] != asked:
            earlier = self.filled_dates(name, day.data_date, DATES)
            rows = expected_rows(day.data_date, day.processor.expected_records, day.games, earlier, day.judgement)
            known = self._expected_rows[name, day.data_date] = (asked, rows)
        return known[1]

    def is_partial(self, day: ProcessorDate) -> bool:
        """Does the table hold too few rows, with nothing more to come?"""
        if not day.rows or not day.expected or not day.settled(self._as_of):
            return False
        return is_short(day.rows, day.loads, self.expected_rows(day))

    def newest_load(self, table: str) -> datetime | None:
        """When rows were loaded last, for any date; None when nobody can tell: loads are not known any more."""
        return None if self._seen.table(table).ended(self._as_of) else self.loaded_at.get(table)

    def silent_feeds(self) -> Iterator[tuple[FeedGap, int]]:
        """Feeds that show nothing, and for how many tables or sources runs have brought data since."""
        for known in feed_gaps(self._seen):
            if known.gap.is_open(self._as_of):
                traces = self._tables if known.feed is Feed.TABLE_LOADS else self._files
                yield FeedGap(known.feed, replace(known.gap, until=None)), traces.claimed_since(known.gap.first)

    def knows_games(self, data_date: date) -> bool:
        return self._games.day(data_date).counting(self._as_of) is not None

    def games(self, data_date: date) -> Sequence[Game]:
        return self._games.on(data_date)

    def planned(self, name: str, moment: datetime, known_at: datetime) -> bool:
        """Was a window announced by then that covers the moment?"""
        windows = self.windows.get(name, ())
        return any(w.start <= moment <= w.end and w.announced_at <= known_at for w in windows)

    def forget_before(self, now: datetime, keep: Container[tuple[str, date]] = ()) -> None:
        """Let go of what no detector looks at any more. `keep`: dates that have a trouble."""
        oldest = self._oldest = (now - HORIZON).date() - timedelta(days=2)
        for key in [key for key in self.days if key[1] < oldest and key not in keep]:
            del self.days[key]
            self.changed.add(key)
        self._dates = {day for _, day in self.days}
        self.running = {key for key in self.running if key in self.days}
        self.retries = defaultdict(int, {hour: count for hour, count in self.retries.items() if hour >= now - RECENT})
        self._expected_rows = {key: known for key, known in self._expected_rows.items() if key in self.days}
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
        table = self._platform[name].table
        day = before
        for _ in range(most):
            day -= timedelta(days=1)
            trace = self._tables.get(table, day) if table else None
            if trace is not None and trace.latest:
                yield FilledDate(day, trace.latest, self._games.day(day).counting(self._as_of) or 0, len(trace.seen))

    def _take_run(self, run: RunSeen) -> None:
        facts = self._platform.get(run.processor)
        if facts is None:
            return
        self._begin(run)
        run = run.with_time_limit(facts.timeout_seconds)
        day = self._near_day(run)
        if run.status is Status.RUNNING:
            if day is not None:
                self._begin_run(day, run)
            return
        self.arrivals.take(run)
        self._count(run)
        if day is None:
            return
        brought = self._seen.has_gaps and day.brought
        day.take(run)
        self.changed.add((run.processor, run.data_date))
        if self._seen.has_gaps and day.brought is not brought:
            self._rebuild(run.processor, run.data_date)
        if may_have_brought(run):
            self._take_claim(facts, run)
        if run.trigger not in OFF_SCHEDULE:
            self.touched.add((run.processor, run.data_date))

    def _take_start(self, run: RunSeen) -> None:
        known = run.processor in self._platform
        if not known or run.known_at <= run.started_at:
            return
        self._begin(run)
        day = self._near_day(run)
        if day is not None:
            self._begin_run(day, run)
            self.touched.add((run.processor, run.data_date))

    def _begin_run(self, day: ProcessorDate, run: RunSeen) -> None:
        day.begin(run)
        self.running.add((run.processor, run.data_date))

    def _begin(self, run: RunSeen) -> None:
        """With the first run of a processor its dates are due."""
        if self._record.take(run):
            self.begun.add(run.processor)
            for name, data_date in self._of(run.processor):
                self._rebuild(name, data_date)

    def _near_day(self, run: RunSeen) -> ProcessorDate | None:
        near = run.data_date >= (run.started_at - HORIZON).date() or (run.processor, run.data_date) in self.days
        return self.day(run.processor, run.data_date) if near else None

    def _count(self, run: RunSeen) -> None:
        if run.trigger == Trigger.BACKFILL or self.planned(run.processor, run.started_at, run.known_at):
            return
        failure = run.status is Status.FAILED and (run.recorded or run.hinted) not in _QUIET
        retry = run.attempt > 1 and run.trigger not in OFF_SCHEDULE
        self.rhythms[run.processor].count(run.started_at, retry=retry, failure=failure)
        if run.trigger in POLLS and not failure:
            self.answered[run.processor] = max(run.started_at, self.answered.get(run.processor, run.started_at))
            return
        self.recent[run.processor].append(run)
        self.retries[floor_hour(run.started_at)] += retry
        if run.status is Status.FAILED:
            self._failed.append((run.known_at, run.processor))
        self.counted[run.processor] += 1
        if run.status is Status.SUCCESS and run.records and run.seconds:
            self.paces[run.processor].known.append((run.started_at, log(run.seconds)))

    def _take_claim(self, facts: ProcessorPlatform, run: RunSeen) -> None:
        for traces, owner in ((self._tables, facts.table), (self._files, facts.source)):
            if owner is not None and traces.claim(owner, run.data_date, run.known_at, self._as_of):
                self._read_again(owner, run.data_date, rebuild=True)

    def _read_again(self, owner: str, data_date: date, *, rebuild: bool) -> None:
        """Those that look at what it shows for the date. `rebuild`: it says something else than before."""
        for name in self._readers.get(owner, ()):
            self.touched.add((name, data_date))
            self.changed.add((name, data_date))
            if rebuild and (name, data_date) in self.days:
                self._rebuild(name, data_date)

    def _new_day(self, processor: Processor, data_date: date, *, brought: bool = False) -> ProcessorDate:
        """`brought`: a run says so, which is more than the absence of rows that are not recorded any more."""
        facts, now = self._platform[processor.name], self._as_of
        hours, slots = facts.schedule.hours_on(data_date), facts.schedule.slots(data_date)
        game_day = self._games.day(data_date)
        quiet = self._quiet.get((processor.name, data_date))
        games = game_day.counting(now)
        last = facts.schedule.last_chance(data_date)
        judged_at = None if brought else judged_from(facts.expects, data_date, last, facts.judgement)
        about = data_date, now, judged_at
        file = self._files.telling(facts.source, *about)
        upstream = [self._tables.telling(name, *about) for name in facts.upstream_tables]
        known = tuple(trace for trace in upstream if trace is not None)
        kind = traced_input(facts.input_kind, file_tells=file is not None, upstream_tells=bool(known))
        working = facts.schedule.is_working(data_date)
        untold = unrecorded(facts, data_date, self._record.since(facts, self._seen))
        due = data_due(
            facts.expects,
            games,
            is_working=working,
            has_slots=bool(slots),
            runs_on_no_game_days=facts.runs_on_no_game_days,
            is_recorded=untold is None,
        )
        return ProcessorDate(
            processor=processor,
            data_date=data_date,
            slots=slots,
            last_chance=last,
            deadline=due_at(processor, data_date, self.registry),
            unrecorded=untold,
            missing_after=facts.schedule.missing_after,
            judgement=facts.judgement,
            in_service=working,
            hidden=self._own_sight(facts).hides(data_date, now, judged_at),
            expected=due,
            runs_due=bool(slots)
            and untold is None
            and data_date >= self._oldest
            and run_due(facts.expects, games, daily=facts.runs_on_no_game_days, calendar=self._seen.calendar),
            games=games or 0,
            table=self._tables.telling(facts.table, *about),
            file=file,
            input_kind=kind,
            input_untold=kind is not facts.input_kind,
            upstream=known,
            games_over_at=game_day.over_at(facts.expects, hours, now),
            last_no_data_at=quiet.newest_recorded if quiet is not None else None,
            quiet=quiet,
        )

    def _own_sight(self, facts: ProcessorPlatform) -> Sight:
        """Of what its own data leaves a trace in."""
        if facts.trace is None:
            return UNSEEN
        return self._seen.source(facts.trace) if facts.is_scraper else self._seen.table(facts.trace)
