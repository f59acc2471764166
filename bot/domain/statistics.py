"""Statistics that several wings share: a quantile by nearest rank, how sure it or a share is, binomial tails."""

from collections.abc import Sequence
from functools import lru_cache
from math import ceil, exp, fsum, lgamma, log, log1p, sqrt

TWO_SIDED_95 = 1.96
ONE_SIDED_95 = 1.645
"""Quantiles of the normal distribution."""
SMALL_TERMS = 400


def nearest_rank(quantile: float, count: int) -> int:
    """Zero-based rank of the smallest of `count` sorted values with at least that share of them up to it: SQL's
    PERCENTILE_DISC. Rounded first, as 0.07 * 100 is a little more than 7.
    """
    return max(ceil(round(quantile * count, 9)), 1) - 1


def quantile_margin(ordered: Sequence[float], quantile: float, tail_from: float, z: float) -> float:
    """By how much a high quantile may lie above the nearest rank of so few values: z standard errors of a sample
    quantile, sqrt(q (1 - q) / n) / f (Mosteller 1946), its density f from an exponential tail above `tail_from`. Right
    for many values; of a hundred, z for 95 % covers it in eight samples of ten.
    """
    return z * sqrt(quantile / ((1 - quantile) * len(ordered))) * tail_scale(ordered, tail_from)


def tail_scale(ordered: Sequence[float], tail_from: float) -> float:
    """How far values above that quantile lie above it on average: the scale of an exponential tail; 0 without any."""
    above = ordered[nearest_rank(tail_from, len(ordered))]
    tail = [value - above for value in ordered if value > above]
    return sum(tail) / len(tail) if tail else 0.0


def wilson_interval(share: float, trials: float, z: float) -> tuple[float, float]:
    """The Wilson score interval of a share (Wilson 1927); nothing is known without trials."""
    if not trials:
        return 0.0, 1.0
    square = z * z / trials
    middle = (share + square / 2) / (1 + square)
    margin = z * sqrt(share * (1 - share) / trials + square / (4 * trials)) / (1 + square)
    return max(0.0, middle - margin), min(1.0, middle + margin)


def wilson_lower(hits: int, trials: int, z: float) -> float:
    """The lower bound of a share: what it surely exceeds."""
    return wilson_interval(hits / trials if trials else 0.0, trials, z)[0]


def binomial_tail(hits: int, trials: int, share: float) -> float:
    """How likely so many hits or more are in so many trials, each a hit with that share."""
    if hits <= 0:
        return 1.0
    if hits > trials or share <= 0:
        return 0.0
    if share >= 1:
        return 1.0
    last = max(_surely_fewer(trials, share), min(trials, hits + SMALL_TERMS))
    logs = (_log_chosen(each, trials, share) for each in range(hits, last + 1))
    return min(1.0, fsum(exp(each) for each in logs))


def _surely_fewer(trials: int, share: float) -> int:
    """So many hits or more are less likely than 1e-20, by Bernstein's inequality: what lies above adds nothing."""
    return min(trials, ceil(trials * share + 12 * sqrt(trials * share * (1 - share)) + 40))


def _log_chosen(hits: int, trials: int, share: float) -> float:
    chosen = lgamma(trials + 1) - lgamma(hits + 1) - lgamma(trials - hits + 1)
    return chosen + hits * log(share) + (trials - hits) * log1p(-share)


@lru_cache(maxsize=4_096)
def fewest_hits(trials: int, share: float, tail_below: float) -> int | None:
    """The smallest count of hits whose binomial tail lies below `tail_below`; None: no count of so many trials does."""
    if share <= 0 or share >= 1:
        return 1 if share <= 0 and trials else None
    tail, found = 0.0, None
    for hits in range(_surely_fewer(trials, share), 0, -1):
        tail += exp(_log_chosen(hits, trials, share))
        if tail >= tail_below:
            break
        found = hits
    return found
