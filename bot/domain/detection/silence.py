"""missing_run by rhythm: pollers and irregular jobs have no slot that could pass; their own usual gaps take its place.

Silence is a finding at `silent_factor` times the 99th percentile of the gaps that began in the same hour of the day or
its neighbours, after `silent_least` at the earliest, and not while nearly every thousandth gap is as long (RARE).
Pollers at random moments page less by chance: of few gaps the percentile counts as what it may be at most; and of one
that runs often, no gap is a finding that chance alone brings more often than BY_CHANCE times in 30 days.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import log

from bot.domain.blindness import length
from bot.domain.detection.trouble import Trouble
from bot.domain.evidence.observation import Event, RunSeen, Started
from bot.domain.evidence.runs import Trigger
from bot.domain.findings.finding import FindingKind, RootCause
from bot.domain.platform.judgement import Judgement
from bot.domain.statistics import ONE_SIDED_95, nearest_rank, quantile_margin, tail_scale

SILENCE = "silence"
"""The error class of what has not run for long."""
QUANTILE, RARE, TAIL_FROM = 0.99, 0.999, 0.9
BY_CHANCE, MONTH = 0.02, timedelta(days=30)
FEWEST_GAPS = 20
FEWEST_DAYS = timedelta(days=7)
"""Of the same hour with its neighbours, and a week of history: less says nothing of what is usual."""
MOST_GAPS, MOST_OF_A_DAY = 400, 28
"""Of one hour: the newest, and of one day's the longest: a night of retries by the thousand says nothing of others."""
RETIRED_AFTER = timedelta(days=7)
"""What has not run for so long is retired."""


@dataclass
class Gaps:
    """Gaps between the starts of one processor's runs, in seconds, by the hour of the day (UTC) in which each began."""

    first: datetime | None = None
    last: datetime | None = None
    count: int = 0
    by_hour: dict[int, deque[float]] = field(default_factory=lambda: defaultdict(lambda: deque(maxlen=MOST_GAPS)))
    of_a_day: dict[int, tuple[date, int]] = field(default_factory=dict)
    """By the hour: its newest day, and how many of its gaps are that day's."""

    def start(self, moment: datetime) -> None:
        if self.last is not None and moment > self.last:
            self.count += 1
            self._keep(self.last, (moment - self.last).total_seconds())
        if self.last is None or moment > self.last:
            self.last = moment
        self.first = min(moment, self.first or moment)

    def _keep(self, began: datetime, gap: float) -> None:
        gaps, (day, count) = self.by_hour[began.hour], self.of_a_day.get(began.hour, (began.date(), 0))
        count = count if day == began.date() else 0
        if count < MOST_OF_A_DAY:
            gaps.append(gap)
            self.of_a_day[began.hour] = (began.date(), count + 1)
            return
        shortest = min(range(len(gaps) - count, len(gaps)), key=gaps.__getitem__)
        gaps[shortest] = max(gap, gaps[shortest])

    def usual(self, hour: int, judgement: Judgement) -> tuple[float, float] | None:
        """The usual gap of that hour, and from which gap on it is unusual, in seconds; None when few are known."""
        found = sorted(gap for near in (hour - 1, hour, hour + 1) for gap in self.by_hour.get(near % 24, ()))
        if len(found) < FEWEST_GAPS:
            return None
        usual, rare = (found[nearest_rank(quantile, len(found))] for quantile in (QUANTILE, RARE))
        at_most = usual + quantile_margin(found, QUANTILE, TAIL_FROM, ONE_SIDED_95)
        by_chance = at_most + tail_scale(found, TAIL_FROM) * log(max(1.0, (1 - QUANTILE) * self._a_month / BY_CHANCE))
        return usual, max(judgement.silent_least.total_seconds(), judgement.silent_factor * at_most, rare, by_chance)

    @property
    def _a_month(self) -> float:
        """How many gaps 30 days have."""
        if self.first is None or self.last is None or self.last == self.first:
            return 0.0
        return self.count * (MONTH / (self.last - self.first))


class Silence:
    """The rhythm of each processor that is watched by it."""

    def __init__(self, judgement: Judgement) -> None:
        self._judgement = judgement
        self._gaps: dict[str, Gaps] = defaultdict(Gaps)

    def take(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, (RunSeen, Started)):
                run = event.run if isinstance(event, Started) else event
                if run.trigger != Trigger.BACKFILL:
                    self._gaps[run.processor].start(run.started_at)

    def detect(
        self,
        name: str,
        now: datetime,
        counts: tuple[float, datetime],
        ends_at: datetime | None,
        date_of: Callable[[datetime], date | None],
    ) -> Trouble | None:
        """None while its silence is usual. `counts`: as of `now`; `ends_at`: where a recorded history ends; `date_of`:
        the date that a run after a moment would have been for, if it has slots.
        """
        gaps, (usual, evident_at) = self._gaps[name], counts
        if gaps.last is None or now < evident_at or (ends_at is not None and evident_at > ends_at):
            return None
        return Trouble(
            kind=FindingKind.MISSING_RUN,
            processors=(name,),
            root_cause=RootCause.MISSING_RUN,
            since=gaps.last,
            evident_at=evident_at,
            explanation=(
                f"{name} has not run since {gaps.last:%d %b %H:%M} UTC, for {length(now - gaps.last)}; "
                f"at this hour it usually runs again within {length(timedelta(seconds=usual))}"
            ),
            data_date=date_of(gaps.last),
            error_class=SILENCE,
        )

    def counts(self, name: str, now: datetime) -> tuple[float, datetime] | None:
        """The usual gap in seconds, and from when on its silence is unusual. None: it is not, until it runs again."""
        gaps = self._gaps.get(name)
        if gaps is None or gaps.last is None or gaps.first is None or gaps.last - gaps.first < FEWEST_DAYS:
            return None
        known = gaps.usual(gaps.last.hour, self._judgement) if now - gaps.last < RETIRED_AFTER else None
        if known is None:
            return None
        usual, unusual = known
        return usual, gaps.last + timedelta(seconds=unusual)

    def last_start(self, name: str) -> datetime | None:
        gaps = self._gaps.get(name)
        return None if gaps is None else gaps.last

    def any_new(self, moment: datetime, within: timedelta) -> bool:
        """Has a processor started for the first time so soon after that moment?"""
        firsts = (gaps.first for gaps in self._gaps.values() if gaps.first is not None)
        return any(timedelta() < first - moment <= within for first in firsts)

    def last_starts(self) -> Iterator[tuple[str, datetime]]:
        """Of everybody who has started."""
        return ((name, gaps.last) for name, gaps in self._gaps.items() if gaps.last is not None)
