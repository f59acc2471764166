"""`slos.yaml` becomes ServiceLevels, or one ConfigError that names every problem with file and line."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from bot.config.documents import load_document
from bot.domain.platform.registry import Frozen, Number, WallClock, Whole
from bot.domain.reports.objectives import LOOKED_BACK_DAYS, MONTH_DAYS
from bot.domain.slo import (
    FALSE_ALARMS,
    MAX_BYTES,
    TIMEOUT_S,
    CustomQuery,
    Measure,
    PlatformObjective,
    ServiceLevel,
    ServiceLevels,
)

Fraction = Annotated[Number, Field(gt=0, le=1)]


class PhaseEntry(Frozen):
    phase: Annotated[Whole, Field(ge=0, le=99)]
    success_rate: Fraction
    complete_by: WallClock | None = None
    days_after: Annotated[Whole, Field(ge=0, le=2)] = 0
    notes: tuple[str, ...] = ()
    false_alarms: Annotated[Number, Field(gt=0, lt=1)] = FALSE_ALARMS


class ObjectiveEntry(Frozen):
    """`max_bytes` and `timeout_seconds`: of its query."""

    name: Annotated[str, Field(min_length=1)]
    objective: Fraction
    window_days: Annotated[Whole, Field(ge=1, le=366)] = MONTH_DAYS
    description: str = ""
    measure: Measure | None = None
    processors: tuple[str, ...] = ()
    freshness_hours: Annotated[Number | None, Field(gt=0)] = None
    query: Annotated[str | None, Field(min_length=1)] = None
    threshold: Number | None = None
    max_bytes: Annotated[Whole, Field(ge=10_000_000)] = MAX_BYTES
    timeout_seconds: Annotated[Number, Field(gt=0, le=300)] = TIMEOUT_S
    false_alarms: Annotated[Number, Field(gt=0, lt=1)] = FALSE_ALARMS

    @model_validator(mode="after")
    def _fits(self) -> "ObjectiveEntry":
        if (self.measure is Measure.QUERY) != (self.query is not None):
            raise ValueError("needs `measure: query` and `query` together")
        if self.threshold is not None and self.query is None:
            raise ValueError("has a `threshold`, which only a query has")
        if self.freshness_hours is not None and self.measure is not Measure.FRESHNESS:
            raise ValueError("has `freshness_hours`, which only `measure: freshness` has")
        if self.processors and self.measure in (Measure.QUERY, Measure.AVAILABILITY):
            raise ValueError(f"has `processors`, which `measure: {self.measure}` does not look at")
        if self.window_days > LOOKED_BACK_DAYS and self.made().counted:
            raise ValueError(f"has {self.window_days} days, where {LOOKED_BACK_DAYS} are looked back at most")
        return self

    def made(self) -> PlatformObjective:
        fields = self.model_dump(exclude={"query", "threshold", "max_bytes", "timeout_seconds"})
        if self.query is None:
            return PlatformObjective(**fields)
        query = CustomQuery(self.name, self.query, self.threshold, self.max_bytes, self.timeout_seconds)
        return PlatformObjective(**fields, query=query)


class SlosFile(Frozen):
    phases: tuple[PhaseEntry, ...] = ()
    platform: tuple[ObjectiveEntry, ...] = ()
    objectives: tuple[ObjectiveEntry, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> "SlosFile":
        """Two levels for one phase would make the stricter of the two a matter of luck."""
        phases = [str(entry.phase) for entry in self.phases]
        names = [entry.name for entry in (*self.platform, *self.objectives)]
        repeated = [name for known in (phases, names) for name in dict.fromkeys(known) if known.count(name) > 1]
        if repeated:
            raise ValueError(f"gives a service level twice for {', '.join(repeated)}; keep one of each")
        return self


def load_slos(path: Path) -> ServiceLevels:
    """Read the service levels. Raises ConfigError with every problem; unknown keys are problems here."""
    file = load_document(path, SlosFile)
    levels = (ServiceLevel(**entry.model_dump()) for entry in file.phases)
    return ServiceLevels(
        phases=tuple(sorted(levels, key=lambda level: level.phase)),
        platform=tuple(entry.made() for entry in (*file.platform, *file.objectives)),
    )
