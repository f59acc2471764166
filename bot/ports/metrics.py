"""What a process counts of its own work, for whoever watches it."""

from typing import Protocol

from bot.domain.delivery import Outcome as PageOutcome
from bot.domain.delivery import Page
from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Decision, Outcome

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics(Protocol):
    """Called from any thread; never raises, never waits."""

    def decided(self, decision: Decision) -> None:
        """The gate decided, and it is stored: announced, updated, joined, held, suppressed, resolved."""
        ...

    def overtaken(self) -> None:
        """Another process decided a tick first; it is decided again."""
        ...

    def ticked(self) -> None:
        """A tick of detection has ended well."""
        ...

    def notified(self, outcome: Outcome, severity: Severity) -> None:
        """People were notified of a decision."""
        ...

    def not_notified(self, severity: Severity, *, refused: bool) -> None:
        """An attempt failed and is tried again; `refused`: until a person mends something."""
        ...

    def paged(self, page: Page, outcome: PageOutcome) -> None:
        """A try to send a page has ended."""
        ...

    def turned(self, lane: str, seconds: float, *, failed: bool) -> None:
        """A lane has ended one turn of its work."""
        ...


class Uncounted:
    """For a process that nobody watches: a replay."""

    def decided(self, decision: Decision) -> None:
        pass

    def overtaken(self) -> None:
        pass

    def ticked(self) -> None:
        pass

    def notified(self, outcome: Outcome, severity: Severity) -> None:
        pass

    def not_notified(self, severity: Severity, *, refused: bool) -> None:
        pass

    def paged(self, page: Page, outcome: PageOutcome) -> None:
        pass

    def turned(self, lane: str, seconds: float, *, failed: bool) -> None:
        pass
