"""Where each finding of a tick belongs: where it stood, with what explains it, or in an incident of its own."""

from collections.abc import Mapping

from bot.domain.findings.finding import Finding
from bot.domain.findings.severity import Severity
from bot.domain.gate.anchors import Anchor, Anchors, healed_root, of_same_date, quiet_root, same_error
from bot.domain.gate.grouping import Group, grouped, rank
from bot.domain.gate.ledger import Ledger
from bot.domain.gate.opening import Cluster, announce, gather, join, join_all, reopen, take_in
from bot.domain.gate.storms import NOTES, OVER_CAP, over_cap, storms
from bot.domain.incidents.decisions import Outcome, Reason
from bot.domain.incidents.incident import Gathered, Incident


def stays(ledger: Ledger, finding: Finding) -> bool:
    """Does it go on within the incident where it stood? If so, that is noted."""
    before = ledger.alert(finding.fingerprint)
    incident = ledger.incident(before.incident) if before is not None and before.incident else None
    if before is None or incident is None:
        return False
    if incident.gathered is Gathered.OVER_CAP and finding.severity is Severity.P0:
        return False
    if not incident.is_open:
        settled = incident.resolved_at is not None and ledger.passed(
            ledger.policy.downstream_grace, incident.resolved_at
        )
        worse = finding.severity is Severity.P0 and incident.severity is not Severity.P0
        if before.is_root or not before.visible or worse or settled:
            return False
    if before.outcome is Outcome.KEEP_QUIET:
        shown = Reason.SHOWN_AGAIN
        ledger.place(finding, Outcome.JOIN, shown, incident=incident.id, is_root=before.is_root, detail=incident.root)
    else:
        ledger.renew(finding)
    return True


def place(ledger: Ledger, waiting: list[Finding], held: Mapping[str, Finding]) -> None:
    """Decide on every finding that does not stay where it stood."""
    groups = grouped(waiting, ledger.policy.consecutive_days)
    clusters = _with_storms(ledger, _folded(ledger, _with_their_root(ledger, groups)))
    for cluster in sorted(clusters, key=lambda cluster: (not cluster.critical, rank(cluster.top.headline))):
        _settle(ledger, cluster, held)


def _with_their_root(ledger: Ledger, groups: list[Group]) -> list[Group]:
    """Groups whose root has an open incident join it; returns the others."""
    anchors, others = Anchors(ledger), []
    for group in groups:
        announced_in = _where_announced(ledger, group)
        incident = anchors.same_root(group) or anchors.storm_of_detectors(group)
        if incident is None and announced_in is not None and announced_in.is_open:
            incident = announced_in
        if incident is None:
            others.append(group)
        else:
            join(ledger, group, incident, Reason.SAME_ROOT, incident.root, is_root=True)
    return others


def _folded(ledger: Ledger, groups: list[Group]) -> list[Cluster]:
    """Groups that an open incident explains join it; the others become clusters around those that explain them."""
    anchors = Anchors(ledger, {finding.fingerprint for group in groups for finding in group.findings})
    for group in groups:
        for finding in group.findings:
            anchors.add(Anchor(finding, group))
    ties: dict[int, Anchor] = {}
    for group in groups:
        free = (anchor for anchor in anchors.above(group) if _top(anchor.place, ties) is not group)
        tie = next(free, None)
        if tie is not None:
            ties[id(group)] = tie
    clusters = {id(group): Cluster(group) for group in groups if id(group) not in ties}
    for group in groups:
        tie = ties.get(id(group))
        if tie is None:
            continue
        reason = Reason.DOWNSTREAM if tie.finding.family is group.headline.family else Reason.IN_STORM
        top = _top(group, ties)
        if isinstance(top, Incident):
            join(ledger, group, top, reason, tie.finding.root, is_root=False)
        else:
            clusters[id(top)].tied.append((group, reason, tie.finding.root))
    return list(clusters.values())


def _top(place: Incident | Group, ties: Mapping[int, Anchor]) -> Incident | Group:
    while id(place) in ties:
        place = ties[id(place)].place
    return place


