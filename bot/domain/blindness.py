"""Blindness: what a source does not show is unknown, not absent. From when on that is so, and of what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.domain.sources import Feed, SourcePlan, SourceStatus

NEVER = datetime.min.replace(tzinfo=UTC)
OF_RHYTHM = frozenset({Feed.RUNS, Feed.TABLE_LOADS, Feed.RAW_FILES})
"""What comes all the time; a calendar is quiet for weeks."""
LATE_READS = 3
"""So many intervals without a good read are worth a word."""
SHORTEST = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class BlindnessPolicy:
    """A source is blind when it has not been read well for `failing_for` or `failing_reads` times its interval, the
    longer of the two; or when it is read well and its newest row is older than `silent_factor` times what is usual at
    that hour, and than `silent_least`.
    """

    failing_for: timedelta = timedelta(minutes=5)
    failing_reads: float = 3.0
    silent_factor: float = 2.0
    silent_least: timedelta = timedelta(minutes=30)


STANDARD = BlindnessPolicy()


class Because(StrEnum):
    FAILING = "cannot be read"
    UNANSWERED = "does not answer"
    SILENT = "brings nothing new"


@dataclass(frozen=True)
class Blind:
    """A source that shows nothing since `since`; `evident_at`: from when on that counts; `detail`: the error, or what
    would be usual.
    """

    source: str
    because: Because
    since: datetime
    evident_at: datetime
    detail: str = ""

    @property
    def text(self) -> str:
        """In one sentence: `history cannot be read since 09:02 UTC: connection refused`."""
        said = f"{self.source} {self.because} since {shown(self.since)}"
        return f"{said}: {self.detail.rstrip('.')}" if self.detail else said


def blindness(status: SourceStatus, policy: BlindnessPolicy = STANDARD) -> Blind | None:
    """Why a source is blind; None while it is not, or was never looked at."""
    return _unread(status, policy) or _silent(status, policy)


def late_read(status: SourceStatus) -> str:
    """That it has not been read for a while, blind or not yet; "": it is read."""
    age, said = status.age, f": {status.error.rstrip('.')}" if status.error else ""
    if age is None:
        return f"{status.plan.name} has not been read yet{said}"
    if age > max(SHORTEST, LATE_READS * status.plan.every) or status.failing_since is not None:
        return f"{status.plan.name} has not been read for {length(age)}{said}"
    return ""


def limit_of(status: SourceStatus, policy: BlindnessPolicy) -> timedelta:
    return max(policy.failing_for, policy.failing_reads * status.plan.every)


def _unread(status: SourceStatus, policy: BlindnessPolicy) -> Blind | None:
    failing = status.failing_since is not None
    good = [moment for moment in (status.synced_at, status.watched_since) if moment is not None]
    began = status.failing_since or max(good, default=None)
    if began is None or (not failing and status.watched_since is None):
        return None
    evident_at = began + limit_of(status, policy)
    if status.as_of <= evident_at:
        return None
    why = Because.FAILING if failing else Because.UNANSWERED
    return Blind(status.plan.name, why, status.synced_at or began, evident_at, status.error)


def _silent(status: SourceStatus, policy: BlindnessPolicy) -> Blind | None:
    newest = status.newest
    if newest is None or status.failing_since is not None or status.feeds.isdisjoint(OF_RHYTHM):
        return None
    usual = status.arrivals.usual(newest)
    if usual is None:
        return None
    evident_at = newest + max(policy.silent_least, policy.silent_factor * usual)
    if (status.synced_at or NEVER) < evident_at:
        return None
    detail = f"it is read, and at this hour its next row usually comes within {length(usual)}"
    return Blind(status.plan.name, Because.SILENT, newest, evident_at, detail)


@dataclass(frozen=True)
class Sight:
    """What the sources show at a moment: how far each thing is known, and which sources are blind."""

    statuses: tuple[SourceStatus, ...] = ()
    blind: tuple[Blind, ...] = ()

    @classmethod
    def of(cls, statuses: Sequence[SourceStatus], policy: BlindnessPolicy = STANDARD) -> "Sight":
        found = (blindness(status, policy) for status in statuses)
        return cls(tuple(statuses), tuple(each for each in found if each is not None))

    def known_until(self, feed: Feed, name: str) -> datetime | None:
        """Up to when what a feed tells of a name has been read; None: no source feeds it, so nothing is waited for.

        One source that brings it suffices. What none has brought yet may come from any of them.
        """
        bringing = self._bringing(feed, name)
        if not bringing:
            return None
        until = [self._read_until(status) for status in bringing]
        brought = any(name in status.brings.get(feed, ()) for status in bringing)
        return max(until) if brought else min(until)

    def blind_to(self, feed: Feed, name: str) -> Blind | None:
        """The source because of which it is unknown; None: one that brings it is read well."""
        bringing = self._bringing(feed, name)
        found = [self._blind(status.plan.name) for status in bringing]
        blind = [each for each in found if each is not None]
        brought = any(name in status.brings.get(feed, ()) for status in bringing)
        if not blind or (brought and len(blind) < len(found)):
            return None
        return max(blind, key=lambda each: each.since) if brought else min(blind, key=lambda each: each.since)

    def unread(self, feed: Feed, name: str) -> str:
        """Why what is not there of a name may be there all the same: its source is blind, or has not been read for a
        while; "": one that brings it is read well, or none feeds it.
        """
        blind = self.blind_to(feed, name)
        if blind is not None:
            return f"source {blind.text}"
        bringing = self._bringing(feed, name)
        late = [said for status in bringing if (said := late_read(status))]
        brought = any(name in status.brings.get(feed, ()) for status in bringing)
        return "" if not late or (brought and len(late) < len(bringing)) else f"source {late[0]}"

    def blind_to_any(self, rests_on: Iterable[tuple[Feed, str]]) -> Blind | None:
        """Of several, the one that has been blind longest."""
        found = (self.blind_to(feed, name) for feed, name in rests_on)
        return min((each for each in found if each is not None), key=lambda each: each.since, default=None)

    def blind_feeding(self, feed: Feed) -> Blind | None:
        """A blind source of a feed, whatever it brings."""
        names = {status.plan.name for status in self.statuses if feed in status.feeds}
        found = (each for each in self.blind if each.source in names)
        return min(found, key=lambda each: each.since, default=None)

    def _bringing(self, feed: Feed, name: str) -> list[SourceStatus]:
        feeding = [status for status in self.statuses if feed in status.feeds]
        return [status for status in feeding if name in status.brings.get(feed, ())] or feeding

    def _read_until(self, status: SourceStatus) -> datetime:
        blind = self._blind(status.plan.name)
        if blind is not None and blind.because is Because.SILENT:
            return blind.since
        return status.synced_at or NEVER

    def _blind(self, source: str) -> Blind | None:
        return next((each for each in self.blind if each.source == source), None)


ALL_SEEN = Sight()
LOADED = "load"
"""Named where no source is configured, and somebody loads files."""


def stopped_history(until: datetime, now: datetime) -> Sight:
    """Files were loaded up to then, and none since: nothing is known of what came after."""
    plans = (SourcePlan(LOADED, LOADED, feed, timedelta(), timedelta()) for feed in OF_RHYTHM)
    detail = "load newer files, or name sources in sources.yaml"
    blind = Blind(LOADED, Because.SILENT, until, now, detail)
    return Sight(tuple(SourceStatus(plan, now, synced_at=until, newest=until) for plan in plans), (blind,))


def shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def length(span: timedelta) -> str:
    """`20 s`, `34 min`, `3 h`; never none at all."""
    if span < timedelta(minutes=1):
        return f"{max(1, round(span.total_seconds()))} s"
    minutes = round(span / timedelta(minutes=1))
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.0f} h"
