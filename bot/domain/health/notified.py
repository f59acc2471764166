"""What people were notified of over a span of time, what reached them, and which failed runs lie behind it."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.findings import words
from bot.domain.findings.finding import Family
from bot.domain.findings.severity import Severity
from bot.domain.gate.noise_ledger import NoiseLedger
from bot.domain.health.model import Because, HealthReason
from bot.domain.incidents.decisions import Decision, Outcome
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.notice import NOTIFYING, SAID
from bot.domain.platform.calendar import floor_hour

OF_FAILURES = frozenset({Family.OUTCOME, Family.STORM})
"""Families of findings that failed runs lie behind; slow runs have not failed."""
NAMES = {Severity.P0: Because.OPEN_P0, Severity.P1: Because.OPEN_P1}
"""Of the reasons that colour a processor; less than these does not."""
DELIVERED_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True)
class NotifiedSpan:
    """Whom an incident speaks of, roots and blocked, and from when until when (None: it is open)."""

    processors: frozenset[str]
    since: datetime
    until: datetime | None

    def covers(self, processor: str, hour: datetime) -> bool:
        within = floor_hour(self.since) <= hour and (self.until is None or hour < self.until)
        return within and processor in self.processors


@dataclass(frozen=True)
class Sent:
    """The notifications of one incident, about these processors: `arrived` or not is known from its message."""

    processors: frozenset[str]
    notifications: int
    arrived: bool


@dataclass(frozen=True)
class Notified:
    """`sent`: announcements and updates, without P3, which waits for the digest; `open`: incidents, worst first;
    `spans` of incidents, and of findings that are none: something hides them, they are held, P3, or in shadow.
    `watched_since`: of what was before it nothing could be reported; None: not known. `watched`: until when open
    incidents are of which nothing holds any more, by id. `findings`: how those of the span ended.
    """

    sent: tuple[Sent, ...] = ()
    open: tuple[Incident, ...] = ()
    spans: tuple[NotifiedSpan, ...] = ()
    suppressed: tuple[NotifiedSpan, ...] = ()
    held: tuple[NotifiedSpan, ...] = ()
    digest: tuple[NotifiedSpan, ...] = ()
    shadow: tuple[NotifiedSpan, ...] = ()
    watched_since: datetime | None = None
    watched: Mapping[str, datetime] = field(default_factory=dict)
    findings: NoiseLedger | None = None

    def alerts(self, processors: Set[str] | None, *, arrived: bool) -> int:
        """Notifications about any of these processors; None: about whatever."""
        counted = (each for each in self.sent if each.arrived is arrived)
        return sum(
            each.notifications for each in counted if processors is None or not each.processors.isdisjoint(processors)
        )

    def about(self, processors: Set[str]) -> tuple[Incident, ...]:
        """Open incidents that have any of these processors as a root, or block one."""
        return tuple(one for one in self.open if not processors.isdisjoint({*one.processors, *one.impact}))

    def reasons(self) -> dict[str, list[HealthReason]]:
        """Why a processor is not well, by its name: it is a root of an open P0 or P1."""
        found: dict[str, list[HealthReason]] = {}
        for incident in self.open:
            if incident.severity in NAMES:
                for name in incident.processors:
                    found.setdefault(name, []).append(self.reason_of(incident))
        return found

    def reason_of(self, incident: Incident) -> HealthReason:
        until = self.watched.get(incident.id)
        back = f"; back, watched until {until:%H:%M} UTC" if until is not None else ""
        text = f"{called(incident)}, opened {incident.announced_at:%-d %b, %H:%M} UTC{back}."
        return HealthReason(NAMES[incident.severity], incident.root, text)


NOTHING_NOTIFIED = Notified()


def notified_of(
    decisions: Sequence[Decision],
    open_incidents: Iterable[Incident],
    arrived: Set[str],
    watched_since: datetime | None = None,
) -> Notified:
    """`decisions`: those of the span, in order of time. `arrived`: ids of the incidents that have a message."""
    said = [decision for decision in decisions if decision.outcome in SAID and decision.severity is not Severity.P3]
    known = [incident for incident in open_incidents if incident.severity is not Severity.P3]
    spans = {incident.id: _story(incident) for incident in known if incident.family in OF_FAILURES}
    for decision in said:
        if decision.finding.family in OF_FAILURES:
            spans[decision.incident] = _with(spans.get(decision.incident), decision)
    minor = [decision for decision in decisions if decision.severity is Severity.P3]
    return Notified(
        tuple(_sent(said, arrived)),
        tuple(sorted(known, key=lambda incident: (incident.severity, incident.first_seen, incident.id))),
        tuple(spans.values()),
        suppressed=_spans(decisions, Outcome.KEEP_QUIET),
        held=_spans(decisions, Outcome.HOLD),
        digest=tuple(_with(None, decision) for decision in minor if decision.outcome in SAID),
        watched_since=watched_since,
    )


def in_shadow(incidents: Iterable[Incident]) -> tuple[NotifiedSpan, ...]:
    """Of incidents in shadow that failed runs lie behind."""
    known = (each for each in incidents if each.family in OF_FAILURES)
    return tuple(replace(_story(each), since=each.headline.seen_since, until=each.resolved_at) for each in known)


def undelivered(incidents: Iterable[Incident], now: datetime) -> list[HealthReason]:
    """Open incidents that nobody was notified of: their channel takes nothing."""
    late = [one for one in incidents if one.message is None and one.announced_at < now - DELIVERED_WITHIN]
    return [
        HealthReason(Because.NOT_DELIVERED, one.root, f"{one.label} has not reached the channel: nobody was notified.")
        for one in late
    ]


def called(incident: Incident) -> str:
    """Its number, its severity, what is wrong and how many runs failed, in few words."""
    finding = incident.headline
    said = filter(None, (words.called(finding), words.failed_runs(finding)))
    return f"{incident.label} {incident.severity} {', '.join(said)}"


def _sent(said: Iterable[Decision], arrived: Set[str]) -> Iterable[Sent]:
    notified: dict[str, list[Decision]] = {}
    for decision in said:
        if decision.outcome in NOTIFYING:
            notified.setdefault(decision.incident, []).append(decision)
    for incident, decisions in notified.items():
        names = (name for each in decisions for name in (*each.finding.processors, *each.finding.impact))
        yield Sent(frozenset(names), len(decisions), incident in arrived)


def _spans(decisions: Iterable[Decision], outcome: Outcome) -> tuple[NotifiedSpan, ...]:
    return tuple(_with(None, decision) for decision in decisions if decision.outcome is outcome)


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
