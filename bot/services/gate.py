"""One tick of the gate over the state: read what is remembered, decide, keep it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.evidence.expectation import PlannedWindow
from bot.domain.findings.finding import Finding
from bot.domain.findings.storm_policy import StormPolicy
from bot.domain.gate.decide import decide
from bot.domain.gate.memory import GateRules
from bot.domain.incidents.decisions import Decision
from bot.ports.state import Committed, State


@dataclass(frozen=True)
class Tick:
    """`decisions` is empty unless the tick was applied: what another process has decided it also tells."""

    committed: Committed
    decisions: tuple[Decision, ...] = field(default=())


class GateService:
    """The same for live and for replay; the state differs."""

    def __init__(self, state: State, rules: GateRules) -> None:
        self._state, self._rules = state, rules

    @property
    def storm(self) -> StormPolicy:
        """What the gate takes for a storm."""
        return self._rules.policy.storm

    def open_dates(self) -> set[tuple[str, date]]:
        """(processor, data date) of what open incidents are about."""
        members = (member for incident in self._state.open_incidents() for member in self._state.members(incident.id))
        findings = [member.finding for member in members]
        return {(name, finding.data_date) for finding in findings if finding.data_date for name in finding.processors}

    def tick(self, now: datetime, findings: Iterable[Finding], windows: Iterable[PlannedWindow] = ()) -> Tick:
        """Decide on the findings that hold at `now`. `windows` are those that the platform's data announces."""
        memory = self._state.remembered(now, self._rules.policy.repeat_window)
        result = decide(findings, memory.with_windows(windows), self._rules, now)
        committed = self._state.commit(now, result, memory.version)
        return Tick(committed, result.decisions if committed is Committed.APPLIED else ())
