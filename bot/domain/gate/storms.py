"""Storms that the gate gathers itself: many processors with one error, and what goes beyond the hour's messages."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.findings.finding import Family, Finding, FindingKind, RootCause
from bot.domain.gate.grouping import rank, worst
from bot.domain.gate.ledger import Ledger
from bot.domain.gate.policy import GatePolicy
from bot.domain.incidents.incident import AlertState, Gathered, Incident

NOTES = frozenset({FindingKind.TRACKING_BUG, FindingKind.SLOW_DRIFT})
"""Lines for the digest: reported once, and no messages that a cap would count."""
OVER_CAP = "storm:over_cap"
HOUR = timedelta(hours=1)
ABSENT_WITHIN = timedelta(hours=8)
"""What starts them all is missed slot by slot."""


@dataclass(frozen=True)
class Storm:
    """Findings alike that began within the storm window of each other."""

    error_class: str
    findings: tuple[Finding, ...]

    @property
    def fingerprint(self) -> str:
        return f"storm:class:{self.error_class}"


def storms(findings: Iterable[Finding], policy: GatePolicy) -> list[Storm]:
    """Each error class that enough processors show at nearly the same time, in order of its name."""
    by_class: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.error_class and finding.family is Family.OUTCOME:
            by_class.setdefault(finding.error_class, []).append(finding)
    found = ((name, _densest(alike, window(name, policy))) for name, alike in sorted(by_class.items()))
    return [Storm(name, alike) for name, alike in found if len(_roots(alike)) >= policy.storm.processors]


def window(error_class: str, policy: GatePolicy) -> timedelta:
    """Within how much time of each other alike findings begin that are one storm."""
    return ABSENT_WITHIN if error_class == RootCause.MISSING_RUN else policy.storm.window


def _densest(findings: list[Finding], within: timedelta) -> tuple[Finding, ...]:
    """Those of the window with most processors, the earliest of equals."""
    ordered = sorted(findings, key=lambda finding: (finding.since, rank(finding)))
    best: list[Finding] = []
    for position, first in enumerate(ordered):
        near = [finding for finding in ordered[position:] if finding.since - first.since <= within]
        if len(_roots(near)) > len(_roots(best)):
            best = near
    return tuple(best)


def _roots(findings: Iterable[Finding]) -> set[str]:
    return {finding.root for finding in findings}


def over_cap(ledger: Ledger) -> bool:
    """Are this hour's messages used up?"""
    recent = [
        incident
        for incident in ledger.incidents()
        if ledger.now - incident.announced_at < HOUR and incident.kind not in NOTES
    ]
    return len(recent) >= ledger.policy.messages_per_hour


def headline_of(incident: Incident, members: Sequence[AlertState], policy: GatePolicy) -> Finding:
    """The finding that stands for an incident: its worst, with the processors of all that have joined as its own; for
    what the gate gathered, one that sums them up.
    """
    findings = sorted((alert.finding for alert in members), key=rank)
    if incident.gathered is None:
        first = findings[0]
        alike = (finding.root for finding in findings if finding.of_processor)
        return (
            replace(first, processors=tuple(dict.fromkeys((*first.processors, *alike)))) if first.processors else first
        )
    roots = tuple(dict.fromkeys(finding.root for finding in findings))
    dates = {finding.data_date for finding in findings}
    since = min(finding.since for finding in findings)
    severity = worst(finding.severity for finding in findings)
    return Finding(
        kind=FindingKind.ALERT_STORM,
        processors=roots,
        root_cause=_root_cause(incident, findings),
        severity=severity,
        severity_reason=next(finding.severity_reason for finding in findings if finding.severity is severity),
        since=since,
        evident_at=min(finding.evident_at for finding in findings),
        explanation=_explanation(incident, roots, findings, policy),
        data_date=dates.pop() if len(dates) == 1 else None,
        impact=tuple(sorted({name for finding in findings for name in finding.impact} - set(roots))),
        error_class=incident.error_class,
        failures=sum(finding.failures for finding in findings),
        failed_since=min((each.failed_since for each in findings if each.failed_since is not None), default=None),
        error=_shared_error(findings),
    )


def _shared_error(findings: Sequence[Finding]) -> str:
    """The text that most of them have; the first of equals."""
    said = Counter(finding.error for finding in findings if finding.error)
    return said.most_common(1)[0][0] if said else ""


def _root_cause(incident: Incident, findings: Sequence[Finding]) -> RootCause:
    """Many that do not run have one cause, that none of them is: what starts them."""
    usual = Counter(finding.root_cause for finding in findings).most_common(1)[0][0]
    together = incident.gathered is Gathered.SAME_CLASS and usual is RootCause.MISSING_RUN
    return RootCause.SCHEDULER_FAILURE if together else usual


def _explanation(incident: Incident, roots: Sequence[str], findings: Sequence[Finding], policy: GatePolicy) -> str:
    if incident.gathered is Gathered.SAME_CLASS:
        since = min(finding.since for finding in findings)
        if _root_cause(incident, findings) is RootCause.SCHEDULER_FAILURE:
            return f"{len(roots)} processors have not run since {since:%-d %b, %H:%M} UTC: is what starts them at work?"
        return f"{len(roots)} processors fail with the same error since {since:%H:%M} UTC: {incident.error_class}."
    return f"{len(findings)} more than this hour's limit of new messages, which is {policy.messages_per_hour}."
