"""How objectives are kept, counted in outcomes: one processor's data date is one, good when its data is there, whole.

An alert counts the bad ones of a day and of a week. Its threshold is the smallest count that is so unlikely, while the
objective is just met, that a month has such an alert with at most the stated chance: with n outcomes a day and p the
share that may be bad, the smallest k with P(Bin(n, p) >= k) < 1 - (1 - rate) ^ (1 / 30); and the same of a week, which
is looked at every day, too. What nobody can tell is neither good nor bad, and is shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from statistics import median
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.domain.findings.finding import Finding, FindingKind, RootCause
from bot.domain.findings.severity_policy import SeverityPolicy, severity_of
from bot.domain.health.missing import DueOutcome
from bot.domain.platform.calendar import slot_instant
from bot.domain.platform.registry import Registry
from bot.domain.slo import PlatformObjective, ServiceLevel
from bot.domain.statistics import binomial_tail, fewest_hits

MONTH_DAYS, WEEK_DAYS, LOOKED_BACK_DAYS = 30, 7, 90
WORSE = 3
"""An alert is of use where it would likely see, within a week, failures so many times as frequent as they may be."""
LIKELY = 0.5
DAY = timedelta(days=1)


class Counts(NamedTuple):
    """Of outcomes."""

    good: int = 0
    bad: int = 0
    unknown: int = 0

    @property
    def known(self) -> int:
        return self.good + self.bad

    @property
    def rate(self) -> float | None:
        return self.good / self.known if self.known else None

    @property
    def all(self) -> int:
        return self.known + self.unknown

    @classmethod
    def total(cls, counts: Iterable["Counts"]) -> "Counts":
        listed = list(counts)
        return cls(*(sum(each[at] for each in listed) for at in range(3)))

    @classmethod
    def of(cls, outcomes: Iterable[DueOutcome]) -> "Counts":
        good = bad = unknown = 0
        for each in outcomes:
            good += each.good is True
            bad += each.good is False
            unknown += each.good is None
        return cls(good, bad, unknown)


class RuleKind(StrEnum):
    """What an alert on an objective can do."""

    FIRES = "fires"
    ONE_FAILURE = "one failure fires"
    NEVER = "can never fire"
    REPORT_ONLY = "report only"


@dataclass(frozen=True)
class Rule:
    """`day` and `week`: so many bad outcomes of `a_day` (of seven times as many) fire; None: none of so many does.
    `seen`: how likely WORSE times as many failures as there may be would be seen within a week.
    """

    kind: RuleKind
    a_day: int
    day: int | None
    week: int | None
    seen: float

    def fires(self, of_day: Counts, of_week: Counts, share: float, false_alarms: float) -> bool:
        """By the outcomes that there were: another day may have more of them."""
        if self.kind not in (RuleKind.FIRES, RuleKind.ONE_FAILURE):
            return False
        tail = _tail(false_alarms)
        return any(
            (least := fewest_hits(counts.known, share, tail)) is not None and counts.bad >= least
            for counts in (of_day, of_week)
        )


def rule_of(a_day: int, share: float, false_alarms: float) -> Rule:
    """`share`: so much may be bad; `a_day`: so many outcomes there are on a day."""
    tail = _tail(false_alarms)
    day, week = fewest_hits(a_day, share, tail), fewest_hits(a_day * WEEK_DAYS, share, tail)
    worse = min(1.0, WORSE * share)
    on_a_day = 0.0 if day is None else binomial_tail(day, a_day, worse)
    in_a_week = 0.0 if week is None else binomial_tail(week, a_day * WEEK_DAYS, worse)
    seen = max(1 - (1 - on_a_day) ** WEEK_DAYS, in_a_week)
    if day is None and week is None:
        kind = RuleKind.NEVER
    elif day == 1:
        kind = RuleKind.ONE_FAILURE
    else:
        kind = RuleKind.FIRES if seen >= LIKELY else RuleKind.REPORT_ONLY
    return Rule(kind, a_day, day, week, seen)


def _tail(false_alarms: float) -> float:
    """Of one look a day, so that 30 of them have at most that chance together."""
    return float(1 - (1 - false_alarms) ** (1 / MONTH_DAYS))


@dataclass(frozen=True, kw_only=True)
class Objective:
    """A share of outcomes that must be good over `days` days, of a phase or of what is called `name`; `month` are
    those, `week` and `day` the last ones. `fired`: on so many of the last 90 days its rule would have fired. `late`:
    how long it was late past its deadline in 30 days, of `deadlines`; None: it has no deadline. `daily`: of each of
    the `days` days, the oldest first. `why`: why nothing is known of it.
    """

    phase: int | None = None
    name: str = ""
    target: float
    false_alarms: float
    days: int = MONTH_DAYS
    month: Counts
    week: Counts
    day: Counts
    rule: Rule
    fired: int
    months: Mapping[str, Counts] = field(default_factory=dict)
    late: timedelta | None = None
    deadlines: int = 0
    daily: Sequence[Counts] = ()
    why: str = ""

    @property
    def label(self) -> str:
        return called(self.phase, self.name)

    @property
    def share(self) -> float:
        """So much may be bad."""
        return 1 - self.target

    @cached_property
    def budget(self) -> float:
        """So many outcomes of its days may be bad."""
        return self.share * self.month.known

    @property
    def spent(self) -> float | None:
        """The share of the budget that is used up; None without any outcome."""
        return self.month.bad / self.budget if self.budget else None

    @property
    def is_spent(self) -> bool:
        return self.spent is not None and round(self.spent, 9) >= 1  # 15 of 15.0, whatever 5 % are in bits

    @cached_property
    def left(self) -> Sequence[float | None]:
        """The share of the budget that was left after each day, below 0 where it is overspent; None: nothing is known
        of that day. The last that is known is `1 - spent`.
        """
        bad, found = 0, list[float | None]()
        for counts in self.daily:
            bad += counts.bad
            found.append(1 - bad / self.budget if counts.known and self.budget else None)
        return found

    @property
    def burns(self) -> bool:
        return self.rule.fires(self.day, self.week, self.share, self.false_alarms)


def least_left(objectives: Sequence[Objective], most: int) -> list[Objective]:
    """So many of them, in their order: what burns or is spent first; what is unknown as if half were left."""
    left = [(not each.burns and not each.is_spent, 1 - _half_if_unknown(each.spent)) for each in objectives]
    kept = sorted(range(len(left)), key=lambda at: left[at])[:most]
    return [objectives[at] for at in sorted(kept)]


def _half_if_unknown(spent: float | None) -> float:
    return 0.5 if spent is None else spent


def called(phase: int | None, name: str = "") -> str:
    """What people call an objective by."""
    return name.replace("_", " ") if phase is None else f"phase {phase}"


def objective_of(level: ServiceLevel, outcomes: Sequence[DueOutcome], now: datetime, zone: ZoneInfo) -> Objective:
    """`outcomes` of the phase, of the last 97 days at least."""
    found = counted(by_day(outcomes, now), level.success_rate, level.false_alarms, by_month(outcomes))
    recent = [each for each in outcomes if now - MONTH_DAYS * DAY < each.settled_at <= now]
    late, deadlines = _late(level, recent, now, zone)
    return replace(found, phase=level.phase, late=late, deadlines=deadlines)


Days = Mapping[int, Counts]
"""By how many whole days ago."""


def counted(
    days: Days, target: float, false_alarms: float, months: Mapping[str, Counts], window: int = MONTH_DAYS
) -> Objective:
    """An objective without a name, kept over `window` days."""
    share = 1 - target
    rule, looks = rule_of(_usual(days), share, false_alarms), _looks(days, LOOKED_BACK_DAYS)
    return Objective(
        target=target,
        false_alarms=false_alarms,
        days=window,
        month=_within(days, 0, window),
        week=looks[0][1],
        day=looks[0][0],
        rule=rule,
        fired=sum(rule.fires(day, week, share, false_alarms) for day, week in looks),
        months=months,
        daily=[days.get(back, Counts()) for back in reversed(range(window))],
    )


def burnt_ago(days: Days, target: float, false_alarms: float, most: int) -> list[int]:
    """By how many whole days ago an alert would have fired, of the last `most` days, by the rule of now."""
    share = 1 - target
    rule = rule_of(_usual(days), share, false_alarms)
    return [back for back, (day, week) in enumerate(_looks(days, most)) if rule.fires(day, week, share, false_alarms)]


def _usual(days: Days) -> int:
    """So many outcomes there are on a day."""
    return round(median([days[back].all for back in range(MONTH_DAYS) if back in days] or [0]))


def _looks(days: Days, most: int) -> list[tuple[Counts, Counts]]:
    """Of each of the last days: what was settled then, and in the week up to it."""
    return [(_within(days, back, 1), _within(days, back, WEEK_DAYS)) for back in range(most)]


def _within(days: Days, first: int, count: int) -> Counts:
    return Counts.total(days[back] for back in range(first, first + count) if back in days)


def by_phase(outcomes: Iterable[DueOutcome], registry: Registry) -> Mapping[int, Sequence[DueOutcome]]:
    found = dict[int, list[DueOutcome]]()
    for each in outcomes:
        known = registry.by_name.get(each.processor)
        if known is not None and known.phase is not None:
            found.setdefault(known.phase, []).append(each)
    return found


def by_day(outcomes: Iterable[DueOutcome], now: datetime) -> Days:
    """By the day on which they were settled, counted back from `now`."""
    found = dict[int, list[DueOutcome]]()
    for each in outcomes:
        if each.settled_at <= now:
            found.setdefault((now - each.settled_at) // DAY, []).append(each)
    return {back: Counts.of(those) for back, those in found.items()}


def by_month(outcomes: Iterable[DueOutcome]) -> dict[str, Counts]:
    """By the month of the data date, the newest first."""
    found = dict[str, list[DueOutcome]]()
    for each in outcomes:
        found.setdefault(f"{each.data_date:%Y-%m}", []).append(each)
    return {month: Counts.of(found[month]) for month in sorted(found, reverse=True)}


def _late(
    level: ServiceLevel, outcomes: Iterable[DueOutcome], now: datetime, zone: ZoneInfo
) -> tuple[timedelta | None, int]:
    """How long the phase was not complete past its deadlines, and of how many; overlapping times count once."""
    spans, deadlines = late_spans(level, outcomes, now, zone)
    return (None, 0) if level.complete_by is None else (merged(spans), deadlines)


Span = tuple[datetime, datetime]


def late_spans(
    level: ServiceLevel, outcomes: Iterable[DueOutcome], now: datetime, zone: ZoneInfo
) -> tuple[list[Span], int]:
    """From the deadline of each data date until the phase was complete; what is unknown is not late."""
    by_date = dict[date, list[DueOutcome]]()
    for each in outcomes:
        if each.good is not None:
            by_date.setdefault(each.data_date, []).append(each)
    spans = []
    for day, members in by_date.items():
        due = deadline_of(level, day, zone)
        done = max(now if each.filled_at is None else each.filled_at for each in members)
        if due is not None and done > due:
            spans.append((due, done))
    return spans, len(by_date)


def deadline_of(level: ServiceLevel, data_date: date, zone: ZoneInfo) -> datetime | None:
    if level.complete_by is None:
        return None
    hours = 24 * level.days_after + level.complete_by.hour + level.complete_by.minute / 60
    return slot_instant(data_date, hours, zone)


def merged(spans: Iterable[Span]) -> timedelta:
    """How long they are together; what overlaps counts once."""
    total, end = timedelta(), None
    for since, until in sorted(spans):
        begin = since if end is None else max(since, end)
        if until > begin:
            total += until - begin
            end = until
    return total


def burning(objective: Objective, now: datetime, policy: SeverityPolicy) -> Finding:
    """That more failed than is likely while the objective is kept."""
    severity, because = severity_of(FindingKind.SLO_BURN, None, False, None, policy)
    day, week = objective.day, objective.week
    seen = f"{day.bad:,} of {day.known:,} outcomes failed in a day and {week.bad:,} of {week.known:,} in a week"
    spent = (
        f"{objective.spent:.0%} of the budget of {objective.days} days is spent" if objective.spent is not None else ""
    )
    return Finding(
        kind=FindingKind.SLO_BURN,
        processors=(),
        root_cause=RootCause.UNKNOWN,
        severity=severity,
        severity_reason=because,
        since=now,
        evident_at=now,
        explanation=f"{objective.label}: {seen}, target {objective.target:.1%}; {spent}",
        error_class=objective.label,
    )


@dataclass(frozen=True)
class PlatformStanding:
    """An objective of the whole platform over its window. `counts` of what is counted in outcomes, `late` of what is a
    time of `budget`; neither: nothing measures it.
    """

    objective: PlatformObjective
    counts: Counts | None = None
    late: timedelta | None = None
    budget: timedelta | None = None

    @property
    def label(self) -> str:
        return called(None, self.objective.name)

    @property
    def kept(self) -> bool | None:
        """None: nobody can tell."""
        if self.late is not None and self.budget is not None:
            return self.late <= self.budget
        rate = None if self.counts is None else self.counts.rate
        return None if rate is None else rate >= self.objective.objective

    @property
    def is_spent(self) -> bool:
        """Is its budget of time?"""
        return self.late is not None and self.kept is False


@dataclass(frozen=True)
class SloReport:
    """As of the moment up to which the history is known. `named`: objectives of processors, or of queries."""

    as_of: datetime
    phases: tuple[Objective, ...]
    platform: tuple[PlatformStanding, ...]
    notes: tuple[str, ...] = ()
    named: tuple[Objective, ...] = ()

    @property
    def objectives(self) -> tuple[Objective, ...]:
        """All that have a budget of outcomes."""
        return (*self.phases, *self.named)
