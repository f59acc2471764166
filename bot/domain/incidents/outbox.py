"""What has to be said of incidents and is not said yet: written in the transaction that decided it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Decision
from bot.domain.incidents.notice import SAID


@dataclass(frozen=True)
class Unsaid:
    """A decision that a channel is to show. `attempts` were made to say it, the last at `attempted_at` (aware UTC)."""

    decision: Decision
    attempts: int = 0
    attempted_at: datetime | None = None

    @property
    def key(self) -> tuple[datetime, str]:
        return self.decision.at, self.decision.fingerprint


def to_say(decisions: Iterable[Decision]) -> list[Decision]:
    """P3 is left to the digest."""
    return [each for each in decisions if each.outcome in SAID and each.severity is not Severity.P3]
