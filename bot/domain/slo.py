"""Service levels: what share of runs must succeed, by when a phase must be complete, what holds for the platform."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

MAX_BYTES, TIMEOUT_S = 1_000_000_000, 30.0
FALSE_ALARMS = 0.05
"""How likely an alert may be in 30 days in which an objective is just met."""


class Measure(StrEnum):
    """What an objective is measured by."""

    AVAILABILITY = "availability"
    """The time that any phase is late past its `complete_by`."""
    COMPLETENESS = "completeness"
    """The dates due that have their data."""
    DEADLINE = "deadline"
    """The dates due that had their data by the processor's own deadline."""
    FRESHNESS = "freshness"
    """The dates due at whose last slot the newest data was no older than its limit."""
    QUERY = "query"
    """A query of the team's own."""


@dataclass(frozen=True)
class CustomQuery:
    """A SELECT in the warehouse's dialect that gives `day` and `good` of `total`, or `day` and `value`: good from
    `threshold` on. It binds @since and @until (dates). At most `max_bytes` are billed, and `timeout_s` seconds taken.
    """

    name: str
    sql: str
    threshold: float | None = None
    max_bytes: int = MAX_BYTES
    timeout_s: float = TIMEOUT_S

    @property
    def columns(self) -> tuple[str, ...]:
        return ("day", "good", "total") if self.threshold is None else ("day", "value")


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
    """A fraction (0.995) over `window_days` days, of the whole platform or of `processors`. `measure` None: nothing
    measures it yet. `freshness_hours`: instead of each processor's own limit. `false_alarms` as of a phase.
    """

    name: str
    objective: float
    window_days: int
    description: str = ""
    measure: Measure | None = None
    processors: tuple[str, ...] = ()
    freshness_hours: float | None = None
    query: CustomQuery | None = None
    false_alarms: float = FALSE_ALARMS

    @property
    def counted(self) -> bool:
        """Has it a budget of outcomes, as a phase has?"""
        whole = self.measure is Measure.COMPLETENESS and not self.processors
        return self.measure not in (None, Measure.AVAILABILITY) and not whole


@dataclass(frozen=True)
class ServiceLevels:
    """Phases in ascending order, each once."""

    phases: tuple[ServiceLevel, ...]
    platform: tuple[PlatformObjective, ...] = ()

    def of_phase(self, phase: int) -> ServiceLevel | None:
        return next((level for level in self.phases if level.phase == phase), None)
