"""How often a processor retries and fails, by hour; and what is usual for that hour of the week."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.platform.calendar import floor_hour

WEEKS = 4
"""How many weeks back the same hour is compared with."""
NEIGHBOURS = (-1, 0, 1)
"""The neighbouring hours count too: a clock change moves a schedule by one hour."""


@dataclass(slots=True)
class HourCount:
    retries: int = 0
    failures: int = 0


@dataclass
class Rhythm:
    """Counts of one processor by the hour (UTC) in which its runs started. `failures` are those that looked real when
    they were written.
    """

    hours: dict[datetime, HourCount] = field(default_factory=lambda: defaultdict(HourCount))
    first: datetime | None = None

    def count(self, started_at: datetime, *, retry: bool, failure: bool) -> None:
        hour = floor_hour(started_at)
        count = self.hours[hour]
        count.retries += retry
        count.failures += failure
        self.first = hour if self.first is None else min(self.first, hour)

    def forget_before(self, moment: datetime) -> None:
        for hour in [hour for hour in self.hours if hour < moment]:
            del self.hours[hour]

    def usual_retries(self, moment: datetime) -> float | None:
        return self._usual(moment, "retries")

    def usual_failures(self, moment: datetime) -> float | None:
        return self._usual(moment, "failures")

    def _usual(self, moment: datetime, what: str) -> float | None:
        """Median over the weeks before of the greatest of that hour and its neighbours; None before a week is known."""
        hour = floor_hour(moment)
        found = []
        for week in range(1, WEEKS + 1):
            then = hour - timedelta(weeks=week)
            if self.first is None or then < self.first:
                break
            near = [self.hours.get(then + timedelta(hours=offset)) for offset in NEIGHBOURS]
            found.append(max((getattr(count, what) for count in near if count is not None), default=0))
        if not found:
            return None
        found.sort()
        return float(found[len(found) // 2])
