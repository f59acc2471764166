"""For which dates a table, or a source, says anything: what is never seen, or not seen any more, is not empty."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from bot.domain.evidence.expectation import SMALLEST_FILE

EVER = datetime(1970, 1, 1, tzinfo=UTC)


def no_new_data(known_until: datetime) -> str:
    """Of a history that has stopped, in the words of every answer."""
    return f"No new data since {known_until:%Y-%m-%d %H:%M} UTC: what has happened since then is not known"


AHEAD = timedelta(hours=1)
"""A clock may be so much ahead of another: what lies further ahead is of the future."""
FURTHEST_EAST = timedelta(hours=14)
"""It is a date somewhere so long before it is in UTC."""
Rows = tuple[tuple[datetime, int], ...]
"""(moment, rows or bytes), in the order in which it became known."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A span without any row of a kind (table loads, or raw files), although runs brought records meanwhile: see
    `feeds.gaps_of`. `until`: when rows came again, None: never. Known from `evident_at` on.
    """

    first: datetime
    until: datetime | None
    evident_at: datetime

    def is_open(self, at: datetime) -> bool:
        """Has it begun, and does it go on?"""
        return self.evident_at <= at and (self.until is None or at < self.until)

    def covers(self, moment: datetime) -> bool:
        return self.first < moment and (self.until is None or moment < self.until)

    def hides(
        self,
        data_date: date,
        at: datetime,
        judged_at: datetime | None = None,
        claimed_at: datetime | None = None,
    ) -> bool:
        """Would rows about the date have come within the gap? What was judged before it was evident stays known;
        `judged_at` None: nothing was, or a run says that it brought the data. `claimed_at`: when a run for it was known
        last that may have brought some; if within the gap, its rows would have come there.
        """
        if at < self.evident_at:
            return False
        if claimed_at is not None and self.covers(claimed_at):
            return True
        if data_date < self.first.date() or (judged_at is not None and judged_at <= self.evident_at):
            return False
        return self.until is None or at < self.until or data_date < self.until.date()


@dataclass(frozen=True, slots=True)
class Unclear:
    """A row of which no more can be used than that something came: about that date, at that moment; None: what cannot
    be read. `read_at`: when it was loaded.
    """

    data_date: date | None
    moment: datetime | None
    read_at: datetime

    def hides(self, data_date: date, at: datetime, judged_at: datetime | None = None) -> bool:
        """May it be about the date? Without one of its own it is about no later one than that of its day; what was
        judged before it came stays known, `judged_at` as in `Gap.hides`.
        """
        if self.moment is not None and at < self.moment:
            return False
        if self.data_date is not None:
            return data_date == self.data_date
        if self.moment is not None and judged_at is not None and judged_at <= self.moment:
            return False
        return data_date <= ((self.moment or self.read_at) + FURTHEST_EAST).date()


UnclearRows = Mapping[date | None, tuple[Unclear, ...]]
"""Rows that cannot be used, of one table or source, by the date that they name."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Since when the rows of one table or source are known, None: never; the gaps of their kind, and the rows that
    cannot be used. `lasting`: what came stays, whatever comes later: files, not the state of a table.
    """

    since: datetime | None = None
    gaps: tuple[Gap, ...] = ()
    unclear: UnclearRows = field(default_factory=dict)
    lasting: bool = False

    @property
    def is_blank(self) -> bool:
        """Was no row ever seen, not even one that cannot be used?"""
        return self.since is None and not self.unclear

    def tells(
        self,
        data_date: date,
        at: datetime,
        judged_at: datetime | None = None,
        claimed_at: datetime | None = None,
    ) -> bool:
        """Does the absence of rows about the date say anything at that moment? The last two as in `Gap.hides`."""
        if self.since is None or at < self.since or data_date < self.since.date():
            return False
        if self.hides(data_date, at, judged_at):
            return False
        return not any(gap.hides(data_date, at, judged_at, claimed_at) for gap in self.gaps)

    def outdated(self, known: "Sequence[tuple[datetime, int]]", at: datetime, claimed_at: datetime | None) -> bool:
        """Has a run within a gap brought more since the newest of the rows that are known, of what is no file?"""
        if self.lasting or claimed_at is None or known[-1][0] >= claimed_at:
            return False
        return any(gap.evident_at <= at and gap.hides(date.max, at, EVER, claimed_at) for gap in self.gaps)

    def hides(self, data_date: date, at: datetime, judged_at: datetime | None = None) -> bool:
        """May a row that cannot be used be about the date?"""
        return bool(self.unclear) and any(row.hides(data_date, at, judged_at) for row in self.about(data_date))

    def leaves(
        self, known: "Sequence[tuple[datetime, int]]", data_date: date, at: datetime, judged_at: datetime | None = None
    ) -> bool:
        """Do the rows about the date that are known by then, at least one, tell how things stand? One that cannot be
        used and came after the newest may have changed that; one without a date may have filled what was empty.
        """
        if not self.unclear:
            return True
        if self.lasting:
            if any(size >= SMALLEST_FILE for _, size in known):
                return True
            later = list(self.about(data_date))
        else:
            newest, rows = known[-1]
            candidates = self.unclear.get(data_date, ()) if rows else self.about(data_date)
            later = [row for row in candidates if row.moment is not None and row.moment > newest]
        return not any(row.hides(data_date, at, judged_at) for row in later)

    def about(self, data_date: date) -> Iterator[Unclear]:
        """The rows that cannot be used and may be about the date."""
        yield from self.unclear.get(data_date, ())
        yield from self.unclear.get(None, ())

    def ended(self, at: datetime) -> bool:
        """Do no rows of the kind come any more?"""
        return any(gap.is_open(at) for gap in self.gaps)


UNSEEN = Sight()


@dataclass(frozen=True)
class Seen:
    """What was ever seen, as the rows tell: tables and sources by name with the first row of each, the gaps of both
    kinds, the rows of both that cannot be used; `calendar`: a game calendar is there, even if it is empty;
    `calendar_ended_at`: see `GameCalendar`.
    """

    tables: Mapping[str, datetime] = field(default_factory=dict)
    sources: Mapping[str, datetime] = field(default_factory=dict)
    table_gaps: tuple[Gap, ...] = ()
    file_gaps: tuple[Gap, ...] = ()
    calendar: bool = True
    calendar_ended_at: datetime | None = None
    unclear_loads: Mapping[str, UnclearRows] = field(default_factory=dict)
    unclear_files: Mapping[str, UnclearRows] = field(default_factory=dict)

    @property
    def has_gaps(self) -> bool:
        return bool(self.table_gaps or self.file_gaps or self.unclear_loads or self.unclear_files)

    def table(self, name: str) -> Sight:
        return Sight(self.tables.get(name), self.table_gaps, self.unclear_loads.get(name, {}))

    def source(self, name: str) -> Sight:
        return Sight(self.sources.get(name), self.file_gaps, self.unclear_files.get(name, {}), lasting=True)

    def sights(self) -> Iterator[tuple[datetime, str]]:
        """When something comes into sight, or goes out of it: which table or source, empty for all of a kind."""
        for known in (self.tables, self.sources):
            yield from ((since, owner) for owner, since in known.items())
        for gap in (*self.table_gaps, *self.file_gaps):
            yield gap.evident_at, ""
            if gap.until is not None:
                yield gap.until, ""
        for owner, rows in (*self.unclear_loads.items(), *self.unclear_files.items()):
            yield from ((row.moment or EVER, owner) for about in rows.values() for row in about)
        if self.calendar_ended_at is not None:
            yield self.calendar_ended_at, ""

    def moments(self) -> Iterator[datetime]:
        return (moment for moment, _ in self.sights())


@dataclass(frozen=True, slots=True)
class Trail:
    """What one table, or one source, shows for one date. `claimed`: when runs were known, within gaps, that may have
    brought some of it.
    """

    seen: Rows = ()
    sight: Sight = UNSEEN
    claimed: tuple[datetime, ...] = ()

    def tells(self, data_date: date, at: datetime, judged_at: datetime | None = None) -> bool:
        """A row about the date speaks for itself, unless more has come since; its absence speaks where the rows of the
        table are known.
        """
        claimed_at = max((moment for moment in self.claimed if moment <= at), default=None)
        if not self.seen or self.seen[0][0] > at:
            return self.sight.tells(data_date, at, judged_at, claimed_at)
        if not self.sight.unclear and claimed_at is None:
            return True
        known = [row for row in self.seen if row[0] <= at]
        if self.sight.outdated(known, at, claimed_at):
            return False
        return self.sight.leaves(known, data_date, at, judged_at)

    def latest(self, at: datetime) -> int | None:
        """None when nothing has come by then."""
        return latest(self.seen, at)

    def first_above(self, least: int, at: datetime) -> datetime | None:
        return next((moment for moment, size in self.seen if size >= least and moment <= at), None)

    def filled_since(self, at: datetime) -> datetime | None:
        """When a table first had rows; None while it has none, be it that it was emptied."""
        return self.first_above(1, at) if self.latest(at) else None

    def emptied_at(self, at: datetime) -> datetime | None:
        return emptied_at(row for row in self.seen if row[0] <= at)

    def moments(self, data_date: date) -> Iterator[datetime]:
        """When its answers about the date may change."""
        unclear = [row.moment for row in self.sight.about(data_date) if row.moment is not None]
        yield from unclear
        yield from (moment for moment, _ in (self.seen if unclear or self.claimed else changes(self.seen)))
        if self.sight.since is not None:
            yield self.sight.since
        yield from self.claimed
        for gap in self.sight.gaps:
            yield gap.evident_at
            if gap.until is not None:
                yield gap.until


def latest(seen: Sequence[tuple[datetime, int]], at: datetime) -> int | None:
    return next((size for moment, size in reversed(seen) if moment <= at), None)


def emptied_at(seen: Iterable[tuple[datetime, int]]) -> datetime | None:
    """When a table that had rows last lost them; None while it has any, or if it never had."""
    since, before = None, 0
    for moment, rows in seen:
        if rows or before:
            since = None if rows else moment
        before = rows
    return since


def changes(seen: Rows) -> Iterator[tuple[datetime, int]]:
    """Each row at which an answer may change: the first of all, the first that is large enough for a file, and each at
    which rows come or go.
    """
    before, large = -1, False
    for moment, size in seen:
        if before < 0 or (size > 0) is not (before > 0) or (size >= SMALLEST_FILE and not large):
            yield moment, size
        before, large = size, large or size >= SMALLEST_FILE
