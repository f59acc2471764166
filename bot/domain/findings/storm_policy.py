"""What counts as a storm, for detectors and gate alike."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class StormPolicy:
    """`processors` that fail with one class of error within `window`, or more than `failures_per_hour` of all together.

    An hour with fewer retries than `retries_per_hour` is no retry storm, whatever is usual.
    """

    processors: int = 6
    window: timedelta = timedelta(minutes=25)
    failures_per_hour: int = 100
    retries_per_hour: int = 100
