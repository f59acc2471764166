"""Service levels: what share of runs must succeed, by when a phase must be complete, what holds for the platform."""

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True)
class ServiceLevel:
    """One phase. `success_rate` is a fraction (0.95), expected failures excluded; `notes` are levels in words.

    `complete_by` is wall-clock time in the registry's zone, `days_after` the data date (0: that day, 1: the next).
    """

    phase: int
    success_rate: float
    complete_by: time | None = None
    days_after: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlatformObjective:
    """One objective of the whole platform: a fraction (0.995) over `window_days` days."""

    name: str
    objective: float
    window_days: int
    description: str = ""


@dataclass(frozen=True)
class ServiceLevels:
    """Phases in ascending order, each once."""

    phases: tuple[ServiceLevel, ...]
    platform: tuple[PlatformObjective, ...] = ()

    def of_phase(self, phase: int) -> ServiceLevel | None:
        return next((level for level in self.phases if level.phase == phase), None)
