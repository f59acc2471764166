"""Impact among 10,000 processors and 50,000 dependencies: the whole answer and its card, the registry being loaded."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import Random

from benchmarks.timing import Timing, timed
from bot.domain.evidence.freshness import DateFreshness
from bot.domain.health.model import Durations, Window
from bot.domain.impact.report import ImpactRequest
from bot.domain.platform.registry import Criticality, Registry
from bot.domain.slo import ServiceLevels
from bot.ports.warehouse import History, Warehouse
from bot.services.health import HealthService
from bot.services.impact import ImpactService
from bot.views import impact

PROCESSORS, DEPENDENCIES, REACH = 10_000, 5, 2_000
DAY = date(2026, 1, 15)
NOW = datetime(2026, 1, 16, 7, 0, tzinfo=UTC)
JUDGED = datetime(2026, 1, 16, 7, 20, tzinfo=UTC)


@dataclass(frozen=True)
class ImpactTimes:
    """One processor: how many depend on it, and the time of one answer about it."""

    processors: int
    edges: int
    dependents: int
    answer: Timing


class Kept(Warehouse):
    """The warehouse between two loads: each answer is the very list that it gave before. Of the port it has what impact
    asks for.
    """

    def __init__(self, registry: Registry) -> None:
        self._freshness = [
            DateFreshness(processor.name, True, JUDGED, at % 3 == 0, NOW, DAY)
            for at, processor in enumerate(registry.processors)
        ]
        self._durations = [
            Durations(processor.name, processor.phase, 30.0, 60.0 + at % 90, 200.0)
            for at, processor in enumerate(registry.processors)
        ]

    def history(self) -> History:
        return History(1, date(2025, 1, 1), NOW, date(2027, 1, 1), ())

    def freshness(self, day: date, as_of: datetime) -> list[DateFreshness]:  # noqa: ARG002 (the port's)
        return self._freshness

    def health_durations(self, window: Window) -> list[Durations]:  # noqa: ARG002 (the port's)
        return self._durations


def registry() -> Registry:
    """Each processor depends on five of the 2,000 before it: the first reaches all others."""
    chosen = Random(1)
    found = []
    for at in range(PROCESSORS):
        before = range(max(0, at - REACH), at)
        needs = chosen.sample(before, min(DEPENDENCIES, len(before)))
        found.append(
            {
                "name": f"P{at:05}",
                "phase": 1 + 9 * at // PROCESSORS,
                "criticality": chosen.choice(list(Criticality)),
                "dependencies": [f"P{need:05}" for need in needs],
                "schedule_hours_et": [20 + at % 7, 27],
                "sla_completion_time": f"{3 + at % 5:02}:00 ET",
            }
        )
    return Registry.model_validate({"processors": found})


def measure(repeats: int) -> tuple[ImpactTimes, ...]:
    known = registry()
    kept = Kept(known)  # type: ignore[abstract]
    health = HealthService(kept, known, ServiceLevels(()))
    service = ImpactService(kept, known, health)
    edges = sum(len(processor.dependencies) for processor in known.processors)
    times = []
    for name in ("P00000", f"P{PROCESSORS // 2:05}", f"P{PROCESSORS - 1_000:05}"):
        request = ImpactRequest(name, DAY)

        def answer(request: ImpactRequest = request) -> None:
            impact.card(service.of(request, NOW)).payload()

        taken = timed(answer, repeats, before=lambda: _forget(service))
        dependents = len(service.of(request, NOW).dependents)
        times.append(ImpactTimes(PROCESSORS, edges, dependents, taken))
    return tuple(times)


def _forget(service: ImpactService) -> None:
    service._map.lineage._down.clear()
    service._map.lineage._up.clear()
