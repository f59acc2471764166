"""What is known of one (processor, date), and how the answers about it change from one moment to the next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bot.domain.evidence.coverage import FilledDate, expected_rows, is_short
from bot.domain.evidence.expectation import SMALLEST_FILE, Expects
from bot.domain.evidence.game_calendar import GameDay
from bot.domain.evidence.known import Rows, Trail, latest
from bot.domain.evidence.platform_facts import ProcessorPlatform
from bot.domain.evidence.rules import data_due, is_filled, ready_at, settled_from, traced_input
from bot.domain.evidence.runs import InputKind

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
END_OF_TIME = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """[since, until); None: for good."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ByRuns:
    """What the runs of a date say. `brought`: while one said that it brought records; `ran_at`: when the first of the
    schedule began; `failing`: while the newest of the schedule had failed by itself; `worked`: while one was known to
    have succeeded, asked only where any failed.
    """

    brought: tuple[Span, ...] = ()
    ran_at: datetime | None = None
    failing: tuple[Span, ...] = ()
    worked: tuple[Span, ...] = ()

    def none_by(self, at: datetime) -> bool:
        return self.ran_at is None or at < self.ran_at

    def only_failed(self, at: datetime) -> bool:
        return _within(self.failing, at) and not _within(self.worked, at)

    def moments(self) -> Iterator[datetime]:
        if self.ran_at is not None:
            yield self.ran_at
        for span in (*self.brought, *self.failing, *self.worked):
            yield span.since
            if span.until is not None:
                yield span.until


@dataclass(frozen=True, slots=True)
class EarlierDates:
    """What the table had for earlier dates, the newest first: by it, too few rows are told."""

    dates: tuple[tuple[Rows, GameDay], ...] = ()

    def filled(self, at: datetime) -> Iterator[FilledDate]:
        for seen, games in self.dates:
            rows = latest(seen, at)
            if rows:
                yield FilledDate(games.data_date, rows, games.counting(at) or 0, len(seen))

    def moments(self) -> Iterator[datetime]:
        for seen, games in self.dates:
            yield from (moment for moment, _ in seen)
            yield from games.moments()


