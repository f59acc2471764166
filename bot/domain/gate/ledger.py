"""A tick in the making: what stood before, what has changed, what was decided; one decision a fingerprint."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from bot.domain.findings.finding import Finding
from bot.domain.gate.memory import GateMemory, GateResult, GateRules
from bot.domain.incidents.decisions import Decision, Outcome, Reason
from bot.domain.incidents.incident import Incident, IncidentState, Standing


class Ledger:
    """Reads what was remembered through what has changed since."""

    def __init__(self, memory: GateMemory, rules: GateRules, now: datetime) -> None:
        self.memory, self.rules, self.policy, self.now = memory, rules, rules.policy, now
        self._standings: dict[str, Standing] = {}
        self._incidents: dict[str, Incident] = {}
        self._decisions: dict[str, Decision] = {}
        self._members: dict[str, dict[str, None]] = {}
        self.astir: set[str] = set()
        """Incidents, by id, of which a member is not as it was, or does not hold."""
        for name, standing in memory.standings.items():
            if standing.incident:
                self._members.setdefault(standing.incident, {})[name] = None
                if not standing.holding:
                    self.astir.add(standing.incident)
        self.announced: dict[str, Reason] = {}
        """Incidents that this tick announces, by id, and why."""

    def standing(self, fingerprint: str) -> Standing | None:
        """How a finding stood; None when it has not held within the repeat window."""
        found = self._standings.get(fingerprint) or self.memory.standings.get(fingerprint)
        if found is None or self.now - found.last_held_at > self.policy.repeat_window:
            return None
        return found

    def standings(self) -> list[Standing]:
        return [self._standings.get(name, standing) for name, standing in self.memory.standings.items()]

    def incident(self, name: str) -> Incident | None:
        return self._incidents.get(name) or self.memory.incidents.get(name)

    def incidents(self) -> list[Incident]:
        """Every one that is remembered or new, in order of id."""
        names = sorted(self.memory.incidents.keys() | self._incidents.keys())
        return [found for name in names if (found := self.incident(name)) is not None]

    def open_incidents(self) -> list[Incident]:
        return [incident for incident in self.incidents() if incident.is_open]

    def of_fingerprint(self, fingerprint: str) -> Incident | None:
        """The latest incident that was opened for it."""
        found = [incident for incident in self.incidents() if incident.fingerprint == fingerprint]
        return max(found, key=lambda incident: incident.announced_at, default=None)

    def members(self, name: str) -> list[Standing]:
        """The standings within an incident, in order of fingerprint."""
        found = (self.standing(fingerprint) for fingerprint in sorted(self._members.get(name, ())))
        return [standing for standing in found if standing is not None and standing.incident == name]

    def rooted(self, name: str) -> list[Standing]:
        return [standing for standing in self.members(name) if standing.rooted]

    def put(self, incident: Incident) -> None:
        self._incidents[incident.id] = incident

    def write(self, standing: Standing) -> None:
        before = self._standings.get(standing.fingerprint) or self.memory.standings.get(standing.fingerprint)
        if before is not None:
            self.astir.add(before.incident)
        if standing.incident:
            self._members.setdefault(standing.incident, {})[standing.fingerprint] = None
            self.astir.add(standing.incident)
        self._standings[standing.fingerprint] = standing

    def renew(self, finding: Finding) -> None:
        """It goes on holding, and stands as it stood."""
        name = finding.fingerprint
        before = self.standing(name)
        assert before is not None
        self._standings[name] = replace(before, finding=finding, last_held_at=self.now, holding=True)
        if not before.holding or before.finding != finding:
            self.astir.add(before.incident)

    def place(
        self,
        finding: Finding,
        outcome: Outcome,
        reason: Reason,
        *,
        incident: str = "",
        rooted: bool = False,
        home: str | None = None,
        hidden_by: str = "",
        detail: str = "",
    ) -> None:
        """Say how a finding stands from now on. It is a decision only if that differs from how it stood."""
        before = self.standing(finding.fingerprint)
        standing = Standing(
            finding=finding,
            outcome=outcome,
            reason=reason,
            first_held_at=self.now if before is None else before.first_held_at,
            last_held_at=self.now,
            incident=incident,
            rooted=rooted,
            home=home if home is not None else (before.home if before is not None else ""),
            hidden_by=hidden_by,
        )
        self.write(standing)
        if before is None or _shown(before) != _shown(standing):
            self.decide(finding.fingerprint, outcome, reason, standing, detail=detail)

    def decide(
        self, fingerprint: str, outcome: Outcome, reason: Reason, standing: Standing, *, detail: str = ""
    ) -> None:
        self.record(
            Decision(
                at=self.now,
                fingerprint=fingerprint,
                outcome=outcome,
                reason=reason,
                finding=standing.finding,
                severity=standing.finding.severity,
                incident=standing.incident,
                hidden_by=standing.hidden_by,
                detail=detail,
            )
        )

    def record(self, decision: Decision) -> None:
        self._decisions[decision.fingerprint] = decision

    def resolve(self, incident: Incident, *, merged_into: str = "") -> None:
        self.put(
            replace(incident, state=IncidentState.RESOLVED, resolved_at=self.now, merged_into=merged_into, unsaid=None)
        )

    def result(self) -> GateResult:
        before = self.memory.incidents
        return GateResult(
            decisions=tuple(self._decisions[name] for name in sorted(self._decisions)),
            standings=tuple(self._standings[name] for name in sorted(self._standings)),
            incidents=tuple(
                incident for name, incident in sorted(self._incidents.items()) if incident != before.get(name)
            ),
        )


def _shown(standing: Standing) -> tuple[object, ...]:
    return standing.outcome, standing.reason, standing.incident, standing.hidden_by


def names(findings: Iterable[Finding]) -> str:
    """The roots of findings, for the detail of a reason."""
    return ", ".join(sorted({finding.root for finding in findings}))
