"""The processors as the simulation needs them, read from a registry dictionary (fields: PRODUCT.md, capability 1)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any


class RegistryIncomplete(ValueError):
    """The registry lacks what the simulation needs; all problems are listed."""


@dataclass(frozen=True, slots=True)
class Processor:
    """One processor. `typical` is records per game (`per_game`) or per date; slots are ET hours after midnight."""

    name: str
    kind: str
    phase: int
    criticality: str
    service: str | None
    dependencies: tuple[str, ...]
    source: str | None
    table: str | None
    slots: tuple[float, ...]
    polling: bool
    per_game: bool
    typical: float
    sporadic: bool
    runs_on_no_game_days: bool
    timeout: int

    @property
    def is_scraper(self) -> bool:
        return self.kind == "scraper"

    @property
    def after_games(self) -> bool:
        """Whether it waits for finished games (its last slot is past midnight) or works on what precedes them."""
        return self.per_game and self.slots[-1] > 24


class Fleet:
    """All processors of a registry by name, with who depends on whom and who shares a source."""

    def __init__(self, processors: Iterable[Processor]) -> None:
        self.by_name = {processor.name: processor for processor in processors}

    @classmethod
    def from_registry(cls, registry: Mapping[str, Any]) -> "Fleet":
        """Raises RegistryIncomplete; `synthetic.complete` fills what a proposal lacks."""
        problems: list[str] = []
        processors = [_read(entry, problems) for entry in registry.get("processors", ())]
        known = {processor.name for processor in processors}
        for processor in processors:
            problems += [
                f"{processor.name}: depends on {other!r}, which is not registered"
                for other in processor.dependencies
                if other not in known
            ]
        if not processors:
            problems.append("the registry has no processors")
        if problems:
            raise RegistryIncomplete("\n".join([*problems, "Pass the registry through synthetic.complete() first."]))
        return cls(processors)

    def __iter__(self) -> Iterator[Processor]:
        return iter(self.by_name.values())

    @cached_property
    def dependents(self) -> dict[str, tuple[str, ...]]:
        return {name: tuple(p.name for p in self if name in p.dependencies) for name in self.by_name}

    @cached_property
    def by_source(self) -> dict[str, tuple[Processor, ...]]:
        sources = sorted({p.source for p in self if p.source})
        return {source: tuple(p for p in self if p.source == source) for source in sources}

    @cached_property
    def unscraped(self) -> tuple[str, ...]:
        """Sources that no registered scraper fetches."""
        return tuple(s for s, users in self.by_source.items() if not any(p.is_scraper for p in users))

    def downstream(self, name: str) -> list[str]:
        """Everything that depends on `name`, dependencies first."""
        reached: set[str] = set()
        waiting = [name]
        while waiting:
            for other in self.dependents[waiting.pop()]:
                if other not in reached:
                    reached.add(other)
                    waiting.append(other)
        return sorted(reached, key=lambda other: (self.depth(other), other))

    def depth(self, name: str) -> int:
        """How many processors, itself too, the longest way to it from one without dependencies has."""
        return 1 + max((self.depth(other) for other in self.by_name[name].dependencies), default=0)


def typical_records(entry: Mapping[str, Any]) -> float | None:
    """Records per game or date from `expected_records` or the older `expected_record_range`; None if neither tells."""
    expected = entry.get("expected_records") or entry.get("expected_record_range") or {}
    if isinstance(expected, (list, tuple)):
        expected = {"min": expected[0], "max": expected[1]}
    if expected.get("typical") is not None:
        return float(expected["typical"])
    low, high = expected.get("min"), expected.get("max")
    bounds = [float(bound) for bound in (low, high) if bound is not None]
    return sum(bounds) / len(bounds) if bounds else None


def is_per_game(entry: Mapping[str, Any]) -> bool | None:
    expected = entry.get("expected_records")
    found = expected.get("per_game") if isinstance(expected, dict) else None
    return None if found is None else bool(found)


def _read(entry: Mapping[str, Any], problems: list[str]) -> Processor:
    name, kind = str(entry.get("name", "?")), str(entry.get("kind") or "processor")
    typical, per_game = typical_records(entry), is_per_game(entry)
    lacking = {
        "phase": entry.get("phase") is None,
        "schedule_hours_et": not entry.get("schedule_hours_et"),
        "expected_records.typical": typical is None and kind != "scraper",
        "expected_records.per_game": per_game is None,
        "bigquery_table": not entry.get("bigquery_table") and kind != "scraper",
        "source": not entry.get("source") and kind == "scraper",
    }
    problems += [f"{name}: {field} is missing" for field, missing in lacking.items() if missing]
    return Processor(
        name=name,
        kind=kind,
        phase=int(entry.get("phase") or 0),
        criticality=str(entry.get("criticality") or "LOW"),
        service=entry.get("service"),
        dependencies=tuple(entry.get("dependencies") or ()),
        source=entry.get("source"),
        table=entry.get("bigquery_table"),
        slots=tuple(sorted(float(hours) for hours in entry.get("schedule_hours_et") or (0.0,))),
        polling=bool(entry.get("polling")),
        per_game=bool(per_game),
        typical=typical or 0.0,
        sporadic=bool(entry.get("sporadic")),
        runs_on_no_game_days=bool(entry.get("runs_on_no_game_days", True)),
        timeout=int(entry.get("timeout_seconds") or 1800),
    )
