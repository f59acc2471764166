"""The machine's clock."""

import time
from datetime import UTC, datetime
from pathlib import Path

from bot.steady_clock import monotonic_seconds as monotonic_seconds


def system_clock() -> datetime:
    return datetime.now(UTC)


def epoch_seconds() -> float:
    """The same instant as Unix seconds."""
    return system_clock().timestamp()


def wait(seconds: float) -> None:
    time.sleep(seconds)


def machine_start() -> str:
    """Names what `monotonic_seconds` counts from: the same until the machine starts again. "": nobody says."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""
