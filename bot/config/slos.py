"""`slos.yaml` becomes ServiceLevels, or one ConfigError that names every problem with file and line."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from bot.config.documents import load_document
from bot.domain.platform.registry import Frozen, Number, WallClock, Whole
from bot.domain.slo import FALSE_ALARMS, Measure, PlatformObjective, ServiceLevel, ServiceLevels

Fraction = Annotated[Number, Field(gt=0, le=1)]


class PhaseEntry(Frozen):
    phase: Annotated[Whole, Field(ge=0, le=99)]
    success_rate: Fraction
    complete_by: WallClock | None = None
    days_after: Annotated[Whole, Field(ge=0, le=2)] = 0
    notes: tuple[str, ...] = ()
    false_alarms: Annotated[Number, Field(gt=0, lt=1)] = FALSE_ALARMS


class PlatformEntry(Frozen):
    name: Annotated[str, Field(min_length=1)]
    objective: Fraction
    window_days: Annotated[Whole, Field(ge=1, le=366)]
    description: str = ""
    measure: Measure | None = None


class SlosFile(Frozen):
    phases: tuple[PhaseEntry, ...]
    platform: tuple[PlatformEntry, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> "SlosFile":
        """Two levels for one phase would make the stricter of the two a matter of luck."""
        phases = [str(entry.phase) for entry in self.phases]
        names = [entry.name for entry in self.platform]
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
        platform=tuple(PlatformObjective(**entry.model_dump()) for entry in file.platform),
    )
