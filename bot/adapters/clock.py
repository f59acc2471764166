"""The machine's clock."""

from datetime import UTC, datetime
from time import monotonic, sleep


def system_clock() -> datetime:
    return datetime.now(UTC)


def epoch_seconds() -> float:
    """The same instant as Unix seconds."""
    return system_clock().timestamp()


def wait(seconds: float) -> None:
    sleep(seconds)


def monotonic_seconds() -> float:
    """Seconds from a beginning of no meaning; no clock step moves them."""
    return monotonic()
