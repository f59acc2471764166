"""Shadow: what policy only tries out is found, judged by a gate of its own, counted, and sent to nobody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.findings.finding import Finding
from bot.domain.gate.decide import decide
from bot.domain.gate.memory import GateMemory, GateResult, GateRules
from bot.domain.gate.shadow_policy import ShadowPolicy
from bot.domain.incidents.decisions import Reason
from bot.domain.incidents.incident import AlertState, Incident, IncidentState


@dataclass(frozen=True)
class Parted:
    """The findings of a tick, without those that go into shadow, and those."""

    shown: tuple[Finding, ...]
    apart: tuple[Finding, ...]


def parted(findings: Iterable[Finding], memory: GateMemory, policy: ShadowPolicy) -> Parted:
    """`memory` is that of what people are told: what belongs to an open incident there ends there."""
    shown, apart = list[Finding](), list[Finding]()
    for finding in findings:
        covered = policy.covers(finding) and not _told(finding, memory)
        (apart if covered else shown).append(finding)
    return Parted(tuple(shown), tuple(apart))


def _told(finding: Finding, memory: GateMemory) -> bool:
    alert = memory.alerts.get(finding.fingerprint)
    incident = None if alert is None else memory.incidents.get(alert.incident)
    return incident is not None and incident.is_open


def decided_apart(
    findings: Sequence[Finding], unseen: Sequence[Finding], memory: GateMemory, rules: GateRules, now: datetime
) -> GateResult:
    """What the gate makes of them, as if it told people. What policy does not cover any more ends at once: it is judged
    as if new where people are told.
    """
    result = decide(findings, memory, rules, now, unseen)
    known = {**memory.alerts, **{each.fingerprint: each for each in result.alerts}}
    incidents = {**memory.incidents, **{each.id: each for each in result.incidents}}
    left = _left(known, incidents, rules.policy.shadow)
    over = tuple(
        replace(each, state=IncidentState.RESOLVED, resolved_at=now, unsaid=None, news=()) if name in left else each
        for name, each in incidents.items()
        if name in left or each != memory.incidents.get(name)
    )
    return replace(result, incidents=over, ledger=tuple(replace(each, reason=Reason.SHADOW) for each in result.ledger))


def _left(alerts: Mapping[str, AlertState], incidents: Mapping[str, Incident], policy: ShadowPolicy) -> frozenset[str]:
    """The open incidents of which policy covers no root any more."""
    opened = {name for name, each in incidents.items() if each.is_open}
    covered = {each.incident for each in alerts.values() if each.is_root and policy.covers(each.finding)}
    return frozenset(opened - covered)
