"""What the sources show now, and how many findings wait for those that show nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.blindness import STANDARD, BlindnessPolicy, Sight
from bot.domain.sources import SourceStatus


def no_sources() -> Sequence[SourceStatus]:
    """Where none is configured."""
    return ()


@dataclass
class Blindness:
    """`held`: findings that the last tick of detection held, by blind source."""

    statuses: Callable[[], Sequence[SourceStatus]] = no_sources
    policy: BlindnessPolicy = STANDARD
    held: Mapping[str, int] = field(default_factory=dict)
    heard: Callable[[], Mapping[str, int] | None] = lambda: None
    """What another process that detects has held; None: this one detects."""

    def waiting(self) -> Mapping[str, int]:
        heard = self.heard()
        return self.held if heard is None else heard

    def sight(self) -> Sight:
        return Sight.of(self.statuses(), self.policy)
