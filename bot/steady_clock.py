"""A clock that nobody sets."""

import time

_NOBODY_SETS = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""On Linux the monotonic clock stands still while a machine sleeps, and this one does not."""


def monotonic_seconds() -> float:
    """Seconds from a beginning of no meaning; no clock step moves them, and they pass while the machine sleeps."""
    return time.clock_gettime(_NOBODY_SETS)
