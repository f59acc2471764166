"""What was found in shadow, and whom it would have paged."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.findings.severity import Severity
from bot.domain.gate.shadow_policy import ShadowPolicy
from bot.domain.incidents.incident import Incident
from bot.domain.reports.replay import PAGES


@dataclass(frozen=True)
class ShadowReport:
    """`incidents`: what would have been open at any time of the window, in order of when it would have been announced;
    `findings` were first seen in it.
    """

    policy: ShadowPolicy
    since: datetime
    until: datetime
    incidents: tuple[Incident, ...] = ()
    findings: int = 0

    @property
    def pages(self) -> tuple[Incident, ...]:
        """Those of the window that would have paged somebody: P0 or P1, at first or later."""
        return tuple(each for each in self.messages if each.severity in PAGES)

    @property
    def messages(self) -> tuple[Incident, ...]:
        """Those that would have been announced in the window: each window has its own. A P3 is left to the digest."""
        return tuple(each for each in self._said if each.announced_at >= self.since)

    @property
    def earlier(self) -> tuple[Incident, ...]:
        """Those that would have been announced before, and have gone on."""
        return tuple(each for each in self._said if each.announced_at < self.since)

    @property
    def _said(self) -> tuple[Incident, ...]:
        return tuple(each for each in self.incidents if each.severity is not Severity.P3)

    @property
    def is_empty(self) -> bool:
        return not (self.policy.is_on or self.incidents or self.findings)
