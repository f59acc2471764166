"""One tick of the watch: what became known, what is wrong, what the gate makes of it. The same live and in a replay."""

from collections.abc import Iterable
from datetime import date, datetime

from bot.domain.detection.watch import Watch
from bot.domain.findings import Finding
from bot.domain.gate import decide
from bot.domain.gate_memory import GateMemory, GateResult, GateRules
from bot.domain.gate_policy import GatePolicy
from bot.domain.lineage import Lineage
from bot.domain.observation import Event, Observed
from bot.domain.registry import Registry
from bot.domain.severity_policy import SeverityPolicy


class Detection:
    """The watch and the gate in one; the memory is the caller's to keep."""

    def __init__(
        self,
        registry: Registry,
        observed: Observed,
        severity: SeverityPolicy,
        gate: GatePolicy,
        last_date: date | None = None,
    ) -> None:
        self._watch = Watch(registry, observed, severity, last_date)
        self._rules = GateRules(gate, Lineage(registry), {p.name: p.phase for p in registry.processors})

    def tick(self, events: Iterable[Event], memory: GateMemory, now: datetime) -> tuple[list[Finding], GateResult]:
        """The findings that hold at `now` (aware UTC), and what the gate decides about them."""
        findings = self._watch.tick(events, now)
        return findings, decide(findings, memory, self._rules, now)
