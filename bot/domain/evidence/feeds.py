"""When a feed as a whole falls silent: runs bring data for one table after the other, and no table shows any.

One table of many that shows nothing has lost its data; of none at all that does, it is the feed that is not seen.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from bot.domain.evidence.attempts import OFF_SCHEDULE
from bot.domain.evidence.expectation import Expects
from bot.domain.evidence.known import AHEAD, Gap, Seen
from bot.domain.evidence.observation import Observed, RunSeen
from bot.domain.evidence.platform_facts import ProcessorPlatform
from bot.domain.evidence.processor_date import EARLY_START
from bot.domain.evidence.runs import Status
from bot.domain.sources import Feed

FEWEST_OWNERS = 3
"""So many tables, or sources, should have shown something and none has: one or two are losses of their own."""
SHOWN_WITHIN = timedelta(minutes=10)
"""A row is visible so long after its run is known."""
SHOWS = 0.8
"""Rows that a run leaves, on average: each should then. Of others it is known only of the last of a date."""
ENDED_AFTER = timedelta(hours=48)
"""Of fewer: no row of the kind for so long, and then a run that brought some: the kind is not recorded any more."""
CLAIMS_WITHIN = timedelta(days=35)
"""A run tells what should be seen of dates so far from its start, at most: a month's job, and a weekend. Older ones are
filled in again, and a store need not look through all of its partitions for them.
"""

_DAY = timedelta(days=1)
_SHOWN = {Feed.TABLE_LOADS: "no table has shown a row", Feed.RAW_FILES: "no raw file was seen"}


class FeedGap(NamedTuple):
    """A gap of a feed, table loads or raw files."""

    feed: Feed
    gap: Gap

    @property
    def text(self) -> str:
        """In one sentence, for every answer that rests on less."""
        gap, shown = self.gap, _SHOWN[self.feed]
        if gap.until is None:
            return (
                f"Feed {self.feed}: {shown} since {gap.first:%Y-%m-%d %H:%M} UTC, though runs bring data;"
                " answers rest on runs alone since then"
            )
        return (
            f"Feed {self.feed}: {shown} from {gap.first:%Y-%m-%d %H:%M} to {gap.until:%Y-%m-%d %H:%M} UTC,"
            " though runs brought data; answers about that time rest on runs alone"
        )

    def as_of(self, at: datetime) -> "FeedGap | None":
        """What was known of it then; None: nothing."""
        if at < self.gap.evident_at:
            return None
        return (
            self
            if self.gap.until is None or self.gap.until <= at
            else FeedGap(self.feed, replace(self.gap, until=None))
        )

    def concerns(self, first: date, last: date) -> bool:
        """May rows about one of these dates have come within it?"""
        return self.gap.first.date() <= last + _DAY and (self.gap.until is None or first <= self.gap.until.date())


def feed_gaps(seen: Seen) -> tuple[FeedGap, ...]:
    tables = (FeedGap(Feed.TABLE_LOADS, gap) for gap in seen.table_gaps)
    return (*tables, *(FeedGap(Feed.RAW_FILES, gap) for gap in seen.file_gaps))


def on_runs_alone(gaps: Iterable[FeedGap], first: date, last: date, at: datetime) -> Iterator[str]:
    """Why answers about these dates rest on runs alone, as of a moment."""
    known = (gap.as_of(at) for gap in gaps)
    yield from (gap.text for gap in known if gap is not None and gap.concerns(first, last))


class Claim(NamedTuple):
    """A run that brought data of a table or a source, which should have shown it. `owner` None: it may not have to."""

    owner: str | None
    started_at: datetime
    known_at: datetime


def may_have_brought(run: RunSeen) -> bool:
    """Has it worked, and does it not say that it brought nothing?"""
    return run.status is Status.SUCCESS and run.records != 0


def may_claim(data_date: date, started_at: datetime) -> bool:
    """Is the date near enough to the start for the run to tell what should be seen of it?"""
    return abs(data_date - started_at.date()) <= CLAIMS_WITHIN


def dates_claimed(first: datetime, until: datetime | None) -> tuple[date, date]:
    """The dates of which runs may tell that began within a span without rows; `until` None: it has no end yet."""
    last = date.max if until is None else (until + AHEAD).date() + CLAIMS_WITHIN
    return first.date() - CLAIMS_WITHIN, last


def is_last_of_date(facts: ProcessorPlatform, data_date: date, started_at: datetime) -> bool:
    """Is it the run of the last slot of a date on which data is due whatever a calendar of games says? Then it should
    have left something to see, though it does not say how many records it brought.
    """
    slots = facts.schedule.slots(data_date) if facts.expects is Expects.PER_SLOT else ()
    return bool(slots) and facts.schedule.is_working(data_date) and started_at >= slots[-1] - EARLY_START


def gaps_of(rows: Iterable[datetime], claims: Iterable[Claim]) -> tuple[Gap, ...]:
    """The gaps of a kind. `rows`: when each came."""
    moments = sorted(set(rows))
    if not moments:
        return ()
    ordered = sorted(claims, key=lambda claim: claim.known_at)
    found, place = list[Gap](), 0
    for first, until in zip(moments, [*moments[1:], None], strict=True):
        within = list[Claim]()
        while place < len(ordered) and (until is None or ordered[place].known_at <= until):
            within.append(ordered[place])
            place += 1
        evident_at = evident(first, within)
        if evident_at is not None and (until is None or evident_at < until):
            found.append(Gap(first, until, evident_at))
    return tuple(found)


def evident(first: datetime, claims: Iterable[Claim]) -> datetime | None:
    """When it is evident that nothing is shown any more since `first`, by the claims that no row has followed. A run
    that was known before it began, by more than clocks differ, is one of the future, and claims nothing.
    """
    known = (claim for claim in claims if first < claim.known_at)
    since = [claim for claim in known if first <= claim.started_at <= claim.known_at + AHEAD]
    shown_by = dict[str, datetime]()
    for claim in since:
        if claim.owner is None:
            continue
        known_at = claim.known_at + SHOWN_WITHIN
        shown_by[claim.owner] = min(known_at, shown_by.get(claim.owner, known_at))
    moments = [claim.known_at for claim in since if claim.started_at >= first + ENDED_AFTER]
    if len(shown_by) >= FEWEST_OWNERS:
        moments.append(sorted(shown_by.values())[FEWEST_OWNERS - 1])
    return min(moments, default=None)


def claims_on_tables(observed: Observed, platform: Mapping[str, ProcessorPlatform]) -> Iterator[Claim]:
    """Of the runs whose table has shown something before: of those that usually leave a row each, and of the last of a
    date of which there is none.
    """
    came, shows = _Came(), _usual(observed, platform)
    for load in observed.loads:
        came.take(load.table, load.data_date, load.known_at, is_there=load.rows > 0)
    for run, facts in _worked(observed, platform):
        table = facts.table
        if table is None or not came.known(table, run.started_at):
            continue
        last = is_last_of_date(facts, run.data_date, run.started_at) and not came.before(table, run)
        if run.records or table in shows or last:
            yield Claim(table if table in shows or last else None, run.started_at, run.known_at)


def claims_on_sources(observed: Observed, platform: Mapping[str, ProcessorPlatform]) -> Iterator[Claim]:
    """Of scrapers, whose file for the date was never seen, although their source has shown others before."""
    came = _Came()
    for file in observed.files:
        came.take(file.source, file.data_date, file.known_at, is_there=True)
    for run, facts in _worked(observed, platform):
        source = facts.source
        if source is None or not came.known(source, run.started_at):
            continue
        last = run.records is None and is_last_of_date(facts, run.data_date, run.started_at)
        sure = (last or (facts.file_is_output and run.records is not None)) and not came.before(source, run)
        if run.records or sure:
            yield Claim(source if sure else None, run.started_at, run.known_at)


def _worked(
    observed: Observed, platform: Mapping[str, ProcessorPlatform]
) -> Iterator[tuple[RunSeen, ProcessorPlatform]]:
    """Of the schedule, that may have brought something: a poll may find what is there already. For a date near it."""
    for run in observed.runs:
        facts = platform.get(run.processor)
        if facts is None or not may_have_brought(run) or run.trigger in OFF_SCHEDULE:
            continue
        if may_claim(run.data_date, run.started_at):
            yield run, facts


def _usual(observed: Observed, platform: Mapping[str, ProcessorPlatform]) -> set[str]:
    """Tables of which nearly every run that works leaves a row, by the dates that have any."""
    loads = Counter((load.table, load.data_date) for load in observed.loads)
    runs, rows = Counter[str](), Counter[str]()
    for run in observed.runs:
        table = platform[run.processor].table if run.processor in platform and may_have_brought(run) else None
        if table is not None and (table, run.data_date) in loads:
            runs[table] += 1
    for (table, _), count in loads.items():
        rows[table] += count
    return {table for table, count in runs.items() if rows[table] >= SHOWS * count}


class _Came:
    """When each owner showed its first row, and the first about each date."""

    def __init__(self) -> None:
        self._first: dict[str, datetime] = {}
        self._of_date: dict[tuple[str, date], datetime] = {}

    def take(self, owner: str, data_date: date, known_at: datetime, *, is_there: bool) -> None:
        self._first[owner] = min(known_at, self._first.get(owner, known_at))
        if is_there:
            self._of_date[owner, data_date] = min(known_at, self._of_date.get((owner, data_date), known_at))

    def known(self, owner: str, at: datetime) -> bool:
        return owner in self._first and self._first[owner] <= at

    def before(self, owner: str, run: RunSeen) -> bool:
        return self._of_date.get((owner, run.data_date), run.known_at) < run.known_at
