"""The machine's clock."""

import time
from datetime import UTC, datetime
from pathlib import Path

_NOBODY_SETS = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""On Linux the monotonic clock stands still while a machine sleeps, and this one does not."""


def system_clock() -> datetime:
    return datetime.now(UTC)


def epoch_seconds() -> float:
    """The same instant as Unix seconds."""
    return system_clock().timestamp()


def wait(seconds: float) -> None:
    time.sleep(seconds)


def monotonic_seconds() -> float:
    """Seconds from a beginning of no meaning; no clock step moves them, and they pass while the machine sleeps."""
    return time.clock_gettime(_NOBODY_SETS)


def machine_start() -> str:
    """Names what `monotonic_seconds` counts from: the same until the machine starts again. "": nobody says."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""
