"""Keep evidence and roll-up equal to what a rebuild would give, touching only what a load has touched."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import cast

from bot.adapters.warehouse.dates_of_runs import dates_known
from bot.adapters.warehouse.engine import SEPARATOR, Parameters, Session
from bot.adapters.warehouse.evidence_table import COLUMNS, DateBook, Pair
from bot.adapters.warehouse.sights import Staged, find_gaps, look_again, note_starts, sights, staged_since
from bot.domain.evidence.answers import BEGINNING, END_OF_TIME
from bot.domain.evidence.coverage import DATES
from bot.domain.evidence.game_calendar import GameCalendar
from bot.domain.evidence.known import Seen, Sight
from bot.domain.evidence.observation import Game
from bot.domain.evidence.platform_facts import PlatformFacts
from bot.domain.evidence.recorded import Record
from bot.domain.health.sketch import GAMMA, SMALLEST, ZERO_BUCKET

AHEAD = timedelta(days=35)
"""Evidence is worked out so far beyond the newest row: a pipeline that has stopped is judged for a month."""
EVER = (date(1970, 1, 1), date(2100, 1, 1))
FUTURE = timedelta(days=400)
"""A row from a later time than that says nothing of how far the history reaches."""
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Known:
    """What is known of the platform as a whole, before a load or after it."""

    seen: Seen
    starts: Mapping[str, datetime]
    games: tuple[Game, ...]

    def calendar(self, platform: PlatformFacts) -> GameCalendar:
        seen = self.seen
        return GameCalendar(self.games, platform.zone, loaded=seen.calendar, ended_at=seen.calendar_ended_at)


@dataclass(frozen=True)
class Changes:
    """What a load brings. `everything`: all evidence is worked out again; `platform`: by another registry; `appended`:
    its runs are all new; `newest`: the last start among them; `now`: when it is loaded.
    """

    staged: frozenset[str]
    everything: bool
    platform: bool
    appended: bool
    newest: datetime | None
    now: datetime


def known(session: Session) -> Known:
    games = session.rows("observed_games")
    return Known(*sights(session), tuple(sorted((Game(*row) for row in games), key=repr)))


def refresh_evidence(
    session: Session, platform: PlatformFacts, changes: Changes, before: Known
) -> tuple[datetime | None, Known]:
    """Work out the evidence of the (processor, date) pairs that a load has touched.

    Returns the moment before which no answer has changed (runs may start before the date that they are about), and
    what is known after the load.
    """
    since = BEGINNING if changes.everything else staged_since(session) if "runs" in changes.staged else None
    moved = changes.everything or bool(changes.staged - {"runs"})
    if moved:
        look_again(session, platform, _staged(since, changes), calendar="game_schedule" in changes.staged)
    elif since is not None:
        moved = find_gaps(session, platform, _staged(since, changes))
    begun = note_starts(session, staged="runs" in changes.staged)
    now = known(session) if moved or begun else before
    first, last = _span(session, changes)
    if first is None or last is None:
        return None, now
    touched = _Touched(session, platform, changes, begun, before, now)
    pairs = {pair for pair in touched.pairs(first, last) if first <= pair[1] <= last}
    if not pairs:
        return None, now
    dates = [day for _, day in pairs]
    book = DateBook.read(session, platform, Record(now.starts), now.seen, now.calendar(platform), dates)
    session.run("stage_evidence")
    session.fill("stage_evidence", COLUMNS, book.rows(pairs))
    return _renew(session, min(dates), max(dates), rebuild=changes.platform), now


def _staged(since: datetime | None, changes: Changes) -> Staged:
    if changes.platform:
        return Staged(since, "gap_claims_anew")
    if "runs" not in changes.staged:
        return Staged(since, "gap_claims")
    return Staged(since, "gap_claims_appended" if changes.appended else "gap_claims_merged")


def _span(session: Session, changes: Changes) -> tuple[date | None, date | None]:
    """The dates that have evidence: from the first of the calendar on, to some weeks after the newest row."""
    ((first, last),) = session.rows("calendar_span")
    ((newest,),) = session.rows("newest_row", {"staged": changes.newest})
    if first is None or newest is None:
        return None, None
    return first, min(last, (min(newest, changes.now + FUTURE) + AHEAD).date())


@dataclass(frozen=True)
class _Touched:
    """Which evidence a load has touched. `begun`: whose record begins earlier by it."""

    session: Session
    platform: PlatformFacts
    changes: Changes
    begun: Collection[str]
    before: Known
    after: Known

    def pairs(self, first: date, last: date) -> Iterator[Pair]:
        names = [processor.name for processor in self.platform.processors]
        dates = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
        ((held_first, held_last),) = self.session.rows("evidence_dates")
        if self.changes.everything or held_first is None:
            yield from product(names, dates)
            return
        yield from product(names, (day for day in dates if not held_first <= day <= held_last))
        yield from self._by_rows()
        yield from product((name for name in names if name in self.begun), dates)
        readers = self.platform.readers
        for owner, moved in self._owners_that_moved(dates):
            yield from product(readers[owner], moved)
        yield from product(names, self._by_games(dates))
        if "runs" in self.changes.staged:
            yield from self.session.rows("touched_runs", {"appended": self.changes.appended})

    def _owners_that_moved(self, dates: Sequence[date]) -> Iterator[tuple[str, Collection[date]]]:
        """Tables and sources of which other rows speak now, with the dates. A gap may hide those from its first on, and
        what runs within it claim to have brought: see `Gap.hides`.
        """
        earlier, seen = self.before.seen, self.after.seen
        looks = (
            ("table", earlier.table, seen.table, {*earlier.table_gaps} ^ {*seen.table_gaps}),
            ("source", earlier.source, seen.source, {*earlier.file_gaps} ^ {*seen.file_gaps}),
        )
        for kind, look_before, look_after, gaps in looks:
            since = min((gap.first for gap in gaps), default=None)
            hidden = [] if since is None else [day for day in dates if day >= since.date()]
            claimed = {} if since is None else self._claimed(kind, since)
            for owner in self.platform.readers:
                before, after = look_before(owner), look_after(owner)
                if before == after:
                    continue
                unclear = _unclear(before, after)
                everything = before.since != after.since or None in unclear
                some = (*hidden, *claimed.get(owner, ()), *(day for day in unclear if day is not None))
                yield owner, dates if everything else {*some}

    def _claimed(self, kind: str, since: datetime) -> Mapping[str, list[date]]:
        """The dates that runs since then claim to have brought, by table or source."""
        found = defaultdict[str, list[date]](list)
        bounds = dates_known(self.session, since, self.changes.now + FUTURE)
        for owner, day in self.session.rows("touched_claims", {"kind": kind, "since": since, **bounds}):
            found[owner].append(day)
        return found

    def _by_rows(self) -> Iterator[Pair]:
        for stem in sorted(self.changes.staged & {"table_loads", "raw_files"}):
            for owner, day in self.session.rows(f"touched_{stem}", {"dates": DATES}):
                yield from ((name, day) for name in self.platform.readers.get(owner, ()))

    def _by_games(self, dates: Sequence[date]) -> list[date]:
        if self.before == self.after:
            return []
        earlier, later = self.before.calendar(self.platform), self.after.calendar(self.platform)
        changed = {day for day in dates if earlier.day(day) != later.day(day)}
        with_rows = [day for day in dates if day <= (self.changes.now + _DAY).date()]
        usual = {day for day in with_rows for back in range(1, DATES + 1) if day - back * _DAY in changed}
        return sorted(changed | usual)


def _renew(session: Session, first: date, last: date, *, rebuild: bool) -> datetime:
    """Put `evidence_now` into its place, and count the runs again whose input came or went."""
    span: Parameters = {"first_date": first, "last_date": last, "end_of_time": END_OF_TIME, "separator": SEPARATOR}
    if rebuild:
        session.run("forget_evidence")
    session.run("refresh_evidence", span)
    if not rebuild:
        session.run("refresh_moved", span)
    beginning = datetime.combine(first, time(), tzinfo=UTC)
    ((first_start,),) = session.rows("first_start_about", span)
    return beginning if first_start is None else min(beginning, first_start)


def _unclear(before: Sight, after: Sight) -> set[date | None]:
    """Dates of which other rows that cannot be used speak now; None: any date."""
    return {day for day in {*before.unclear, *after.unclear} if before.unclear.get(day) != after.unclear.get(day)}


def refresh_hours(session: Session) -> datetime | None:
    """Recompute the roll-up of every hour in `stage_hours`; returns the first of them."""
    ((first, last, hours, *dates),) = session.rows("touched_hours")
    if first is not None:
        end = last + _HOUR
        in_a_row = hours * _HOUR == end - first
        session.run("refresh_span" if in_a_row else "refresh_hours", _hours(first, end, *dates))
    return cast(datetime | None, first)


def refresh_all(session: Session) -> None:
    first, last = (datetime.combine(day, time(), tzinfo=UTC) for day in EVER)
    session.run("rebuild", _hours(first, last, date.min, date.max))


def _hours(first: datetime, end: datetime, first_date: date, last_date: date) -> Parameters:
    first_day = datetime.combine(first.date(), time(), tzinfo=UTC)
    last_day = datetime.combine((end - _HOUR).date(), time(), tzinfo=UTC)
    return {
        "first_date": first_date,
        "last_date": last_date,
        "first_hour": first,
        "end_hour": end,
        "first_day": first_day,
        "end_day": last_day + _DAY,
        "smallest": SMALLEST,
        "zero_bucket": ZERO_BUCKET,
        "log_gamma": math.log(GAMMA),
        "end_of_time": END_OF_TIME,
    }
