"""How findings come into an incident: a new one, one that comes back, one that takes others in."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bot.domain.findings.finding import Family, Finding, FindingKind
from bot.domain.gate.grouping import Group
from bot.domain.gate.inhibition import hops, in_storm, turned_into
from bot.domain.gate.ledger import Ledger
from bot.domain.incidents.decisions import Decision, Outcome, Reason
from bot.domain.incidents.incident import AlertState, Gathered, Incident, IncidentState


@dataclass
class Cluster:
    """A group of this tick and those that it explains, each with the reason and the name of what it is tied to."""

    top: Group
    tied: list[tuple[Group, Reason, str]] = field(default_factory=list)

    @property
    def groups(self) -> list[Group]:
        return [self.top, *(group for group, _, _ in self.tied)]

    @property
    def critical(self) -> bool:
        return any(group.critical for group in self.groups)


def join(ledger: Ledger, group: Group, incident: Incident, reason: Reason, detail: str, *, is_root: bool) -> None:
    """Put every finding of a group into an incident. A root comes back to it, unless the gate gathered it."""
    announced_in = incident.id if is_root and incident.gathered is None else None
    for finding in group.findings:
        ledger.place(
            finding,
            Outcome.JOIN,
            reason,
            incident=incident.id,
            is_root=is_root,
            announced_in=announced_in,
            detail=detail,
        )


def join_all(ledger: Ledger, cluster: Cluster, incident: Incident, reason: Reason, detail: str) -> None:
    """The top as part of what the incident is about, the others as they are tied to it."""
    join(ledger, cluster.top, incident, reason, detail, is_root=True)
    for group, why, of in cluster.tied:
        join(ledger, group, incident, why, of, is_root=False)


def announce(ledger: Ledger, cluster: Cluster, reason: Reason) -> None:
    headline = cluster.top.headline
    incident = _opened(ledger, headline.fingerprint, headline)
    ledger.announced[incident.id] = reason
    join_all(ledger, cluster, incident, Reason.SAME_ROOT, headline.root)
    ledger.place(headline, Outcome.ANNOUNCE, reason, incident=incident.id, is_root=True, announced_in=incident.id)
    _take_in_explained(ledger, incident, cluster.top)


def reopen(ledger: Ledger, cluster: Cluster, incident: Incident, reason: Reason) -> None:
    ledger.put(back := _open_again(incident, reason))
    join_all(ledger, cluster, back, Reason.SAME_ROOT, incident.root)
    _take_in_explained(ledger, back, cluster.top)


def gather(ledger: Ledger, fingerprint: str, gathered: Gathered, clusters: list[Cluster], error_class: str = "") -> str:
    """Put clusters into a storm of the gate's own: the open one, the recent one, or a new one. Returns its id."""
    same_class = gathered is Gathered.SAME_CLASS
    incident = ledger.of_fingerprint(fingerprint)
    if incident is None:
        incident = replace(
            _opened(ledger, fingerprint, clusters[0].top.headline),
            kind=FindingKind.ALERT_STORM,
            family=Family.STORM,
            gathered=gathered,
            error_class=error_class,
        )
        ledger.announced[incident.id] = Reason.CLASS_STORM if same_class else Reason.CAP_STORM
    elif not incident.is_open:
        incident = _open_again(incident, Reason.BACK)
    ledger.put(incident)
    for cluster in clusters:
        join_all(ledger, cluster, incident, Reason.SAME_CLASS if same_class else Reason.CAPPED, error_class)
    return incident.id


def take_in(ledger: Ledger, taken: Incident, into: str, detail: str, *, is_root: bool) -> None:
    """What an open incident holds becomes part of another one; the incident itself is resolved into it."""
    members = ledger.members(taken.id)
    for alert in members:
        if alert.visible:
            ledger.place(alert.finding, Outcome.JOIN, Reason.TAKEN_IN, incident=into, is_root=is_root, detail=detail)
        elif alert.holding:
            ledger.write(replace(alert, incident=into, is_root=False))
    ledger.resolve(taken, merged_into=into)
    if members:
        ledger.record(
            Decision(
                at=ledger.now,
                fingerprint=taken.fingerprint,
                outcome=Outcome.RESOLVE,
                reason=Reason.MERGED,
                finding=taken.headline,
                severity=taken.severity,
                incident=taken.id,
                members=len(members),
                detail=detail,
            )
        )


def _take_in_explained(ledger: Ledger, incident: Incident, top: Group) -> None:
    """Open incidents all of whose roots are explained by the one that opens, or have turned into it."""

    def explained(alert: AlertState) -> bool:
        effect, lineage = alert.finding, ledger.rules.lineage
        return any(
            turned_into(cause, effect)
            or (alert.holding and (hops(cause, effect, lineage) is not None or in_storm(cause, effect, ledger.policy)))
            for cause in top.findings
        )

    for other in _others(ledger, incident):
        roots = ledger.roots(other.id)
        asked = [alert for alert in roots if alert.holding] or roots
        if asked and all(map(explained, asked)):
            take_in(ledger, other, incident.id, incident.root, is_root=False)


def _others(ledger: Ledger, incident: Incident) -> Iterable[Incident]:
    return [each for each in ledger.open_incidents() if each.id != incident.id and each.gathered is None]


def _opened(ledger: Ledger, fingerprint: str, headline: Finding) -> Incident:
    """Its facts follow when all that belongs to it is in."""
    now = ledger.now
    incident = Incident(
        id=f"{fingerprint}@{now:%Y-%m-%dT%H:%M:%SZ}",
        fingerprint=fingerprint,
        kind=headline.kind,
        family=headline.family,
        severity=headline.severity,
        processors=headline.processors,
        data_dates=(),
        impact=(),
        members=(),
        first_seen=now,
        announced_at=now,
        last_update_at=now,
        headline=headline,
        severity_reason=headline.severity_reason,
    )
    ledger.put(incident)
    return incident


def _open_again(incident: Incident, reason: Reason) -> Incident:
    return replace(incident, state=IncidentState.OPEN, resolved_at=None, merged_into="", unsaid=reason)
