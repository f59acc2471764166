"""What changes: tables, raw files, runs in flight and idempotency markers, by data date."""

from dataclasses import dataclass, field
from datetime import date

from sandbox.pipeline.fleet import Processor
from sandbox.pipeline.supply import full_rows, has_data
from sandbox.pipeline.world import World

EMPTY_FILE = 200
"""A raw file below this many bytes holds no data."""
COVERAGE = 0.9
"""A dependency below this share of its rows blocks."""


@dataclass(slots=True)
class State:
    """Rows by (processor, date), raw bytes by (source, date), done markers set by zero-record successes."""

    tables: dict[tuple[str, date], int] = field(default_factory=dict)
    raw: dict[tuple[str, date], int] = field(default_factory=dict)
    marked_done: set[tuple[str, date]] = field(default_factory=set)
    failures: dict[tuple[str, date], int] = field(default_factory=dict)

    def has_raw(self, source: str, day: date) -> bool:
        return self.raw.get((source, day), 0) >= EMPTY_FILE

    def coverage(self, world: World, processor: Processor, day: date) -> float:
        """Share of the complete date that is loaded; 1.0 where none is due (or a scraper has its file)."""
        if processor.is_scraper:
            due = world.calendar.played(day) if processor.per_game else True
            return 1.0 if not due or self.has_raw(str(processor.source), day) else 0.0
        if processor.sporadic or not has_data(world, processor, day):
            return 1.0
        return self.tables.get((processor.name, day), 0) / full_rows(world, processor, day)
