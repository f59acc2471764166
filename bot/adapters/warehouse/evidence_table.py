"""The evidence table: for each (processor, date) its answers, each with the span of time for which it holds.

The domain's rules work them out (`DateFacts.answers`) for the pairs that a load has touched; SQL only looks them up.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from bot.adapters.warehouse.engine import SEPARATOR, Parameters, Session, Value
from bot.domain.evidence.answers import BEGINNING, END_OF_TIME, Answer, ByRuns, DateFacts, EarlierDates, Span
from bot.domain.evidence.coverage import DATES
from bot.domain.evidence.expectation import SMALLEST_FILE
from bot.domain.evidence.game_calendar import GameCalendar, GameDay
from bot.domain.evidence.known import Seen, Trail
from bot.domain.evidence.platform_facts import PlatformFacts, ProcessorPlatform
from bot.domain.evidence.recorded import Record, unrecorded

COLUMNS = (
    "names",
    "dates",
    "valid_from",
    "valid_until",
    "expected",
    "due_unknown",
    "settled_at",
    "filled",
    "partial",
    "traced",
    "input_kind",
    "input_ready_at",
    "emptied_at",
    "timeout_seconds",
)
Pair = tuple[str, date]
Answers = list[tuple[Span, Answer]]
Group = tuple[Answers, list[str]]
"""What holds of several processors on a date: the answers, their names."""


class Ahead(NamedTuple):
    """What tells a processor's dates apart of which nothing is known yet."""

    is_working: bool
    has_slots: bool
    games_known: bool
    unknown_from: datetime | None


@dataclass(frozen=True)
class RunFacts:
    """What runs tell of dates that no table tells of, as `DateFacts` has it."""

    brought: Mapping[Pair, list[Span]]
    worked: Mapping[Pair, list[Span]]
    failing: Mapping[Pair, list[Span]]
    ran: Mapping[Pair, datetime]

    @classmethod
    def read(cls, session: Session, span: Parameters) -> "RunFacts":
        brought, worked, failing = (defaultdict[Pair, list[Span]](list) for _ in range(3))
        for name, day, records, since, until in session.rows("worked", span):
            worked[name, day].append(Span(since, until))
            if records:
                brought[name, day].append(Span(since, until))
        for name, day, moment, fails in session.rows("failing", span):
            found = failing[name, day]
            if fails:
                found.append(Span(moment))
            else:
                found[-1] = Span(found[-1].since, moment)
        return cls(brought, worked, failing, {(name, day): began for name, day, began in session.rows("ran", span)})


