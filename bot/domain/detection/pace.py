"""perf_degradation and slow_drift: durations against the processor's own, on a logarithmic scale.

Durations are close to log-normal, so a ratio is a difference of logarithms; median and MAD are not moved by the
slow runs of an earlier incident. The scale of the normal distribution is 1.4826 times the MAD
(https://en.wikipedia.org/wiki/Median_absolute_deviation).
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from math import exp, log, sqrt
from operator import itemgetter
from statistics import fmean, median
from typing import NamedTuple

from bot.domain.counts import plural
from bot.domain.detection.trouble import Trouble
from bot.domain.findings.finding import FindingKind, RootCause

Known = Sequence[tuple[datetime, float]]
BASELINE = timedelta(days=30)
FEWEST = 8
"""A baseline of fewer runs says nothing."""
MANY_RUNS, SAMPLED = 200, 400
"""Of a processor with more runs than that a sample says what is usual: each fourth of 1,600."""
GLANCED, ROOM = 15, 0.35
"""So many runs of a large baseline tell its centre to within ROOM, on the scale of logarithms."""
FAR_OFF = 2.5
PRIOR_SPREAD, PRIOR_RUNS = 0.25, 12
"""Durations spread by about a quarter; few runs may show less by chance, so this counts like so many more of them."""
STALE = timedelta(days=2)
"""What a processor did before says nothing of how it is now."""


class Degraded(NamedTuple):
    """So many runs in a row: their median over `middle`, each over `each` times the usual, `unusual` spreads off."""

    runs: int
    middle: float
    each: float
    unusual: float


DEGRADED = (
    Degraded(2, 2.7, 2.3, 3.8),
    Degraded(3, 2.2, 1.8, 3.0),
    Degraded(4, 2.1, 1.7, 2.8),
    Degraded(6, 2.0, 1.5, 2.8),
)
"""The slower, the fewer runs are enough; one slow run is none."""
ALIKE = log(1.25)
"""Two durations within this of each other are of one speed."""
FEWEST_ALONE, BY_CHANCE = 3, 0.05
"""A job that was as slow so often, alone between quick runs, has two speeds: slow runs in a row are nothing new where
chance alone brings as many in a baseline, or in one of twenty.
"""
DRIFT_DAYS = range(3, 9)
DRIFT_MEMORY = timedelta(days=10)
DRIFT_EVERY = timedelta(hours=6)
"""A processor with many runs is asked for a drift so often: it takes days."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
FEWEST_DRIFTING, FEWEST_BEFORE = 4, 12
"""A drift is small: it needs more of a baseline."""
MOST = 2.2
"""A single run counts for no more than so many spreads."""
DRIFT, EACH_HALF = log(1.2), log(1.1)
"""Drifting: over 1.2 times the usual on average, and slower in the first half of the days as in the second."""
MANY, DRIFT_OF_MANY = 12, log(1.24)
"""More runs than that make less sure, too: it is asked of them what is worth a line."""
UNUSUAL, A_DAY_LESS = 3.0, 0.2
"""So many standard errors over eight days, and more the fewer the days: short spans are tried more often."""


@dataclass(frozen=True)
class Usual:
    centre: float
    spread: float
    runs: int


def usual_of(known: Known, first: datetime, until: datetime) -> Usual | None:
    """Mean and spread without what lies far off: the slow runs of an earlier incident do not move them."""
    values = _sampled(known, first, until, SAMPLED)
    if len(values) < FEWEST:
        return None
    middle = median(values)
    bound = FAR_OFF * max(PRIOR_SPREAD, 1.4826 * median(abs(value - middle) for value in values))
    near = [value for value in values if abs(value - middle) <= bound]
    centre = fmean(near)
    squares = sum((value - centre) ** 2 for value in near) + PRIOR_RUNS * PRIOR_SPREAD**2
    return Usual(centre, sqrt(squares / (len(near) + PRIOR_RUNS)), len(near))