@dataclass(frozen=True, slots=True)
class DateFacts:
    """Everything that becomes known of (processor, date), at any time. `table` and `file` are None where the registry
    names none; `upstream`: the tables that it is made from; `runs`: what they say, where neither table nor file tells;
    `earlier`: what its table had before; `recorded`: its record reaches the date.
    """

    platform: ProcessorPlatform
    data_date: date
    judged_at: datetime | None
    games: GameDay
    table: Trail | None = None
    file: Trail | None = None
    upstream: tuple[Trail, ...] = ()
    runs: ByRuns = ByRuns()
    earlier: EarlierDates = EarlierDates()
    recorded: bool = True

    def answer(self, at: datetime) -> "Answer":
        """By what is known at that moment."""
        day, platform = self.data_date, self.platform
        hours = platform.schedule.hours_on(day)
        brought = _within(self.runs.brought, at)
        judged_at = None if brought else self.judged_at
        rows = (self.table.latest(at) or 0) if self.table is not None and self.table.tells(day, at, judged_at) else None
        file_tells = self.file is not None and self.file.tells(day, at, judged_at)
        file_at = self.file.first_above(SMALLEST_FILE, at) if self.file is not None else None
        upstream = [trail for trail in self.upstream if trail.tells(day, at, judged_at)]
        kind = traced_input(platform.input_kind, file_tells=file_tells, upstream_tells=bool(upstream))
        ready = None
        if kind is InputKind.FILE:
            ready = file_at
        elif kind is InputKind.UPSTREAM:
            ready = ready_at(trail.filled_since(at) for trail in upstream)
        games = self.games.counting(at)
        expected = data_due(
            platform.expects,
            games,
            is_working=platform.schedule.is_working(day),
            has_slots=bool(hours),
            runs_on_no_game_days=platform.runs_on_no_game_days,
            is_recorded=self.recorded,
        )
        missed = bool(expected) and not self._is_hidden(at, judged_at)
        filled = is_filled(
            rows,
            (file_at is not None) if file_tells else None,
            is_scraper=platform.is_scraper,
            brought=brought,
            no_run=missed and bool(hours) and self.runs.none_by(at),
            only_failed=missed and self.runs.only_failed(at),
        )
        settled_at = settled_from(self.judged_at, self.games.over_at(platform.expects, hours, at))
        settled = settled_at is not None and settled_at <= at
        return Answer(
            expected=expected,
            due_unknown=expected is None and games is None and self.recorded and platform.expects is Expects.PER_GAME,
            settled_at=settled_at,
            filled=filled,
            partial=bool(rows and expected and settled) and self._is_short(rows or 0, games or 0, at),
            traced=rows is not None or (platform.is_scraper and file_tells),
            input_kind=kind,
            input_ready_at=ready,
            emptied_at=self.table.emptied_at(at) if self.table is not None and rows == 0 else None,
        )

    def _is_hidden(self, at: datetime, judged_at: datetime | None) -> bool:
        """May a row that cannot be used be the one that tells of it?"""
        trail = self.file if self.platform.is_scraper else self.table
        return trail is not None and trail.sight.hides(self.data_date, at, judged_at)

    def _is_short(self, rows: int, games: int, at: datetime) -> bool:
        loads = sum(moment <= at for moment, _ in self.table.seen) if self.table is not None else 0
        return is_short(
            rows,
            loads,
            expected_rows(
                self.data_date,
                self.platform.expected_records,
                games,
                self.earlier.filled(at),
                self.platform.judgement,
            ),
        )

    def _moments_of_coverage(self) -> Iterator[datetime]:
        """Too few rows count once the date is judged."""
        if self.judged_at is None or self.table is None or not self.table.seen:
            return
        yield self.judged_at
        later = (*(moment for moment, _ in self.table.seen), *self.earlier.moments())
        yield from (moment for moment in later if moment > self.judged_at)

    def moments(self) -> Iterator[datetime]:
        """When an answer may change."""
        yield from self.games.moments()
        yield from self._moments_of_coverage()
        for trail in (self.table, self.file, *self.upstream):
            if trail is not None:
                yield from trail.moments(self.data_date)
        yield from self.runs.moments()

    def answers(self) -> "list[tuple[Span, Answer]]":
        """Every answer with the span for which it holds, from the beginning on."""
        found: list[tuple[datetime, Answer]] = []
        for moment in [BEGINNING, *sorted(set(self.moments()))]:
            answer = self.answer(moment)
            if not found or found[-1][1] != answer:
                found.append((moment, answer))
        return [(Span(since, until), answer) for (since, answer), until in zip(found, _ends(found), strict=True)]


@dataclass(frozen=True, slots=True)
class Answer:
    """`expected`: data is due; `due_unknown`: only the calendar could tell, and it says nothing; `settled_at`: from
    when on its absence counts; `filled`: it is there; `partial`: but only a part, with no more to come; `traced`: a
    table, or a scraper's file, tells that; `input_kind` and `input_ready_at`: what it works on, and since when that is
    there; `emptied_at`: since when its table has lost the rows that it had.
    """

    expected: bool | None
    due_unknown: bool
    settled_at: datetime | None
    filled: bool | None
    partial: bool
    traced: bool
    input_kind: InputKind
    input_ready_at: datetime | None
    emptied_at: datetime | None


def _within(spans: Sequence[Span], at: datetime) -> bool:
    return any(span.since <= at and (span.until is None or at < span.until) for span in spans)


def _ends(found: Sequence[tuple[datetime, Answer]]) -> list[datetime]:
    return [*(since for since, _ in found[1:]), END_OF_TIME]