@dataclass
class DateBook:
    """Reads the facts of a span of dates once, and works out the answers of any pair in it."""

    platform: PlatformFacts
    record: Record
    seen: Seen
    calendar: GameCalendar
    loads: dict[Pair, list[tuple[datetime, int]]]
    files: dict[Pair, list[tuple[datetime, int]]]
    runs: RunFacts
    claimed: Mapping[tuple[str, str, date], tuple[datetime, ...]] = field(default_factory=dict)
    """By kind of row, owner and date: when runs that may have brought some were known within gaps, and after those."""
    _trails: dict[tuple[str, str, date | None], Trail] = field(default_factory=dict)
    _days: dict[date, GameDay] = field(default_factory=dict)
    _answers: dict[tuple[object, ...], Answers] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        session: Session,
        platform: PlatformFacts,
        record: Record,
        seen: Seen,
        calendar: GameCalendar,
        dates: Sequence[date],
    ) -> "DateBook":
        first = min(dates) - timedelta(days=DATES)
        span: Parameters = {"first_date": first, "last_date": max(dates), "as_of": END_OF_TIME, "names": ""}
        of_files = {**span, "smallest_file": SMALLEST_FILE}
        loads = _by_pair(session.rows("observed_date_loads", span))
        files = _by_pair(session.rows("observed_date_files", of_files))
        claimed = _claimed(session, span) if seen.table_gaps or seen.file_gaps else {}
        runs = RunFacts.read(session, {**span, "first_date": min(dates)})
        return cls(platform, record, seen, calendar, loads, files, runs, claimed)

    def rows(self, pairs: Iterable[Pair]) -> Iterator[tuple[Value, ...]]:
        """Rows of `stage_evidence`: processors with the same answers share theirs, and so do the dates ahead of one."""
        by_date: dict[date, list[str]] = defaultdict(list)
        for name, day in pairs:
            by_date[day].append(name)
        processors = {processor.name: processor for processor in self.platform.processors}
        alike: dict[tuple[str, Ahead, bool], list[date]] = defaultdict(list)
        for day in sorted(by_date):
            ahead = self._ahead(day)
            names = sorted(name for name in by_date[day] if name in processors)
            for name in names:
                if name in ahead:
                    alike[name, ahead[name], self._is_recorded(processors[name], day)].append(day)
            groups = self._groups(day, [processors[name] for name in names if name not in ahead])
            for (_, timeout), (answers, shared) in groups.items():
                yield from _rows_of(shared, [day], answers, timeout)
        for (name, *_), days in alike.items():
            _, answers = self._answers_of(processors[name], days[0])
            unsettled = [(span, replace(answer, settled_at=None)) for span, answer in answers]
            yield from _rows_of([name], days, unsettled, processors[name].timeout_seconds)

    def _ahead(self, day: date) -> dict[str, Ahead]:
        """Processors for which nothing is known of the date, or would be of one like it: settled when it is judged."""
        if day <= max(self._last_day, self._last_moment.date()):
            return {}
        games, found = self._day(day), dict[str, Ahead]()
        for timetable, names in self.platform.alike.items():
            judged_at, (_, schedule) = self.platform.judgement(timetable, day), timetable
            if judged_at is None or judged_at > self._last_moment:
                hours = schedule.hours_on(day)
                state = Ahead(schedule.is_working(day), bool(hours), games.known, games.unknown_from)
                found |= dict.fromkeys((name for name in names if name not in self._unclear), state)
        return found

    @cached_property
    def _unclear(self) -> set[str]:
        """Processors that look at rows which cannot be used: those may be about any date."""
        readers, owners = self.platform.readers, {*self.seen.unclear_loads, *self.seen.unclear_files}
        return {name for owner in owners for name in readers.get(owner, ())}

    @cached_property
    def _last_day(self) -> date:
        """The last data date of which a row, a run or a game tells."""
        days = {day for known in (self.loads, self.files, self.runs.brought, self.runs.ran) for _, day in known}
        return max((*days, self.calendar.last or date.min))

    @cached_property
    def _last_moment(self) -> datetime:
        """When the last table or source came into sight, or went out of it."""
        unclear = {*self.seen.unclear_loads, *self.seen.unclear_files}
        return max((moment for moment, owner in self.seen.sights() if owner not in unclear), default=BEGINNING)

    def _groups(self, day: date, processors: Iterable[ProcessorPlatform]) -> dict[tuple[object, float | None], Group]:
        groups: dict[tuple[object, float | None], Group] = {}
        for processor in processors:
            key, answers = self._answers_of(processor, day)
            _, names = groups.setdefault((key, processor.timeout_seconds), (answers, []))
            names.append(processor.name)
        return groups

    def _answers_of(self, processor: ProcessorPlatform, day: date) -> tuple[object, Answers]:
        """Processors that are alike, and of which nothing is known, share their answers: of 10,000 most do. The first
        value tells them apart."""
        table = self._trail("table", processor.table, day)
        file = self._trail("source", processor.source, day)
        upstream = tuple(self._trail("table", name, day) or Trail() for name in processor.upstream_tables)
        told = self._by_runs(processor.name, day)
        rule = (
            processor.expects,
            processor.schedule,
            processor.runs_on_no_game_days,
            processor.input_kind,
            processor.is_scraper,
            str(processor.expected_records) if table is not None and table.seen else "",
        )
        recorded = self._is_recorded(processor, day)
        key = (*rule, day, recorded, told, *map(id, (table, file, *upstream)))
        if key not in self._answers:
            judged_at = self.platform.judgement(processor.timetable, day)
            games, earlier = self._day(day), self._earlier(table, processor, day)
            facts = DateFacts(processor, day, judged_at, games, table, file, upstream, told, earlier, recorded)
            self._answers[key] = facts.answers()
        return key, self._answers[key]

    def _by_runs(self, name: str, day: date) -> ByRuns:
        found, pair = self.runs, (name, day)
        brought, worked, failing = (
            tuple(sorted(spans.get(pair, ()), key=lambda span: span.since))
            for spans in (found.brought, found.worked, found.failing)
        )
        return ByRuns(brought, found.ran.get(pair), failing, worked if failing else ())

    def _is_recorded(self, processor: ProcessorPlatform, day: date) -> bool:
        return unrecorded(processor, day, self.record.since(processor, self.seen)) is None

    def _earlier(self, table: Trail | None, processor: ProcessorPlatform, day: date) -> EarlierDates:
        """Asked only where there are rows that may be too few."""
        name = processor.table
        if name is None or table is None or not table.seen:
            return EarlierDates()
        days = (day - timedelta(days=back) for back in range(1, DATES + 1))
        found = ((self._trail("table", name, one), one) for one in days if (name, one) in self.loads)
        return EarlierDates(tuple((trail.seen, self._day(one)) for trail, one in found if trail is not None))

    def _day(self, day: date) -> GameDay:
        if day not in self._days:
            self._days[day] = self.calendar.day(day)
        return self._days[day]

    def _trail(self, kind: str, name: str | None, day: date) -> Trail | None:
        if name is None:
            return None
        rows = (self.loads if kind == "table" else self.files).get((name, day))
        sight = self.seen.table(name) if kind == "table" else self.seen.source(name)
        if rows is None and sight.is_blank:
            return _NEVER
        claimed = self.claimed.get((kind, name, day), ())
        key = (kind, name, day if rows is not None or claimed else None)
        if key not in self._trails:
            self._trails[key] = Trail(tuple(sorted(rows or ())), sight, claimed)
        return self._trails[key]


_NEVER = Trail()


def _rows_of(
    names: Iterable[str], days: Iterable[date], answers: Answers, timeout: float | None
) -> Iterator[tuple[Value, ...]]:
    of_whom, of_when = SEPARATOR.join(names), SEPARATOR.join(map(str, days))
    for span, answer in answers:
        yield (
            of_whom,
            of_when,
            span.since,
            span.until,
            answer.expected,
            answer.due_unknown,
            answer.settled_at,
            answer.filled,
            answer.partial,
            answer.traced,
            answer.input_kind,
            answer.input_ready_at,
            answer.emptied_at,
            timeout,
        )


def _claimed(session: Session, span: Parameters) -> Mapping[tuple[str, str, date], tuple[datetime, ...]]:
    found = defaultdict[tuple[str, str, date], tuple[datetime, ...]](tuple)
    for kind, owner, day, within_at, after_at in session.rows("gap_claimed", span):
        later = () if after_at is None else (after_at,)
        found[kind, owner, day] = (*found[kind, owner, day], within_at, *later)
    return found


def _by_pair(rows: Iterable[tuple[Any, ...]]) -> dict[Pair, list[tuple[datetime, int]]]:
    """What each table, or source, shows for each date."""
    found = defaultdict[Pair, list[tuple[datetime, int]]](list)
    for owner, day, size, moment in rows:
        found[owner, day].append((moment, size))
    return found
