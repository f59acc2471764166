"""One tick of the gate over the state: read what is remembered, decide, keep it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.evidence import PlannedWindow
from bot.domain.findings import Finding
from bot.domain.gate import decide
from bot.domain.gate_decisions import Decision
from bot.domain.gate_memory import GateRules
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

    def tick(self, now: datetime, findings: Iterable[Finding], windows: Iterable[PlannedWindow] = ()) -> Tick:
        """Decide on the findings that hold at `now`. `windows` are those that the platform's data announces."""
        memory = self._state.remembered(now, self._rules.policy.repeat_window)
        result = decide(findings, memory.with_windows(windows), self._rules, now)
        committed = self._state.commit(now, result, memory.version)
        return Tick(committed, result.decisions if committed is Committed.APPLIED else ())
