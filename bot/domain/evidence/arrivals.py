"""How late the rows of runs come: by it, a run whose row is late is told from one that hangs."""

from datetime import timedelta

from bot.domain.evidence.attempts import OFF_SCHEDULE
from bot.domain.evidence.observation import RunSeen

MANY, SOME = 2000, 200
"""So many rows tell how late one may be at all; so many, all in time, that few are late by hours."""
IN_TIME = timedelta(minutes=10)
LATE, LATEST = timedelta(minutes=95), timedelta(hours=3)
"""So late most late rows have come, and all of them."""
TIMES = 2
"""A row may come so many times later than the latest of many."""


class Arrivals:
    def __init__(self) -> None:
        self._rows, self._latest = 0, timedelta()

    def take(self, run: RunSeen) -> None:
        if run.trigger not in OFF_SCHEDULE and run.ended_at is not None:
            self._rows += 1
            self._latest = max(self._latest, run.known_at - run.ended_at)

    @property
    def within(self) -> timedelta:
        """How long after its end the row of a run may still come."""
        if self._rows >= MANY:
            return min(LATEST, TIMES * self._latest)
        return LATE if self._rows >= SOME and self._latest <= IN_TIME else LATEST
