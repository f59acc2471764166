"""Answer how the objectives are kept: ask the warehouse for outcomes, count them."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.domain.blindness import Sight
from bot.domain.errors import BadInput
from bot.domain.evidence.unseen import unseen
from bot.domain.health.missing import DueOutcome
from bot.domain.health.model import HealthReason, Window
from bot.domain.platform.calendar import floor_hour
from bot.domain.platform.registry import Registry
from bot.domain.reports.named_objectives import DayValues, named_objective, query_objective, unknown
from bot.domain.reports.objectives import (
    DAY,
    LOOKED_BACK_DAYS,
    WEEK_DAYS,
    Counts,
    Objective,
    PlatformStanding,
    SloReport,
    by_phase,
    late_spans,
    merged,
    objective_of,
)
from bot.domain.reports.spent_budgets import spent_budgets
from bot.domain.slo import CustomQuery, Measure, PlatformObjective, ServiceLevel, ServiceLevels
from bot.ports.warehouse import Warehouse
from bot.services.blindness import Blindness
from bot.services.health import HealthService

log = logging.getLogger("fireline.slo")
HELD_DAYS = LOOKED_BACK_DAYS + WEEK_DAYS


class SloService:
    """What a blind source would show is unknown."""

    def __init__(
        self,
        warehouse: Warehouse,
        registry: Registry,
        levels: ServiceLevels,
        health: HealthService,
        blindness: Blindness | None = None,
    ) -> None:
        self._warehouse, self._registry, self._levels, self._health = warehouse, registry, levels, health
        self._blindness = blindness or Blindness()
        self._asked = dict[CustomQuery, tuple[datetime, Sequence[DayValues]]]()
        self._of_outcomes = tuple(each for each in levels.platform if each.query is None)
        self._counted: tuple[Sequence[DueOutcome], Sight | None, datetime, SloReport] | None = None

    def of(self, now: datetime, phase: int | None = None) -> SloReport:
        """Of all phases, or of one. Raises BadInput where there is no history, or no objective for that phase."""
        wanted = [level for level in self._levels.phases if phase in (None, level.phase)]
        if not wanted and phase is not None:
            known = ", ".join(str(level.phase) for level in self._levels.phases)
            instead = f"Known: {known}." if known else "slos.yaml has none."
            raise BadInput(f"There is no objective for phase {phase}. {instead}")
        known_until = self._health.known(now)
        outcomes = self._seen(self._warehouse.outcomes(_looked_back(known_until.moment)), self._blindness.sight())
        asked = self._levels.platform if phase is None else ()
        found = self._report(outcomes, known_until.moment, wanted, asked)
        return found if known_until.stopped is None else replace(found, notes=(known_until.stopped,))

    def spent(self, moment: datetime, phase: int | None) -> Sequence[HealthReason]:
        """What budgets that are spent say of health, of all phases or of one; `moment`: up to which the history is
        known. They are counted anew when the outcomes have changed, and each hour: health is asked for often. A query
        of the team's own is left to `of`: it may cost something, and take long.
        """
        if not self._levels.phases and not self._of_outcomes:
            return ()
        outcomes, sight = self._warehouse.outcomes(_looked_back(moment)), self._blindness.sight()
        hidden, hour = sight if sight.blind else None, floor_hour(moment)  # a sight is of its moment
        last = self._counted
        if last is None or last[:3] != (outcomes, hidden, hour):
            seen = self._seen(outcomes, sight)
            report = self._report(seen, moment, self._levels.phases, self._of_outcomes)
            last = self._counted = outcomes, hidden, hour, report
        return tuple(spent_budgets(last[3], phase))

    def _report(
        self,
        outcomes: Iterable[DueOutcome],
        moment: datetime,
        levels: Sequence[ServiceLevel],
        platform: Sequence[PlatformObjective],
    ) -> SloReport:
        zone, known = self._registry.zone, [each for each in outcomes if each.processor in self._registry.by_name]
        of_phases = by_phase(known, self._registry)
        made = [objective_of(each, of_phases.get(each.phase, ()), moment, zone) for each in levels]
        return SloReport(
            moment,
            tuple(made),
            tuple(self._standing(each, of_phases, moment) for each in platform if not each.counted),
            named=tuple(self._named(each, known, moment) for each in platform if each.counted),
        )

    def outcomes(self, window: Window) -> Iterator[DueOutcome]:
        """Of the dates that were settled within it, in order of date."""
        return self._seen(self._warehouse.outcomes(window), self._blindness.sight())

    def _seen(self, outcomes: Iterable[DueOutcome], sight: Sight) -> Iterator[DueOutcome]:
        return (_seen(each, sight, self._registry) for each in outcomes)

    def _named(self, objective: PlatformObjective, outcomes: Sequence[DueOutcome], moment: datetime) -> Objective:
        if objective.query is None:
            return named_objective(objective, outcomes, moment, self._registry)
        today = moment.astimezone(self._registry.zone).date()
        try:
            return query_objective(objective, objective.query, self._values(objective.query, moment, today), today)
        except BadInput as error:
            log.warning("objective %s is unknown: %s", objective.name, error)
            return unknown(objective, str(error))

    def _values(self, query: CustomQuery, moment: datetime, today: date) -> Sequence[DayValues]:
        """Asked once an hour: it may cost something. Raises BadInput for one that cannot be run."""
        known = self._asked.get(query)
        if known is None or known[0] != floor_hour(moment):
            rows = self._warehouse.day_values(query, today - HELD_DAYS * DAY, today)
            known = self._asked[query] = (floor_hour(moment), rows)
        return known[1]

    def faults(self, moment: datetime) -> Iterator[tuple[str, str]]:
        """Objectives whose query cannot be run, each with why; nothing is read."""
        today = moment.astimezone(self._registry.zone).date()
        for each in self._levels.platform:
            if each.query is not None:
                try:
                    self._warehouse.explain(each.query, today - HELD_DAYS * DAY, today)
                except BadInput as error:
                    yield each.name, str(error)

    def _standing(
        self, objective: PlatformObjective, of_phases: Mapping[int, Sequence[DueOutcome]], now: datetime
    ) -> PlatformStanding:
        since = now - min(objective.window_days, HELD_DAYS) * DAY
        within = {phase: [each for each in those if each.settled_at > since] for phase, those in of_phases.items()}
        if objective.measure is Measure.COMPLETENESS:
            return PlatformStanding(objective, Counts.of(each for those in within.values() for each in those))
        if objective.measure is Measure.AVAILABILITY:
            budget = (1 - objective.objective) * objective.window_days * DAY
            return PlatformStanding(objective, late=self._late(within, now), budget=budget)
        return PlatformStanding(objective)

    def _late(self, within: Mapping[int, Sequence[DueOutcome]], now: datetime) -> timedelta | None:
        """How long any phase was late; None where nothing is known of any deadline."""
        timed: list[ServiceLevel] = [level for level in self._levels.phases if level.complete_by is not None]
        found = [late_spans(level, within.get(level.phase, ()), now, self._registry.zone) for level in timed]
        if not any(deadlines for _, deadlines in found):
            return None
        return merged(span for spans, _ in found for span in spans)


def _looked_back(moment: datetime) -> Window:
    """Its edge is a whole hour: until the hour is over, the same outcomes are asked for."""
    return Window(floor_hour(moment) - HELD_DAYS * DAY, moment, moment, HELD_DAYS, exact=False)


def _seen(outcome: DueOutcome, sight: Sight, registry: Registry) -> DueOutcome:
    """What a blind source would show is neither there nor missing."""
    missing = outcome.good is False and sight.blind
    if not missing or unseen(sight, registry, outcome.processor, outcome.settled_at) is None:
        return outcome
    return outcome._replace(good=None)
