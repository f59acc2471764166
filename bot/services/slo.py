"""Answer how the objectives are kept: ask the warehouse for outcomes, count them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.blindness import Sight
from bot.domain.errors import BadInput
from bot.domain.evidence.unseen import unseen
from bot.domain.health.missing import DueOutcome
from bot.domain.health.model import Window
from bot.domain.platform.registry import Registry
from bot.domain.reports.objectives import (
    DAY,
    LOOKED_BACK_DAYS,
    WEEK_DAYS,
    Counts,
    PlatformStanding,
    SloReport,
    late_spans,
    merged,
    objective_of,
)
from bot.domain.slo import Measure, PlatformObjective, ServiceLevel, ServiceLevels
from bot.ports.warehouse import Warehouse
from bot.services.blindness import Blindness
from bot.services.health import HealthService

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

    def of(self, now: datetime, phase: int | None = None) -> SloReport:
        """Of all phases, or of one. Raises BadInput where there is no history, or no objective for that phase."""
        wanted = [level for level in self._levels.phases if phase in (None, level.phase)]
        if not wanted and phase is not None:
            known = ", ".join(str(level.phase) for level in self._levels.phases)
            instead = f"Known: {known}." if known else "slos.yaml has none."
            raise BadInput(f"There is no objective for phase {phase}. {instead}")
        known_until = self._health.known(now)
        by_phase = self._outcomes(known_until.moment)
        zone = self._registry.zone
        made = [objective_of(each, by_phase.get(each.phase, ()), known_until.moment, zone) for each in wanted]
        platform = () if phase is not None else self._platform(by_phase, known_until.moment)
        stopped = () if known_until.stopped is None else (known_until.stopped,)
        return SloReport(known_until.moment, tuple(made), tuple(platform), stopped)

    def _outcomes(self, moment: datetime) -> Mapping[int, Sequence[DueOutcome]]:
        phase_of = {each.name: each.phase for each in self._registry.processors}
        found = dict[int, list[DueOutcome]]()
        for each in self.outcomes(Window(moment - HELD_DAYS * DAY, moment, moment, HELD_DAYS, exact=False)):
            phase = phase_of.get(each.processor)
            if phase is not None:
                found.setdefault(phase, []).append(each)
        return found

    def outcomes(self, window: Window) -> Iterator[DueOutcome]:
        """Of the dates that were settled within it, in order of date."""
        sight = self._blindness.sight()
        return (_seen(each, sight, self._registry) for each in self._warehouse.outcomes(window))

    def _platform(self, by_phase: Mapping[int, Sequence[DueOutcome]], now: datetime) -> list[PlatformStanding]:
        return [self._standing(each, by_phase, now) for each in self._levels.platform]

    def _standing(
        self, objective: PlatformObjective, by_phase: Mapping[int, Sequence[DueOutcome]], now: datetime
    ) -> PlatformStanding:
        since = now - min(objective.window_days, HELD_DAYS) * DAY
        within = {phase: [each for each in those if each.settled_at > since] for phase, those in by_phase.items()}
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


def _seen(outcome: DueOutcome, sight: Sight, registry: Registry) -> DueOutcome:
    """What a blind source would show is neither there nor missing."""
    missing = outcome.good is False and sight.blind
    if not missing or unseen(sight, registry, outcome.processor, outcome.settled_at) is None:
        return outcome
    return outcome._replace(good=None)
