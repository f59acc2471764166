"""What time it is, for the recorder alone: it runs in the pipeline's processes."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)


def seconds() -> float:
    return time.monotonic()
