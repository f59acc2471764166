"""What people have been told over a span of time: how often, of what, and which failed runs lie behind it."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from bot.domain.findings.finding import Family
from bot.domain.findings.severity import Severity
from bot.domain.health.model import OPEN_P0, HealthReason
from bot.domain.health.trends import FailedHour
from bot.domain.incidents.decisions import Decision
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.notice import SAID, TOLD
from bot.domain.platform.calendar import floor_hour

OF_FAILURES = frozenset({Family.OUTCOME, Family.STORM})
"""Families of findings that failed runs lie behind; slow runs have not failed."""
NAMES = {Severity.P0: OPEN_P0, Severity.P1: "open_p1"}
"""Of the findings that colour a processor; less than these does not."""


@dataclass(frozen=True)
class NotifiedSpan:
    """Whom an incident speaks of, roots and blocked, and from when until when (None: it is open)."""

    processors: frozenset[str]
    since: datetime
    until: datetime | None

    def covers(self, failed: FailedHour) -> bool:
        within = floor_hour(self.since) <= failed.hour and (self.until is None or failed.hour < self.until)
        return within and failed.processor in self.processors


@dataclass(frozen=True)
class Notified:
    """`sent`: announcements and updates, without P3, which waits for the digest; `open`: incidents, worst first."""

    sent: int = 0
    open: tuple[Incident, ...] = ()
    spans: tuple[NotifiedSpan, ...] = ()

    def failures(self, hours: Iterable[FailedHour], processors: Set[str]) -> int:
        """Failed runs of these processors that lie behind a notification."""
        return sum(
            hour.failed
            for hour in hours
            if hour.processor in processors and any(span.covers(hour) for span in self.spans)
        )

    def findings(self) -> dict[str, list[HealthReason]]:
        """Why a processor is not well, by its name: it is the root of an open P0 or P1."""
        found: dict[str, list[HealthReason]] = {}
        for incident in self.open:
            if incident.severity in NAMES:
                for name in incident.processors:
                    found.setdefault(name, []).append(_finding(incident))
        return found


NOTHING_NOTIFIED = Notified()


def notified_of(decisions: Sequence[Decision], open_incidents: Iterable[Incident]) -> Notified:
    """`decisions`: those of the span, in order of time."""
    said = [decision for decision in decisions if decision.outcome in SAID and decision.severity is not Severity.P3]
    known = [incident for incident in open_incidents if incident.severity is not Severity.P3]
    spans = {incident.id: _story(incident) for incident in known if incident.family in OF_FAILURES}
    for decision in said:
        if decision.finding.family in OF_FAILURES:
            spans[decision.incident] = _with(spans.get(decision.incident), decision)
    return Notified(
        sum(decision.outcome in TOLD for decision in said),
        tuple(sorted(known, key=lambda incident: (incident.severity, incident.first_seen, incident.id))),
        tuple(spans.values()),
    )


def _story(incident: Incident) -> NotifiedSpan:
    return NotifiedSpan(frozenset({*incident.processors, *incident.impact}), incident.first_seen, None)


def _with(span: NotifiedSpan | None, decision: Decision) -> NotifiedSpan:
    """Where nothing else is known of its end, it reaches to the last that was said of it."""
    finding = decision.finding
    names, since = frozenset({*finding.processors, *finding.impact}), finding.since
    if span is None:
        return NotifiedSpan(names, since, decision.at)
    until = None if span.until is None else decision.at
    return NotifiedSpan(names | span.processors, min(since, span.since), until)


def _finding(incident: Incident) -> HealthReason:
    kind = incident.kind.replace("_", " ")
    more = f" and {len(incident.processors) - 1:,} more" if len(incident.processors) > 1 else ""
    text = f"{incident.root}{more}: {incident.severity} open since {incident.first_seen:%-d %b, %H:%M} UTC, {kind}."
    return HealthReason(NAMES[incident.severity], incident.root, text)
