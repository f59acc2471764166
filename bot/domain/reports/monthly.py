"""The monthly review as facts: budgets, capacity, incidents by kind, and how precise the alerts were."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.domain.findings.finding import FindingKind
from bot.domain.health.model import Durations
from bot.domain.incidents.feedback import Feedback, Word
from bot.domain.incidents.figures import Figures
from bot.domain.incidents.incident import Incident
from bot.domain.reports.cost import Cost
from bot.domain.reports.objectives import SloReport
from bot.domain.reports.report import Report
from bot.domain.statistics import TWO_SIDED_95, wilson_interval

FEWEST_RUNS = 20
"""A p95 of fewer runs is that of one of them."""
GROWS = 1.2
"""A p95 that has grown by less is as before."""


@dataclass(frozen=True)
class Growth:
    """p95 (seconds) of the succeeded runs of 30 days and of the 30 before, each of so many."""

    processor: str
    before: float
    after: float
    runs_before: int
    runs_after: int

    @property
    def ratio(self) -> float:
        return self.after / self.before

    @property
    def grows(self) -> bool:
        return self.ratio >= GROWS


@dataclass(frozen=True)
class Capacity:
    """`compared` has the processors with runs enough in both spans, those that grew most first; `few` have not."""

    compared: tuple[Growth, ...]
    few: int


@dataclass(frozen=True)
class Precision:
    """Of the incidents of a month, by people's words: `useful` ones, and `noise` where anybody called it so. `by_kind`:
    the same of each kind that anybody rated, the most noise first.
    """

    incidents: int
    useful: int
    noise: int
    by_kind: Mapping[FindingKind, "Precision"] = field(default_factory=dict)

    @property
    def rated(self) -> int:
        return self.useful + self.noise

    @property
    def interval(self) -> tuple[float, float] | None:
        """Of the share that was useful, at 95 %; None: nobody has said anything."""
        if not self.rated:
            return None
        return wilson_interval(self.useful / self.rated, self.rated, TWO_SIDED_95)


@dataclass(frozen=True)
class MonthSummary:
    day: date
    incidents: int | None


@dataclass(frozen=True, kw_only=True)
class MonthlyReport(Report):
    """Of the calendar month before `day`. `kinds`: incidents by what they were opened for; `cost`: of hung and repeated
    runs.
    """

    watched_since: datetime | None = None
    slo: SloReport | None = None
    capacity: Capacity | None = None
    kinds: Mapping[FindingKind, int] | None = None
    figures: Sequence[Figures] | None = None
    precision: Precision | None = None
    cost: Cost | None = None
    before: MonthSummary | None = None

    @property
    def month(self) -> date:
        return month_before(self.day)

    @property
    def unwatched(self) -> bool:
        """Was nothing watched during that month?"""
        return self.watched_since is None or self.watched_since >= span_of(self.month, self.zone)[1]

    @property
    def incidents(self) -> int | None:
        return None if self.kinds is None else sum(self.kinds.values())

    @cached_property
    def summary(self) -> MonthSummary:
        return MonthSummary(self.day, self.incidents)


def month_before(day: date) -> date:
    """Its first day."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def span_of(month: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From its first local midnight to before that of the next."""
    after = (month + timedelta(days=31)).replace(day=1)
    return datetime.combine(month, time(), zone), datetime.combine(after, time(), zone)


def by_kind(incidents: Iterable[Incident]) -> dict[FindingKind, int]:
    """The most frequent first."""
    return dict(Counter(each.kind for each in incidents).most_common())


def precision(said: Iterable[tuple[FindingKind, Iterable[Feedback]]]) -> Precision:
    """`said`: people's words, incident by incident."""
    by_kind = dict[FindingKind, list[set[Word]]]()
    for kind, those in said:
        by_kind.setdefault(kind, []).append({each.word for each in those})
    kinds = {kind: _rated(words) for kind, words in by_kind.items()}
    rated = sorted((kind for kind in kinds if kinds[kind].rated), key=lambda kind: (-kinds[kind].noise, kind))
    whole = _rated([words for those in by_kind.values() for words in those])
    return replace(whole, by_kind={kind: kinds[kind] for kind in rated})


def _rated(words: Sequence[set[Word]]) -> Precision:
    noise = sum(Word.NOISE in each for each in words)
    useful = sum(Word.USEFUL in each and Word.NOISE not in each for each in words)
    return Precision(len(words), useful, noise)


def capacity(
    before: Iterable[Durations], after: Iterable[Durations], runs: tuple[Mapping[str, int], Mapping[str, int]]
) -> Capacity:
    """`runs`: how many succeeded in each span, by processor."""
    then = {each.processor: each.p95 for each in before if each.processor is not None and each.p95 > 0}
    now = {each.processor: each.p95 for each in after if each.processor is not None}
    found, few = list[Growth](), 0
    for name, p95 in now.items():
        counts = runs[0].get(name, 0), runs[1].get(name, 0)
        if name in then and min(counts) >= FEWEST_RUNS:
            found.append(Growth(name, then[name], p95, *counts))
        else:
            few += 1
    return Capacity(tuple(sorted(found, key=lambda each: (-each.ratio, each.processor))), few)
