"""Was a clock set? A clock that nobody sets tells, also of the time between two processes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.ports.clock import Clock, ClockMark
from bot.ports.state import State, Transaction

STEP_S = 5.0
"""Clocks that are slewed drift less between two looks; what is set jumps."""
DRIFT_S = 1.0
"""So far a clock may drift from what is stored of it."""


class SetClock:
    """`seconds` is a clock that nobody sets, and that goes at the pace of `clock`."""

    def __init__(self, clock: Clock, seconds: Callable[[], float]) -> None:
        self._clock, self._seconds = clock, seconds
        self._offset = self.offset()

    def step(self) -> float:
        """The seconds by which it was set since the last look, forward or (negative) back; 0.0: it was not set."""
        before, self._offset = self._offset, self.offset()
        step = self._offset - before
        return step if abs(step) > STEP_S else 0.0

    def offset(self) -> float:
        return self._clock().timestamp() - self._seconds()


class StoredMoments:
    """The moments of a work, which are stored by a clock that may be set. `boot` names what `seconds` counts from:
    while that is the same, a step is known that was made while no process ran. "": it begins anew with each process.
    """

    def __init__(self, state: State, work: str, clock: Clock, seconds: Callable[[], float], boot: str) -> None:
        self._state, self._work, self._boot = state, work, boot
        self._offset = SetClock(clock, seconds).offset
        self._seen = self._last = self._offset()
        self._stored: float | None = None
        self._begun = False

    def step(self) -> float | None:
        """The seconds by which the clock was set since the moments were moved last. None: there is nothing to move.
        0.0: it was not set, as far as anybody knows; whoever begins may look for what cannot be.
        """
        if not self._begun:
            self._begin()
        self._seen = self._offset()
        step = self._seen - self._last
        if abs(step) > STEP_S:
            return step
        self._last = self._seen
        known = self._stored is not None and abs(self._seen - self._stored) <= DRIFT_S
        return None if known else 0.0

    @contextmanager
    def moving(self) -> Iterator[Transaction]:
        """The transaction that moves them by the step that was seen last."""
        with self._state.transaction() as tx:
            yield tx
            if self._boot:
                tx.clocks.put(ClockMark(self._work, self._boot, self._seen))
        self._last = self._stored = self._seen

    def _begin(self) -> None:
        mark = self._state.clock_mark(self._work)
        if mark is not None and mark.boot == self._boot:
            self._last = mark.offset_s
        self._begun = True


def in_words(step: float) -> str:
    return f"the clock was set {'forward' if step > 0 else 'back'} by {abs(step):,.0f} s"
