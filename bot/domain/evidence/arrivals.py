"""How late the rows of runs come: by it, a run whose row is late is told from one that hangs."""

from datetime import timedelta

from bot.domain.evidence.attempts import OFF_SCHEDULE
from bot.domain.evidence.observation import RunSeen

FEWEST = 2000
"""Fewer rows say nothing of how late one may be."""


class Arrivals:
    """`latest`: how long after its end the row of a run has come at the latest; None while few are known."""

    def __init__(self) -> None:
        self._rows, self._latest = 0, timedelta()

    def take(self, run: RunSeen) -> None:
        if run.trigger not in OFF_SCHEDULE and run.ended_at is not None:
            self._rows += 1
            self._latest = max(self._latest, run.known_at - run.ended_at)

    @property
    def latest(self) -> timedelta | None:
        return self._latest if self._rows >= FEWEST else None
