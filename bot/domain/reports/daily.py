"""The daily digest as facts: what changed, what needs a person, what is at risk, who has it, what was kept quiet.

Every figure is one of a health report, so that the digest and `/health` say the same. None: it could not be asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from bot.domain.findings.severity import Severity
from bot.domain.gate.noise_ledger import NoiseLedger
from bot.domain.gate.silences import Silence
from bot.domain.health.model import Because, Colour, HealthReason, HealthReport
from bot.domain.health.usual import Baseline
from bot.domain.impact.readiness import Readiness, StepLeft
from bot.domain.incidents.response import ResponseState
from bot.domain.incidents.standing import Overview
from bot.domain.oncall.overview import Turn
from bot.domain.oncall.schedule import Shift
from bot.domain.reports.objectives import SloReport
from bot.domain.reports.paging import OwnLine
from bot.domain.reports.report import Report
from bot.domain.reports.shadow import ShadowReport

MOST_NEEDS = 3
BEFORE = "the digest before"
"""What `before` is called where it is unavailable."""
DAY = timedelta(days=1)


class NeedKind(StrEnum):
    """Why something needs a person today; the first comes first."""

    UNTAKEN = "nobody has it"
    LATE = "a deadline is at risk"
    BLIND = "it cannot be seen"
    LOST = "it is in no incident"
    OPEN = "it is open"
    GAP = "nobody is on call"
    BUDGET = "a budget is spent"


KINDS: Mapping[Because, NeedKind] = {
    **dict.fromkeys(
        (Because.SOURCE_BLIND, Because.NO_NEW_DATA, Because.NOT_DELIVERED, Because.STATE_UNREADABLE), NeedKind.BLIND
    ),
    **dict.fromkeys((Because.DATES_MISSING, Because.NOTHING_SUCCEEDED, Because.MOSTLY_FAILING), NeedKind.LOST),
    Because.BUDGET_SPENT: NeedKind.BUDGET,
}
"""Of the reasons of health, those that need a person."""
TOLD = frozenset({Because.OPEN_P0, Because.OPEN_P1})
"""Those of incidents, which are listed."""


@dataclass(frozen=True)
class Need:
    """One thing that needs a person; what it is about is set by its kind."""

    kind: NeedKind
    incident: Overview | None = None
    step: StepLeft | None = None
    reason: HealthReason | None = None
    gap: Shift | None = None


@dataclass(frozen=True)
class Summary:
    """What the next digest compares itself with. None: it was not known. `without_data`: dates that lack theirs, or
    some of it.
    """

    day: date
    overall: Colour | None
    open: tuple[str, ...] | None
    without_data: int | None
    real: int | None


@dataclass(frozen=True)
class OnDuty:
    """Whose turn it is and who comes next; the turns of nobody in the next 60 days."""

    turns: tuple[Turn, ...]
    gaps: tuple[Shift, ...]


@dataclass(frozen=True, kw_only=True)
class DailyReport(Report):
    """`health` is of 7 days, `last_day` of one; `success` by phase and day; `incidents` are those that are not over,
    worst first; `silences` hold or are planned; `moved`: processors that are not as usual, the farthest first; `own`:
    Fireline's own pages of a day. `before`: the last of an earlier date that was delivered.
    """

    health: HealthReport | None = None
    last_day: HealthReport | None = None
    days: Sequence[date] = ()
    success: Mapping[str, Sequence[float | None]] = field(default_factory=dict)
    tonight: tuple[Readiness, ...] | None = None
    incidents: tuple[Overview, ...] | None = None
    duty: OnDuty | None = None
    silences: tuple[Silence, ...] | None = None
    ledger: NoiseLedger | None = None
    shadow: ShadowReport | None = None
    moved: tuple[Baseline, ...] | None = None
    slo: SloReport | None = None
    own: OwnLine | None = None
    before: Summary | None = None

    @cached_property
    def at_risk(self) -> tuple[StepLeft, ...]:
        """The steps at risk of the next day's deadlines, the most urgent first."""
        found = [step for each in self.tonight or () for step in each.at_risk]
        return tuple(sorted(found, key=lambda step: (step.latest.start, step.processor)))

    @cached_property
    def summary(self) -> Summary:
        health = self.health
        opened = None if self.incidents is None else tuple(each.incident.label for each in self.incidents)
        told = health is not None and any(row.due.known for row in health.processors)
        without = health.without.named + health.without.in_incidents if health is not None and told else None
        real = None if self.last_day is None else self.last_day.noise.real
        return Summary(self.day, None if health is None else health.overall, opened, without, real)

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """All that needs a person, the most urgent first."""
        return tuple(sorted(_needs(self), key=lambda each: list(NeedKind).index(each.kind)))

    @cached_property
    def also(self) -> tuple[HealthReason, ...]:
        """What gives health its colour besides incidents, and needs nobody today."""
        if self.health is None or self.health.overall is Colour.GREEN:
            return ()
        return tuple(each for each in self.health.reasons if each.name not in KINDS and each.name not in TOLD)

    @property
    def all_clear(self) -> bool:
        """All was asked, all is well, and nothing needs anybody."""
        colour = None if self.health is None else self.health.overall
        return (
            not self.unavailable
            and colour is Colour.GREEN
            and not self.incidents
            and not self.needs
            and not self.at_risk
        )


def _needs(report: DailyReport) -> Iterable[Need]:
    for each in report.incidents or ():
        if each.severity is not Severity.P3 and each.watched_until is None:
            untaken = each.state in (ResponseState.OPEN, ResponseState.EXHAUSTED)
            yield Need(NeedKind.UNTAKEN if untaken else NeedKind.OPEN, incident=each)
    targets: dict[str, StepLeft] = {}
    for step in report.at_risk:
        targets.setdefault(step.latest.target, step)
    for step in targets.values():
        yield Need(NeedKind.LATE, step=step)
    for reason in () if report.health is None else report.health.reasons:
        if reason.name in KINDS:
            yield Need(KINDS[reason.name], reason=reason)
    soon = report.as_of + DAY
    for gap in () if report.duty is None else report.duty.gaps:
        if gap.since is None or gap.since < soon:
            yield Need(NeedKind.GAP, gap=gap)