def _with_storms(ledger: Ledger, clusters: list[Cluster]) -> list[Cluster]:
    """Clusters that are part of a storm of like failures join it; returns the others."""
    anchors, others = Anchors(ledger), []
    for cluster in clusters:
        incident = anchors.same_class(cluster.top)
        if incident is None:
            others.append(cluster)
        else:
            join_all(ledger, cluster, incident, Reason.SAME_CLASS, incident.error_class)
    with_findings = [
        (incident, [member.finding for member in ledger.roots(incident.id) if member.visible])
        for incident in anchors.open
        if incident.gathered is None
    ]
    fresh = [cluster.top.headline for cluster in others]
    for storm in storms(fresh + [finding for _, findings in with_findings for finding in findings], ledger.policy):
        members = set(storm.findings)
        new = [cluster for cluster in others if cluster.top.headline in members]
        if not any(_ripe(ledger, cluster) for cluster in new):
            continue
        others = [cluster for cluster in others if cluster not in new]
        opened = gather(ledger, storm.fingerprint, Gathered.SAME_CLASS, new, storm.error_class)
        for incident, findings in with_findings:
            if findings and members.issuperset(findings):
                take_in(ledger, incident, opened, storm.error_class, is_root=True)
    return others


def _settle(ledger: Ledger, cluster: Cluster, held: Mapping[str, Finding]) -> None:
    """A cluster that nothing open explains: keep it quiet, hold it, or tell it."""
    top = cluster.top
    quiet = None if cluster.critical else quiet_root(ledger, top, held.values())
    announced_in = _where_announced(ledger, top)
    if quiet is not None:
        hidden = ledger.alert(quiet.fingerprint)
        by = "" if hidden is None else hidden.hidden_by
        _stand(ledger, cluster, Outcome.KEEP_QUIET, Reason.ROOT_QUIET, quiet.root, by)
    elif announced_in is not None:
        reopen(ledger, cluster, announced_in, Reason.BACK)
    elif not cluster.critical and (healed := healed_root(ledger, top)) is not None:
        _stand(ledger, cluster, Outcome.HOLD, Reason.ROOT_RESOLVED, healed.root)
    elif not _ripe(ledger, cluster):
        _stand(ledger, cluster, Outcome.HOLD, Reason.GROUPING)
    elif (before := of_same_date(ledger, top)) is not None:
        reopen(ledger, cluster, before, Reason.BACK)
    elif (alike := same_error(ledger, top)) is not None:
        join_all(ledger, cluster, alike, Reason.SAME_TEXT, alike.root)
    elif not cluster.critical and top.headline.kind not in NOTES and over_cap(ledger):
        gather(ledger, OVER_CAP, Gathered.OVER_CAP, [cluster])
    else:
        announce(ledger, cluster, _why_now(ledger, cluster))


def _stand(
    ledger: Ledger, cluster: Cluster, outcome: Outcome, reason: Reason, detail: str = "", hidden_by: str = ""
) -> None:
    for group in cluster.groups:
        for finding in group.findings:
            ledger.place(finding, outcome, reason, hidden_by=hidden_by, detail=detail)


def _ripe(ledger: Ledger, cluster: Cluster) -> bool:
    evident_at = min(group.evident_at for group in cluster.groups)
    return cluster.critical or ledger.passed(ledger.policy.group_wait, evident_at)


def _where_announced(ledger: Ledger, group: Group) -> Incident | None:
    """The incident that was announced for one of them within the repeat window."""
    for finding in group.findings:
        before = ledger.alert(finding.fingerprint)
        found = ledger.incident(before.announced_in) if before is not None and before.announced_in else None
        if found is not None:
            return found
    return None


def _why_now(ledger: Ledger, cluster: Cluster) -> Reason:
    if cluster.critical:
        return Reason.P0
    before = ledger.alert(cluster.top.headline.fingerprint)
    return Reason.STILL_HOLDS if before is not None and before.holding and before.incident else Reason.NEW
