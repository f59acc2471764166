"""Counts in memory."""

from collections import Counter

from bot.domain.delivery import Outcome as PageOutcome
from bot.domain.delivery import Page
from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Decision, Outcome


class FakeMetrics:
    """Implements `bot.ports.metrics.Metrics`: `counts` by what is counted and its labels."""

    def __init__(self) -> None:
        self.counts = Counter[tuple[str, ...]]()

    def decided(self, decision: Decision) -> None:
        self.counts["decided", decision.outcome.value, decision.reason.name, decision.severity.value] += 1

    def overtaken(self) -> None:
        self.counts[("overtaken",)] += 1

    def ticked(self) -> None:
        self.counts[("ticked",)] += 1

    def notified(self, outcome: Outcome, severity: Severity) -> None:
        self.counts["notified", outcome.value, severity.value] += 1

    def not_notified(self, severity: Severity, *, refused: bool) -> None:
        self.counts["refused" if refused else "retried", severity.value] += 1

    def paged(self, page: Page, outcome: PageOutcome) -> None:
        self.counts["paged", page.channel, page.severity.value, outcome.kind.value] += 1

    def turned(self, lane: str, seconds: float, *, failed: bool) -> None:  # noqa: ARG002 (no time passes here)
        self.counts["failed" if failed else "finished", lane] += 1
