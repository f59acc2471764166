"""How many of the suspicious runs (successes with 0 records) have their data after all, estimated from a sample.

The runs of one date share its fate, so dates are what is drawn, and the interval follows from how much dates differ.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import NormalDist
from typing import NamedTuple

from bot.domain.statistics import wilson_interval
from bot.domain.verdicts.judge import Verdict

CONFIDENCE = 0.95


class Suspicious(NamedTuple):
    """So many runs of a processor for a date that succeeded with 0 records."""

    processor: str
    data_date: date
    runs: int


class Checked(NamedTuple):
    """Of the suspicious runs of one date: how many were checked, and for how many of them the data is there."""

    runs: int
    there: int


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The processors that make up `share` of the suspicious runs; the latest dates whole, of older ones so many."""

    share: float = 0.8
    recent: timedelta = timedelta(days=30)
    older_dates: int = 20


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What is checked. `older` were drawn at random from `older_known` dates, with `older_runs` suspicious runs."""

    seed: int
    processors: tuple[str, ...]
    recent: tuple[date, ...]
    older: tuple[date, ...]
    older_known: int
    older_runs: int


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A share with its interval; `exact` when nothing was left to chance: every date was checked."""

    value: float
    low: float
    high: float
    exact: bool


Pick = Callable[[Sequence[date], int], Sequence[date]]
"""So many of the dates, each as likely as any other, none twice."""


def draw(cells: Sequence[Suspicious], seed: int, pick: Pick, plan: Plan) -> Drawn:
    """Choose what to check; `seed` is the one that `pick` goes by. `cells` must not be empty."""
    processors = _heaviest(cells, plan.share)
    counted = [cell for cell in cells if cell.processor in processors]
    dates = sorted({cell.data_date for cell in counted})
    begin = dates[-1] - plan.recent
    older = [day for day in dates if day <= begin]
    chosen = pick(older, min(plan.older_dates, len(older)))
    return Drawn(
        seed=seed,
        processors=processors,
        recent=tuple(day for day in dates if day > begin),
        older=tuple(sorted(chosen)),
        older_known=len(older),
        older_runs=sum(cell.runs for cell in counted if cell.data_date <= begin),
    )


def _heaviest(cells: Iterable[Suspicious], share: float) -> tuple[str, ...]:
    """The fewest processors that make up the share, the heaviest first."""
    counts: Counter[str] = Counter()
    for cell in cells:
        counts[cell.processor] += cell.runs
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    found: list[str] = []
    for name in ranked:
        if sum(counts[one] for one in found) >= share * counts.total():
            break
        found.append(name)
    return tuple(found)


def estimate(recent: Sequence[Checked], older: Sequence[Checked], drawn: Drawn) -> Rate | None:
    """The share of suspicious runs whose data is there, over all dates of those processors; None without any.

    Recent dates are counted, not estimated. For older ones: the ratio of totals, and Wilson's interval with as many
    runs as the sample is worth when the spread between dates is taken into account, Student's t for so few dates, and
    the finite number of dates (Dean and Pagano 2015, https://doi.org/10.1093/jssam/smv024). Where bad dates are so rare
    that the sample is likely to hold none, no interval computed from it covers them.
    """
    whole = len(older) == drawn.older_known
    older_runs = sum(one.runs for one in older) if whole else drawn.older_runs
    counted = sum(one.runs for one in recent)
    if not counted + older_runs or (older_runs and not sum(one.runs for one in older)):
        return None
    there = sum(one.there for one in recent)
    value, low, high = _older(recent, older, drawn, older_runs)
    total = counted + older_runs
    shares = [(there + older_runs * share) / total for share in (value, low, high)]
    return Rate(value=shares[0], low=shares[1], high=shares[2], exact=whole)


def _older(
    recent: Sequence[Checked], older: Sequence[Checked], drawn: Drawn, all_runs: int
) -> tuple[float, float, float]:
    runs, there = sum(one.runs for one in older), sum(one.there for one in older)
    if not runs:
        return 0.0, 0.0, 0.0
    share = there / runs
    if len(older) == drawn.older_known:
        return share, share, share
    worth = runs / _together(recent, older) / (1 - len(older) / drawn.older_known)
    low, high = wilson_interval(share, worth, _student(len(recent) + len(older) - 2))
    return share, max(low, there / all_runs), min(high, 1 - (runs - there) / all_runs)


def _together(recent: Sequence[Checked], older: Sequence[Checked]) -> float:
    """How many runs of one date are worth no more than a single one (the design effect), from all checked dates:
    few older ones may well hold none of the rare bad dates.

    Where all runs are alike it is unknown: then each date counts as one.
    """
    dates = [*recent, *older]
    runs, there = sum(one.runs for one in dates), sum(one.there for one in dates)
    mean, share = runs / len(dates), there / runs
    if share in (0.0, 1.0):
        return mean
    squares = sum((one.there - share * one.runs) ** 2 for one in dates) / max(1, len(dates) - 1)
    return max(1.0, squares / (mean * share * (1 - share)))


def _student(freedom: int) -> float:
    """The two-sided quantile of Student's t: https://personal.math.ubc.ca/~cbm/aands/page_949.htm (26.7.5)."""
    z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
    terms: tuple[float, ...] = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return sum(term / float(max(1, freedom)) ** power for power, term in enumerate(terms))


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What came of it. `suspicious` runs there are in all, `counts` is how many of the checked ones have each verdict;
    the rate leaves out those that cannot be judged yet, or at all.
    """

    as_of: datetime
    drawn: Drawn
    suspicious: int
    counts: Mapping[Verdict, int]
    by_processor: Mapping[str, Checked]
    rate: Rate | None

    @property
    def checked(self) -> int:
        return sum(self.counts.values())
