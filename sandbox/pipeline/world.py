"""What does not change while the simulation runs: the seed, the processors, the calendar, the span of the history."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sandbox.pipeline.fleet import Fleet, Processor
from sandbox.pipeline.games import GameCalendar
from sandbox.pipeline.moments import DAY, eastern_date, epoch

CATEGORY_AGE = 12 * DAY
"""The failure_category column exists since this long before the end of the history; older rows have NULL."""


@dataclass(frozen=True, slots=True)
class World:
    """`start` and `end` of the history in epoch seconds."""

    seed: int
    fleet: Fleet
    calendar: GameCalendar
    start: int
    end: int

    @classmethod
    def create(cls, fleet: Fleet, seed: int, end: datetime, days: int) -> "World":
        last = epoch(end)
        return cls(seed, fleet, GameCalendar(seed, eastern_date(last)), last - days * DAY, last)

    @property
    def category_since(self) -> int:
        return self.end - CATEGORY_AGE

    def dates(self) -> list[date]:
        """Service dates that the history covers, oldest first."""
        first, last = eastern_date(self.start), eastern_date(self.end)
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]

    def never_produces(self, processor: Processor) -> bool:
        """A few processors run and never bring data: registered with a typical of 0."""
        return processor.typical == 0 and not processor.is_scraper
