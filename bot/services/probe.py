"""What whoever watches the process may ask of it, on any thread and at any time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Said = Callable[[], Sequence[str]]


@dataclass(frozen=True)
class Probe:
    """`wrong`: what it does not do as it should; `warnings`: what a person should mend before that; `metrics`: its
    counts in Prometheus' text format; `sources`: how old each source is.
    """

    wrong: Said = tuple
    warnings: Said = tuple
    metrics: Callable[[], bytes] = bytes
    sources: Said = tuple
