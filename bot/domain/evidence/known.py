"""For which dates a table, or a source, says anything: what is never seen, or not seen any more, is not empty."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.domain.evidence.expectation import SMALLEST_FILE

ENDED_AFTER = timedelta(hours=48)
"""No row of a kind for so long, and then a run that says it brought records: the kind is not recorded any more."""


def no_new_data(known_until: datetime) -> str:
    """Of a history that has stopped, in the words of every answer."""
    return f"No new data since {known_until:%Y-%m-%d %H:%M} UTC: what has happened since then is not known"


Rows = tuple[tuple[datetime, int], ...]
"""(moment, rows or bytes), in the order in which it became known."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A span without any row of a kind (table loads, or raw files), although a run brought records meanwhile. `until`:
    when rows came again, None: never. Known from `evident_at` on.
    """

    first: datetime
    until: datetime | None
    evident_at: datetime

    def hides(self, data_date: date, at: datetime, judged_at: datetime | None = None) -> bool:
        """Would rows about the date have come within the gap? What was judged before it was evident stays known;
        `judged_at` None: nothing was, or a run says that it brought the data.
        """
        if at < self.evident_at or data_date < self.first.date():
            return False
        if judged_at is not None and judged_at <= self.evident_at:
            return False
        return self.until is None or at < self.until or data_date < self.until.date()


@dataclass(frozen=True, slots=True)
class Sight:
    """Since when the rows of one table or source are known, None: never; and the gaps of their kind."""

    since: datetime | None = None
    gaps: tuple[Gap, ...] = ()

    def tells(self, data_date: date, at: datetime, judged_at: datetime | None = None) -> bool:
        """Does the absence of rows about the date say anything at that moment? `judged_at` as in `Gap.hides`."""
        if self.since is None or at < self.since or data_date < self.since.date():
            return False
        return not any(gap.hides(data_date, at, judged_at) for gap in self.gaps)

    def ended(self, at: datetime) -> bool:
        """Do no rows of the kind come any more?"""
        return any(gap.evident_at <= at and (gap.until is None or at < gap.until) for gap in self.gaps)


UNSEEN = Sight()


@dataclass(frozen=True)
class Seen:
    """What was ever seen, as the rows tell: tables and sources by name with the first row of each, the gaps of both
    kinds; `calendar`: a game calendar is there, even if it is empty; `calendar_ended_at`: see `GameCalendar`.
    """

    tables: Mapping[str, datetime] = field(default_factory=dict)
    sources: Mapping[str, datetime] = field(default_factory=dict)
    table_gaps: tuple[Gap, ...] = ()
    file_gaps: tuple[Gap, ...] = ()
    calendar: bool = True
    calendar_ended_at: datetime | None = None

    @property
    def has_gaps(self) -> bool:
        return bool(self.table_gaps or self.file_gaps)

    def table(self, name: str) -> Sight:
        since = self.tables.get(name)
        return UNSEEN if since is None else Sight(since, self.table_gaps)

    def source(self, name: str) -> Sight:
        since = self.sources.get(name)
        return UNSEEN if since is None else Sight(since, self.file_gaps)

    def moments(self) -> Iterator[datetime]:
        """When something comes into sight, or goes out of it."""
        yield from self.tables.values()
        yield from self.sources.values()
        for gap in (*self.table_gaps, *self.file_gaps):
            yield gap.evident_at
            if gap.until is not None:
                yield gap.until
        if self.calendar_ended_at is not None:
            yield self.calendar_ended_at


@dataclass(frozen=True, slots=True)
class Trail:
    """What one table, or one source, shows for one date."""

    seen: Rows = ()
    sight: Sight = UNSEEN

    def tells(self, data_date: date, at: datetime, judged_at: datetime | None = None) -> bool:
        """A row about the date speaks for itself; its absence speaks where the rows of the table are known."""
        return bool(self.seen and self.seen[0][0] <= at) or self.sight.tells(data_date, at, judged_at)

    def latest(self, at: datetime) -> int | None:
        """None when nothing has come by then."""
        return latest(self.seen, at)

    def first_above(self, least: int, at: datetime) -> datetime | None:
        return next((moment for moment, size in self.seen if size >= least and moment <= at), None)

    def moments(self) -> Iterator[datetime]:
        """When its answers may change."""
        yield from (moment for moment, _ in changes(self.seen))
        if self.sight.since is not None:
            yield self.sight.since
        for gap in self.sight.gaps:
            yield gap.evident_at
            if gap.until is not None:
                yield gap.until


def latest(seen: Sequence[tuple[datetime, int]], at: datetime) -> int | None:
    return next((size for moment, size in reversed(seen) if moment <= at), None)


def changes(seen: Rows) -> Iterator[tuple[datetime, int]]:
    """Each row at which an answer may change: the first of all, the first that is large enough for a file, and each at
    which rows come or go.
    """
    before, large = -1, False
    for moment, size in seen:
        if before < 0 or (size > 0) is not (before > 0) or (size >= SMALLEST_FILE and not large):
            yield moment, size
        before, large = size, large or size >= SMALLEST_FILE


def gaps_of(rows: Iterable[datetime], runs: Iterable[tuple[datetime, datetime]]) -> tuple[Gap, ...]:
    """The gaps of a kind. `rows`: when each came; `runs`: (started, known) of those that brought records."""
    gaps: list[Gap] = []
    newest: datetime | None = None
    events = [(known, 0, started) for started, known in runs] + [(moment, 1, moment) for moment in rows]
    for moment, is_row, started in sorted(events):
        is_open = bool(gaps) and gaps[-1].until is None
        if is_row:
            if is_open:
                gaps[-1] = Gap(gaps[-1].first, moment, gaps[-1].evident_at)
            newest = moment if newest is None else max(newest, moment)
        elif newest is not None and not is_open and started >= newest + ENDED_AFTER:
            gaps.append(Gap(newest, None, moment))
    return tuple(gaps)
