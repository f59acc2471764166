"""Time of the simulated world: real time, or faster."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

FASTEST = 3_600.0


class SimulatedClock:
    """Starts at `start` (aware) and runs `speed` times as fast as the monotonic clock, never back; a limit it may be
    given is not passed.
    """

    def __init__(self, start: datetime, speed: float = 1.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._start, self._since, self._speed = start, monotonic(), 1.0
        self._limit: datetime | None = None
        self.speed = speed

    def now(self) -> datetime:
        passed = self._start + timedelta(seconds=(self._monotonic() - self._since) * self._speed)
        return passed if self._limit is None else max(self._start, min(passed, self._limit))

    def stop_at(self, limit: datetime | None) -> None:
        """Stand still there until there is a later limit, or none; what was stood still for is not caught up with."""
        self._start, self._since = self.now(), self._monotonic()
        self._limit = limit

    @property
    def speed(self) -> float:
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        if not 0 < speed <= FASTEST:
            raise ValueError(f"A speed of {speed:g} makes no sense; give one up to {FASTEST:g}.")
        self._start, self._since = self.now(), self._monotonic()
        self._speed = speed
