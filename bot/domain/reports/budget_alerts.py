"""On which days of a span alerts on budgets would have fired: of phases, and of objectives by name."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.errors import BadInput
from bot.domain.health.missing import DueOutcome
from bot.domain.platform.names import some_of
from bot.domain.platform.registry import Registry
from bot.domain.reports.named_objectives import MOST_NAMED, DayValues, outcomes_of, query_days
from bot.domain.reports.objectives import DAY, Days, burnt_ago, by_day, by_phase, called
from bot.domain.slo import CustomQuery, PlatformObjective, ServiceLevels


@dataclass(frozen=True)
class History:
    """`outcomes` and what `values` gives of a query: of the span, and of the 37 days before it. `values` raises
    BadInput for one that cannot be run.
    """

    outcomes: Sequence[DueOutcome]
    values: Callable[[CustomQuery], Sequence[DayValues]]
    until: datetime
    days: int


@dataclass(frozen=True)
class Alerts:
    """`fired`: by what an objective is called, at the end of which days; `unknown`: why nobody can tell."""

    fired: Mapping[str, tuple[datetime, ...]]
    unknown: Mapping[str, str]


SAME_OUTCOMES = {
    "criticality",
    "dependents",
    "description",
    "expected_frequency",
    "freshness_hours",
    "owner",
    "phase",
    "proposal",
    "service",
    "sla_completion_time",
}
"""What a registry may say otherwise of a processor without another outcome of its dates."""


def judged_otherwise(registry: Registry, before: Registry) -> frozenset[str]:
    """The processors whose outcomes may be others than those of the registry before: that is what the history has."""
    same_days = _judging(registry) == _judging(before)
    known = {each.name: each.model_dump(exclude=SAME_OUTCOMES) for each in before.processors if same_days}
    return frozenset(
        each.name for each in registry.processors if each.model_dump(exclude=SAME_OUTCOMES) != known.get(each.name)
    )


def _judging(registry: Registry) -> tuple[object, ...]:
    """What says of the dates of all of them when they count, and as what."""
    judgement = registry.judgement
    return registry.timezone, registry.calendars, judgement.after_last_slot, judgement.full


def alerts_of(levels: ServiceLevels, registry: Registry, known: History, before: Registry) -> Alerts:
    """`before`: the registry by which the outcomes are known. Where another changes them, nobody can tell."""
    fired, unknown = dict[str, tuple[datetime, ...]](), dict[str, str]()
    others = judged_otherwise(registry, before)

    def certain(names: Iterable[str]) -> None:
        if changed := sorted(others.intersection(names)):
            who = some_of(changed, MOST_NAMED)
            raise BadInput(f"the change counts other dates of {who} than the history does")

    def note(label: str, days: Days, target: float, false_alarms: float) -> None:
        ago = burnt_ago(days, target, false_alarms, known.days)
        fired[label] = tuple(known.until - back * DAY for back in ago)

    of_phases = by_phase(known.outcomes, registry)
    for level in levels.phases:
        days = by_day(of_phases.get(level.phase, ()), known.until)
        try:
            certain(each.name for each in registry.processors if each.phase == level.phase)
            note(called(level.phase), days, level.success_rate, level.false_alarms)
        except BadInput as error:
            unknown[called(level.phase)] = str(error)
    for each in (each for each in levels.platform if each.counted):
        label = called(None, each.name)
        try:
            certain(() if each.query is not None else each.processors or registry.by_name)
            note(label, _days(each, registry, known), each.objective, each.false_alarms)
        except BadInput as error:
            unknown[label] = str(error)
    return Alerts(fired, unknown)


def _days(each: PlatformObjective, registry: Registry, known: History) -> Days:
    if each.query is None:
        return by_day(outcomes_of(each, known.outcomes, known.until, registry), known.until)
    today: date = known.until.astimezone(registry.zone).date()
    return query_days(each.query, known.values(each.query), today)
