"""A tick in the making: what stood before, what has changed, what was decided; one decision a fingerprint."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.findings.finding import Finding
from bot.domain.gate.memory import GateMemory, GateResult, GateRules, standing
from bot.domain.gate.noise_ledger import entries_of
from bot.domain.incidents.decisions import Decision, Outcome, Reason
from bot.domain.incidents.incident import AlertState, Incident, IncidentState


class Ledger:
    """Reads what was remembered through what has changed since."""

    def __init__(self, memory: GateMemory, rules: GateRules, now: datetime) -> None:
        self.memory, self.rules, self.policy, self.now = memory, rules, rules.policy, now
        self._alerts: dict[str, AlertState] = {}
        self._incidents: dict[str, Incident] = {}
        self._decisions: dict[str, Decision] = {}
        self._before = standing(memory, now - rules.policy.repeat_window)
        self._members: dict[str, dict[str, None]] = {}
        self.touched_incidents: set[str] = set()
        """Incidents, by id, of which a member is not as it was, or does not hold."""
        for name, alert in memory.alerts.items():
            if alert.incident:
                self._members.setdefault(alert.incident, {})[name] = None
                if not alert.holding:
                    self.touched_incidents.add(alert.incident)
        self.announced: dict[str, Reason] = {}
        """Incidents that this tick announces, by id, and why."""

    def passed(self, span: timedelta, since: datetime) -> bool:
        """Has so much time passed? What lies ahead, as after a clock was put back, holds nothing up."""
        return not timedelta() <= self.now - since < span

    def alert(self, fingerprint: str) -> AlertState | None:
        """How a finding stands; None when it has not held for long."""
        return self._alerts.get(fingerprint) or self._before.get(fingerprint)

    def alerts(self) -> list[AlertState]:
        return [self._alerts.get(name, alert) for name, alert in self.memory.alerts.items()]

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

    def members(self, name: str) -> list[AlertState]:
        """The alerts within an incident, in order of fingerprint."""
        found = (self.alert(fingerprint) for fingerprint in sorted(self._members.get(name, ())))
        return [alert for alert in found if alert is not None and alert.incident == name]

    def roots(self, name: str) -> list[AlertState]:
        return [alert for alert in self.members(name) if alert.is_root]

    def put(self, incident: Incident) -> None:
        self._incidents[incident.id] = incident

    def write(self, alert: AlertState) -> None:
        before = self._alerts.get(alert.fingerprint) or self.memory.alerts.get(alert.fingerprint)
        if before is not None:
            self.touched_incidents.add(before.incident)
        if alert.incident:
            self._members.setdefault(alert.incident, {})[alert.fingerprint] = None
            self.touched_incidents.add(alert.incident)
        self._alerts[alert.fingerprint] = alert

    def renew(self, finding: Finding) -> None:
        """It still holds, and its state stays."""
        name = finding.fingerprint
        before = self.alert(name)
        assert before is not None
        self._alerts[name] = replace(before, finding=finding, last_held_at=self.now, holding=True)
        if not before.holding or before.finding != finding:
            self.touched_incidents.add(before.incident)

    def place(
        self,
        finding: Finding,
        outcome: Outcome,
        reason: Reason,
        *,
        incident: str = "",
        is_root: bool = False,
        announced_in: str | None = None,
        hidden_by: str = "",
        detail: str = "",
    ) -> None:
        """Set a finding's state. It is a decision only if the state changes."""
        before = self.alert(finding.fingerprint)
        alert = AlertState(
            finding=finding,
            outcome=outcome,
            reason=reason,
            first_held_at=self.memory.elsewhere.get(finding.fingerprint, self.now)
            if before is None
            else before.first_held_at,
            last_held_at=self.now,
            incident=incident,
            is_root=is_root,
            announced_in=announced_in
            if announced_in is not None
            else (before.announced_in if before is not None else ""),
            hidden_by=hidden_by,
        )
        self.write(alert)
        if before is None or _shown(before) != _shown(alert):
            self.decide(finding.fingerprint, outcome, reason, alert, detail=detail)

    def decide(
        self, fingerprint: str, outcome: Outcome, reason: Reason, alert: AlertState, *, detail: str = ""
    ) -> None:
        self.record(
            Decision(
                at=self.now,
                fingerprint=fingerprint,
                outcome=outcome,
                reason=reason,
                finding=alert.finding,
                severity=alert.finding.severity,
                incident=alert.incident,
                hidden_by=alert.hidden_by,
                detail=detail,
            )
        )

    def record(self, decision: Decision) -> None:
        self._decisions[decision.fingerprint] = decision

    def resolve(
        self, incident: Incident, *, state: IncidentState = IncidentState.RESOLVED, merged_into: str = ""
    ) -> None:
        over = replace(incident, state=state, resolved_at=self.now, merged_into=merged_into, unsaid=None, news=())
        self.put(over)

    def result(self) -> GateResult:
        before = self.memory.incidents
        alerts = tuple(self._alerts[name] for name in sorted(self._alerts))
        return GateResult(
            decisions=tuple(self._decisions[name] for name in sorted(self._decisions)),
            alerts=alerts,
            incidents=tuple(
                incident for name, incident in sorted(self._incidents.items()) if incident != before.get(name)
            ),
            ledger=tuple(entries_of(self.memory.alerts, alerts, self.now)),
        )


def _shown(alert: AlertState) -> tuple[object, ...]:
    return alert.outcome, alert.reason, alert.incident, alert.hidden_by


def names(findings: Iterable[Finding]) -> str:
    """The roots of findings, for the detail of a reason."""
    return ", ".join(sorted({finding.root for finding in findings}))
