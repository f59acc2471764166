"""What is to be said of an incident: the incident as it stands, and the decision that has it said."""

from dataclasses import dataclass

from bot.domain.incidents.decisions import Decision, Outcome
from bot.domain.incidents.incident import Incident

SAID = frozenset({Outcome.ANNOUNCE, Outcome.UPDATE, Outcome.RESOLVE})
"""Outcomes that change what a channel shows."""
TOLD = frozenset({Outcome.ANNOUNCE, Outcome.UPDATE})
"""Outcomes that notify: the end of an incident only changes its message."""


@dataclass(frozen=True)
class Notice:
    """`impact` are the dependents that are blocked, worst first. The same decision has the same `stamp`."""

    incident: Incident
    decision: Decision
    impact: tuple[str, ...] = ()

    @property
    def stamp(self) -> str:
        return self.decision.at.isoformat()

    @property
    def resolved(self) -> bool:
        return self.decision.outcome is Outcome.RESOLVE
