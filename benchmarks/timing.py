"""Wall-clock timing of repeated calls."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

REPEATS = 15
LEAST_REPEATS = 3
ENOUGH_S = 15.0
"""Calls that take seconds are repeated until they have taken this long, and LEAST_REPEATS times at least."""


@dataclass(frozen=True)
class Timing:
    """Milliseconds over the repeats."""

    median: float
    best: float

    @classmethod
    def of(cls, seconds_taken: Sequence[float]) -> "Timing":
        return cls(statistics.median(seconds_taken) * 1_000, min(seconds_taken) * 1_000)

    def __str__(self) -> str:
        return f"{self.median:,.1f} ms (best {self.best:,.1f})"


def timed(call: Callable[[], object], repeats: int = REPEATS, before: Callable[[], object] | None = None) -> Timing:
    """Warm: one call comes before those that count. `before` is done ahead of each call and not timed."""
    call()
    taken = []
    for _ in range(repeats):
        if before is not None:
            before()
        taken.append(seconds(call))
        if len(taken) >= LEAST_REPEATS and sum(taken) > ENOUGH_S:
            break
    return Timing.of(taken)


def seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
