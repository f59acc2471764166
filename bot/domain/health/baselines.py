"""What is usual of a processor on a day of the week, over 30 days, and what has moved away from it.

Days are UTC, as in the roll-up; hours of the week are local. What is compared is its newest day, with days of its kind
(`weekdays.alike`, as coverage does). A day is slow by SLOWER, and where it deviates more than nearly all of its 30 days
did; it fails more by the rule of health (`status.fails_more`). Of too few runs nothing is said.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from math import log
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.domain.evidence.weekdays import FEWEST_WEEKS, Alike, alike
from bot.domain.health.model import BASELINE, RunCount
from bot.domain.health.sketch import Sketch
from bot.domain.health.status import MINIMUM_RUNS, SLOWER, fails_more
from bot.domain.health.usual import Baseline, Cluster, DayOfRuns, Moved
from bot.domain.statistics import TWO_SIDED_95, nearest_rank, wilson_lower

NEWEST_WITHIN = timedelta(days=2)
"""What a processor did before says nothing of how it is now."""
RARE, FEWEST_DEVIATIONS = 0.95, 8
"""Slow is a day that deviates more than this share of the days before did, where so many are known."""
FEWEST_IN_A_CLUSTER, WEEKS_OF_A_CLUSTER = 5, 2
TIMES_CHANCE = 2
"""Failures cluster in an hour of the week that surely has so many times its share of them."""


class DaySketch(NamedTuple):
    """Of the runs of a processor that succeeded on a day (UTC): how long they took (seconds), or their records."""

    processor: str
    phase: int | None
    day: date
    durations: bool
    sketch: Sketch


class DayCount(NamedTuple):
    """Runs that began on a day (UTC)."""

    day: date
    runs: RunCount


class FailedHours(NamedTuple):
    """Real failures that began in an hour (aware UTC)."""

    hour: datetime
    failed: int


@dataclass(frozen=True)
class ProcessorDays:
    """What the roll-up has of a processor: days in order of time, its real failures of four weeks by hour, and on how
    many hours of the week it runs.
    """

    processor: str
    days: Sequence[DayOfRuns] = ()
    failures: Sequence[FailedHours] = ()
    active_hours: int = 0


@dataclass(frozen=True)
class Baselines:
    """Of every processor in scope, as of a moment (aware UTC); hours of the week by `zone`."""

    as_of: datetime
    zone: ZoneInfo
    found: Mapping[str, Baseline] = field(default_factory=dict)

    @cached_property
    def moved(self) -> tuple[Baseline, ...]:
        """Those of which something is told, the farthest first."""
        return tuple(sorted((each for each in self.found.values() if each.moved), key=_by_distance))


def _by_distance(each: Baseline) -> tuple[float, str]:
    times = [moved.times for moved in (each.failing, each.slower) if moved is not None]
    return -max(times, default=0.0), each.processor


def baseline_of(found: ProcessorDays, as_of: datetime, zone: ZoneInfo) -> Baseline:
    """The baseline of one processor; `found.days` up to the day of `as_of`."""
    newest = next((each for each in reversed(found.days) if each.tried), None)
    cluster = cluster_of(found.failures, found.active_hours, zone)
    if newest is None:
        return Baseline(found.processor, None, (), cluster=cluster)
    first = newest.day - BASELINE
    before = [each for each in found.days if first <= each.day < newest.day]
    if as_of.date() - newest.day > NEWEST_WITHIN:
        return Baseline(found.processor, newest, before, cluster=cluster)
    return Baseline(found.processor, newest, before, _slower(newest, before), _failing(newest, before), cluster)


def _slower(newest: DayOfRuns, before: Sequence[DayOfRuns]) -> Moved | None:
    timed = [each for each in before if each.durations.counts]
    compared = _compared(newest.day, timed)
    if compared is None or not newest.durations.counts:
        return None
    (now,), (usual,) = newest.durations.quantiles((0.5,)), _middle(compared[1])
    if now <= SLOWER * usual or usual <= 0 or not _is_rare(log(now / usual), timed):
        return None
    kind, days = compared
    runs, usual_runs = sum(newest.durations.counts), sum(sum(each.durations.counts) for each in days)
    return Moved(newest.day, kind, now, usual, runs, len(days), usual_runs)


def _is_rare(deviation: float, timed: Sequence[DayOfRuns]) -> bool:
    """Whether nearly all days before deviated less from the others of their kind."""
    return (
        len(known := sorted(_deviations(timed))) >= FEWEST_DEVIATIONS
        and deviation > known[nearest_rank(RARE, len(known))]
    )


def _deviations(timed: Sequence[DayOfRuns]) -> Iterator[float]:
    for each in timed:
        compared = _compared(each.day, [other for other in timed if other is not each])
        (now,) = each.durations.quantiles((0.5,))
        if compared is not None and (usual := _middle(compared[1])[0]) > 0 < now:
            yield log(now / usual)


def _failing(newest: DayOfRuns, before: Sequence[DayOfRuns]) -> Moved | None:
    compared = _compared(newest.day, [each for each in before if each.tried])
    if compared is None:
        return None
    kind, days = compared
    usual_runs = sum(each.tried for each in days)
    usual = sum(each.failed for each in days) / usual_runs
    enough = min(newest.tried, usual_runs) >= MINIMUM_RUNS
    if not enough or not fails_more(newest.failed, newest.tried, usual):
        return None
    return Moved(newest.day, kind, newest.failed / newest.tried, usual, newest.tried, len(days), usual_runs)


def _compared(day: date, days: Iterable[DayOfRuns]) -> tuple[Alike, list[DayOfRuns]] | None:
    """Days of its kind, if enough are known."""
    kind, found = alike(day, days, lambda each: each.day, FEWEST_WEEKS)
    return None if kind is Alike.FEW else (kind, found)


def _middle(days: Iterable[DayOfRuns]) -> list[float]:
    return Sketch.merged(each.durations for each in days).quantiles((0.5,))


def cluster_of(failures: Iterable[FailedHours], active_hours: int, zone: ZoneInfo) -> Cluster | None:
    """Hours in a row of the week in which failures come far more often than by chance; the greatest such."""
    counts, weeks = Counter[int](), defaultdict[int, set[tuple[int, int]]](set)
    for each in failures:
        local = each.hour.astimezone(zone)
        place = local.weekday() * 24 + local.hour
        counts[place] += each.failed
        weeks[place].add(local.isocalendar()[:2])
    total = counts.total()
    chance = TIMES_CHANCE / max(active_hours, 1)

    def stands_out(place: int) -> bool:
        often = counts[place] >= FEWEST_IN_A_CLUSTER and len(weeks[place]) >= WEEKS_OF_A_CLUSTER
        return often and wilson_lower(counts[place], total, TWO_SIDED_95) > chance

    spans = _in_a_row(sorted(place for place in counts if stands_out(place)))
    found = (_cluster(span, counts, weeks, total) for span in spans)
    return max(found, key=lambda each: each.failures, default=None)


def _cluster(
    span: Sequence[int], counts: Mapping[int, int], weeks: Mapping[int, set[tuple[int, int]]], total: int
) -> Cluster:
    days, hour = divmod(span[0], 24)
    seen = set[tuple[int, int]]().union(*(weeks[place] for place in span))
    return Cluster(days, hour, len(span), sum(counts[place] for place in span), total, len(seen))


def _in_a_row(places: Iterable[int]) -> list[list[int]]:
    """Hours that follow each other, together."""
    found: list[list[int]] = []
    for place in places:
        if found and found[-1][-1] == place - 1:
            found[-1].append(place)
        else:
            found.append([place])
    return found
