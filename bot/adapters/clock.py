"""The machine's clock."""

from datetime import UTC, datetime


def system_clock() -> datetime:
    return datetime.now(UTC)


def epoch_seconds() -> float:
    """The same instant as Unix seconds."""
    return system_clock().timestamp()
