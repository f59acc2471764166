"""What a person declares: an incident like any other, whose finding holds until a person says that it is over."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors import BadInput, suggest
from bot.domain.findings.finding import Family, Finding, FindingKind, RootCause
from bot.domain.findings.severity import Severity
from bot.domain.gate.memory import GateMemory, GateResult
from bot.domain.incidents.decisions import Decision, Outcome, Reason
from bot.domain.incidents.incident import AlertState, Incident, Part

SEVERITIES = (Severity.P0, Severity.P1, Severity.P2)
"""P3 is left to the digest: it has no number and no message."""
MOST_TITLE, MOST_REASON, MOST_PROCESSORS = 150, 300, 10


@dataclass(frozen=True)
class Wanted:
    """`title`: what is wrong, in one line; `because`: why this severity. `page` is whom to page first: a person or a
    rota of oncall.yaml; "": the policy says.
    """

    title: str
    severity: Severity = Severity.P1
    because: str = ""
    processors: tuple[str, ...] = ()
    page: str = ""


def incident_id(declaration: str) -> str:
    """The same declaration is the same incident, however often it is sent."""
    return f"{FindingKind.DECLARED}:{declaration}"


def severity_of(text: str) -> Severity:
    """`P1`, in any case of letters. Raises BadInput for what cannot be said of an incident."""
    try:
        found = Severity(text.strip().upper())
    except ValueError:
        raise BadInput(f"{text.strip()!r} is no severity. Write P0, P1 or P2.") from None
    if found not in SEVERITIES:
        raise BadInput(f"{found} has no message and pages nobody. Write P0, P1 or P2.")
    return found


def checked(wanted: Wanted, processors: Collection[str]) -> None:
    """Raises BadInput for what cannot be declared. `processors` are those of the registry."""
    if not wanted.title.strip():
        raise BadInput("Say in one line what is wrong.")
    if len(wanted.title) > MOST_TITLE:
        raise BadInput(f"The title is {len(wanted.title)} characters long. Write {MOST_TITLE} at most.")
    if len(wanted.because) > MOST_REASON:
        raise BadInput(f"The reason is {len(wanted.because)} characters long. Write {MOST_REASON} at most.")
    severity_of(wanted.severity)
    if len(wanted.processors) > MOST_PROCESSORS:
        raise BadInput(f"You named {len(wanted.processors)} processors. Name {MOST_PROCESSORS} at most.")
    for name in wanted.processors:
        if name not in processors:
            raise BadInput(f"There is no processor {name!r}. {suggest(name, processors)}".rstrip())


def opened(wanted: Wanted, declaration: str, by: str, now: datetime) -> tuple[Incident, GateResult]:
    """The incident, and what the gate keeps of it: as if its finding had been announced at a tick of its own."""
    finding = _finding(wanted, declaration, by, now)
    incident = Incident(
        id=incident_id(declaration),
        fingerprint=finding.fingerprint,
        kind=finding.kind,
        family=Family.DECLARED,
        severity=finding.severity,
        processors=finding.processors,
        data_dates=(),
        impact=(),
        members=(finding.fingerprint,),
        first_seen=now,
        announced_at=now,
        last_update_at=now,
        headline=finding,
        severity_reason=finding.severity_reason,
        parts=(Part(finding.kind),),
    )
    decision = Decision(
        at=now,
        fingerprint=finding.fingerprint,
        outcome=Outcome.ANNOUNCE,
        reason=Reason.DECLARED,
        finding=finding,
        severity=finding.severity,
        incident=incident.id,
        members=1,
    )
    return incident, GateResult((decision,), (_alert(finding, incident, now),), (incident,))


def _finding(wanted: Wanted, declaration: str, by: str, now: datetime) -> Finding:
    return Finding(
        kind=FindingKind.DECLARED,
        processors=wanted.processors,
        root_cause=RootCause.UNKNOWN,
        severity=wanted.severity,
        severity_reason=wanted.because.strip() or "a person says so",
        since=now,
        evident_at=now,
        explanation=wanted.title.strip(),
        declared=declaration,
        by=by,
    )


def _alert(finding: Finding, incident: Incident, now: datetime) -> AlertState:
    return AlertState(
        finding=finding,
        outcome=Outcome.ANNOUNCE,
        reason=Reason.DECLARED,
        first_held_at=now,
        last_held_at=now,
        incident=incident.id,
        is_root=True,
        announced_in=incident.id,
    )


def declared(memory: GateMemory) -> list[str]:
    """The ids of what was declared and is open."""
    return [each.id for each in memory.incidents.values() if each.kind is FindingKind.DECLARED and each.is_open]


def holding(memory: GateMemory, over: Collection[str]) -> Iterator[Finding]:
    """What was declared holds at every tick until it is `over`: ids of incidents that a person has resolved."""
    for alert in memory.alerts.values():
        if alert.finding.declared and alert.incident not in over and alert.holding:
            yield alert.finding
