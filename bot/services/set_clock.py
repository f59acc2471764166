"""Was a clock set? A clock that nobody sets tells."""

from collections.abc import Callable

from bot.ports.clock import Clock

STEP_S = 5.0
"""Clocks that are slewed drift less between two looks; what is set jumps."""


class SetClock:
    """`seconds` is a clock that nobody sets, and that goes at the pace of `clock`."""

    def __init__(self, clock: Clock, seconds: Callable[[], float]) -> None:
        self._clock, self._seconds = clock, seconds
        self._offset = self._now()

    def step(self) -> float:
        """The seconds by which it was set since the last look, forward or (negative) back; 0.0: it was not set."""
        before, self._offset = self._offset, self._now()
        step = self._offset - before
        return step if abs(step) > STEP_S else 0.0

    def _now(self) -> float:
        return self._clock().timestamp() - self._seconds()


def in_words(step: float) -> str:
    return f"the clock was set {'forward' if step > 0 else 'back'} by {abs(step):,.0f} s"
