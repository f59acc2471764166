"""What is usual of a processor by day of the week, and how its newest day and its failures stand against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from statistics import median

from bot.domain.evidence.weekdays import Alike
from bot.domain.health.sketch import Sketch
from bot.domain.statistics import TWO_SIDED_95, wilson_interval

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
QUANTILES = (0.50, 0.95)
NOTHING = Sketch((), ())


@dataclass(frozen=True, slots=True)
class DayOfRuns:
    """Runs of a processor that began on a day (UTC). `failed`: real and unexplained; `durations` (seconds) and
    `records` are of those that succeeded.
    """

    day: date
    succeeded: int = 0
    failed: int = 0
    durations: Sketch = NOTHING
    records: Sketch = NOTHING

    @property
    def tried(self) -> int:
        return self.succeeded + self.failed


@dataclass(frozen=True)
class WeekdayUsual:
    """Of `days` such days with `runs` runs that succeeded or failed. Durations in seconds, None where none is known;
    `volume`: runs on a middle day, `records` of a middle run.
    """

    weekday: int
    days: int
    runs: int
    failed: int
    p50: float | None
    p95: float | None
    volume: float
    records: float | None

    @property
    def failure_rate(self) -> float | None:
        return self.failed / self.runs if self.runs else None

    @property
    def failure_bounds(self) -> tuple[float, float]:
        """Wilson's, 95 %."""
        return wilson_interval(self.failure_rate or 0.0, self.runs, TWO_SIDED_95)


@dataclass(frozen=True)
class Moved:
    """`now` of the newest day (`runs` of them) against `usual` of `days` days that are alike, with `usual_runs`."""

    day: date
    alike: Alike
    now: float
    usual: float
    runs: int
    days: int
    usual_runs: int

    @property
    def times(self) -> float:
        return self.now / self.usual if self.usual else float("inf")


@dataclass(frozen=True)
class Cluster:
    """`failures` of `of` real ones of four weeks began in `hours` hours in a row of the week, in `weeks` weeks."""

    weekday: int
    hour: int
    hours: int
    failures: int
    of: int
    weeks: int


@dataclass(frozen=True)
class Baseline:
    """`slower`: by its median duration (seconds); `failing`: by the share that fails; None: nothing to be told."""

    processor: str
    newest: DayOfRuns | None
    before: Sequence[DayOfRuns]
    slower: Moved | None = None
    failing: Moved | None = None
    cluster: Cluster | None = None

    @property
    def moved(self) -> bool:
        return self.slower is not None or self.failing is not None or self.cluster is not None

    @cached_property
    def weekdays(self) -> tuple[WeekdayUsual, ...]:
        """Those that it ran on, Monday first."""
        found = (self._of(weekday) for weekday in range(7))
        return tuple(each for each in found if each.runs)

    def _of(self, weekday: int) -> WeekdayUsual:
        days = [each for each in self.before if each.day.weekday() == weekday and each.tried]
        durations, records = (_pooled(kind) for kind in ([d.durations for d in days], [d.records for d in days]))
        return WeekdayUsual(
            weekday=weekday,
            days=len(days),
            runs=sum(each.tried for each in days),
            failed=sum(each.failed for each in days),
            p50=durations[0] if durations else None,
            p95=durations[1] if durations else None,
            volume=float(median([each.tried for each in days] or [0])),
            records=records[0] if records else None,
        )


def _pooled(sketches: Sequence[Sketch]) -> list[float]:
    pooled = Sketch.merged(sketches)
    return pooled.quantiles(QUANTILES) if pooled.counts else []