def _sampled(known: Known, first: datetime, until: datetime, most: int) -> list[float]:
    """Of the runs that began in [first, until), `most` or a little more, evenly."""
    begin, end = (bisect_left(known, moment, key=itemgetter(0)) for moment in (first, until))
    return [value for _, value in known[begin : end : max(1, (end - begin) // most)]]


def _is_slow(known: Known, recent: Known, least: float) -> bool:
    """Whether all of the recent runs may be `least` (a logarithm) above the usual: a glance at a large baseline."""
    if len(known) < MANY_RUNS:
        return True
    centre = median(_sampled(known, recent[0][0] - BASELINE, recent[0][0], GLANCED) or [0.0])
    return min(value for _, value in recent) > centre + least - ROOM


def slowest_seconds(known: Known, now: datetime) -> float | None:
    """The duration that the processor's own history still allows: twice its p95."""
    values = sorted(value for at, value in known if at >= now - BASELINE)
    return 2 * exp(values[int(0.95 * (len(values) - 1))]) if len(values) >= FEWEST else None


def degraded(name: str, known: Known, now: datetime) -> Trouble | None:
    """`known`: (start, ln seconds) of the processor's successful runs, oldest first."""
    for rule in DEGRADED:
        recent = known[-rule.runs :]
        if len(recent) < rule.runs or recent[-1][0] < now - STALE or not _is_slow(known, recent, log(rule.each)):
            continue
        usual = usual_of(known[: -rule.runs], recent[0][0] - BASELINE, recent[0][0])
        if usual is None:
            continue
        over = [value - usual.centre for _, value in recent]
        middle = median(over)
        slow = min(over) > log(rule.each) and middle > log(rule.middle) and middle / usual.spread > rule.unusual
        if slow and not _is_its_own_way(known[: -rule.runs], recent):
            said = f"its last {plural(rule.runs, 'run')} took {exp(middle):.1f} times the usual"
            return _trouble(name, FindingKind.PERF_DEGRADATION, recent[0][0], recent[-1][0], said)
    return None


def _is_its_own_way(before: Known, recent: Known) -> bool:
    """Does it take so long again and again, as a job that now and then has more to do? A slow spell of before, in
    which one slow run follows the other, makes it none.
    """
    least, begin = min(value for _, value in recent) - ALIKE, recent[0][0] - BASELINE
    slow = [value >= least for _, value in before[bisect_left(before, begin, key=itemgetter(0)) :]]
    alone = sum(around == (False, True, False) for around in zip(slow, slow[1:], slow[2:], strict=False))
    in_a_row = len(recent) + sum(1 for _ in takewhile(bool, reversed(slow)))
    return alone >= FEWEST_ALONE and len(slow) * (sum(slow) / len(slow)) ** in_a_row >= BY_CHANCE


def drifting(name: str, known: Known, now: datetime) -> Trouble | None:
    """`known` as above."""
    if not known or known[-1][0] < now - STALE:
        return None
    for days in DRIFT_DAYS:
        since = now - timedelta(days=days)
        recent = [value for at, value in known[-200:] if at >= since]
        usual = usual_of(known, since - BASELINE, since)
        if usual is None or usual.runs < FEWEST_BEFORE or len(recent) < FEWEST_DRIFTING:
            continue
        bound = MOST * usual.spread
        over = [max(-bound, min(bound, value - usual.centre)) for value in recent]
        mean, half = fmean(over), len(over) // 2
        deviation = usual.spread * sqrt(1 / len(recent) + 1 / usual.runs)
        unusual = mean / deviation > UNUSUAL + A_DAY_LESS * (DRIFT_DAYS[-1] - days)
        drift = DRIFT_OF_MANY if len(recent) > MANY else DRIFT
        if unusual and mean > drift and min(fmean(over[:half]), fmean(over[half:])) > EACH_HALF:
            said = f"over {days} days it has taken {exp(mean):.2f} times the usual ({plural(len(recent), 'run')})"
            return _trouble(name, FindingKind.SLOW_DRIFT, since, known[-1][0], said)
    return None


def _trouble(name: str, kind: FindingKind, since: datetime, evident_at: datetime, said: str) -> Trouble:
    return Trouble(
        kind=kind,
        processors=(name,),
        root_cause=RootCause.PERFORMANCE_DEGRADATION,
        since=since,
        evident_at=evident_at,
        explanation=f"{name}: {said}",
        error_class="slow",
    )
