"""A watch of a fix: the days before it and the days after it, and whether they are better.

The verdict is by the share of bad runs (real and unexplained failures, and successes without a record on a date that
should have some) and by the share of dates without data: better, or worse, where the 95 % Wilson intervals (one-sided)
of before and after do not touch. Fewer than five of a kind on either side say nothing. Durations are shown, not judged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from zoneinfo import ZoneInfo

from bot.domain.errors import BadInput
from bot.domain.health.model import Durations, Tally
from bot.domain.reports.objectives import Counts
from bot.domain.statistics import ONE_SIDED_95, wilson_interval

DAY = timedelta(days=1)
DAYS, MOST_DAYS = 5, 30
FEWEST = 5
ID_LENGTH = 8


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Of `days` before `since`, the first date after the fix, and as many from it on. `ends_at`: its result is posted
    then, to `channel`; `ended_at`: somebody has ended it before.
    """

    id: str
    processor: str
    since: date
    days: int
    by: str
    channel: str
    started_at: datetime
    ends_at: datetime
    ended_at: datetime | None = None

    @property
    def until(self) -> date:
        """The first date that is not watched any more."""
        return self.since + self.days * DAY


def check_days(processor: str, since: date, days: int, today: date) -> None:
    """Raises BadInput for a watch that makes no sense."""
    if not 1 <= days <= MOST_DAYS:
        raise BadInput(f"A watch of {days} days makes no sense. Give 1 to {MOST_DAYS} days.")
    if since > today:
        raise BadInput(f"{since} has not come yet. Give the first date after the fix of {processor}.")


def begun(
    processor: str, since: date, days: int, by: str, channel: str, now: datetime, posted_at: time, zone: ZoneInfo
) -> Watch:
    """Its result comes on the day after its last one, when the digest does. The same again is the same watch."""
    name = sha256(f"{processor}:{since}:{days}:{channel}".encode()).hexdigest()[:ID_LENGTH]
    ends_at = datetime.combine(since + days * DAY, posted_at, zone)
    return Watch(
        id=name,
        processor=processor,
        since=since,
        days=days,
        by=by,
        channel=channel,
        started_at=now,
        ends_at=ends_at,
    )


@dataclass(frozen=True)
class WatchedDay:
    """What began on a local day, and what became of that data date."""

    day: date
    tally: Tally
    durations: Durations | None
    dates: Counts


class Verdict(StrEnum):
    BETTER = "better"
    NOT_BETTER = "not better"
    WORSE = "worse"
    EARLY = "too early to tell"


@dataclass(frozen=True)
class Share:
    """`bad` of `count`."""

    bad: int
    count: int

    @property
    def interval(self) -> tuple[float, float]:
        return wilson_interval(self.bad / self.count if self.count else 0.0, self.count, ONE_SIDED_95)

    def against(self, before: "Share") -> Verdict:
        if min(self.count, before.count) < FEWEST:
            return Verdict.EARLY
        if self.interval[1] < before.interval[0]:
            return Verdict.BETTER
        return Verdict.WORSE if self.interval[0] > before.interval[1] else Verdict.NOT_BETTER


@dataclass(frozen=True)
class Side:
    """The days on one side of a fix."""

    days: Sequence[WatchedDay]

    @property
    def runs(self) -> Share:
        """Those that can be judged."""
        tallies = [each.tally for each in self.days]
        bad = sum(each.real + each.unknown + each.zero_on_game_days for each in tallies)
        return Share(bad, sum(each.tried for each in tallies))

    @property
    def dates(self) -> Share:
        return Share(sum(each.dates.bad for each in self.days), sum(each.dates.known for each in self.days))


@dataclass(frozen=True, kw_only=True)
class Watched:
    """`after` has the days that have begun; not `over`: there are more to come."""

    processor: str
    since: date
    days: int
    as_of: datetime
    zone: ZoneInfo
    before: Side
    after: Side
    over: bool
    notes: Sequence[str] = ()

    @property
    def by_runs(self) -> Verdict:
        return self.after.runs.against(self.before.runs)

    @property
    def by_dates(self) -> Verdict:
        return self.after.dates.against(self.before.dates)

    @property
    def verdict(self) -> Verdict:
        """What is worse outdoes what is better; while days are to come, no difference is too early."""
        found = {self.by_runs, self.by_dates}
        for each in (Verdict.WORSE, Verdict.BETTER):
            if each in found:
                return each
        return Verdict.NOT_BETTER if self.over and Verdict.NOT_BETTER in found else Verdict.EARLY
