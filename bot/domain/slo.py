"""Service levels: what share of runs must succeed, by when a phase must be complete, what holds for the platform."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

FALSE_ALARMS = 0.05
"""How likely an alert may be in 30 days in which an objective is just met."""


class Measure(StrEnum):
    """What an objective of the whole platform is measured by."""

    AVAILABILITY = "availability"
    """The time that any phase is late past its `complete_by`."""
    COMPLETENESS = "completeness"
    """The dates due that have their data."""


@dataclass(frozen=True)
class ServiceLevel:
    """One phase. `success_rate` is a fraction (0.95), expected failures excluded; `notes` are levels in words.
    `false_alarms`: how likely its alert may be in 30 days in which the objective is just met.

    `complete_by` is wall-clock time in the registry's zone, `days_after` the data date (0: that day, 1: the next).
    """

    phase: int
    success_rate: float
    complete_by: time | None = None
    days_after: int = 0
    notes: tuple[str, ...] = ()
    false_alarms: float = FALSE_ALARMS


@dataclass(frozen=True)
class PlatformObjective:
    """One objective of the whole platform: a fraction (0.995) over `window_days` days. `measure` None: nothing measures
    it yet.
    """

    name: str
    objective: float
    window_days: int
    description: str = ""
    measure: Measure | None = None


@dataclass(frozen=True)
class ServiceLevels:
    """Phases in ascending order, each once."""

    phases: tuple[ServiceLevel, ...]
    platform: tuple[PlatformObjective, ...] = ()

    def of_phase(self, phase: int) -> ServiceLevel | None:
        return next((level for level in self.phases if level.phase == phase), None)
