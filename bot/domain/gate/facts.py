"""The facts of an open incident as its visible members make them: what it is called by, and what is new."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from bot.domain.counts import plural
from bot.domain.findings.finding import IMPLIES_NO_DATA, NO_DATA, Finding
from bot.domain.findings.severity import Severity
from bot.domain.findings.words import short_day, wrong
from bot.domain.gate.grouping import rank
from bot.domain.gate.ledger import Ledger
from bot.domain.gate.storms import NOTES, headline_of
from bot.domain.incidents.decisions import Reason
from bot.domain.incidents.incident import AlertState, Incident, Part
from bot.domain.platform.names import some_of

T = TypeVar("T")
MOST_NAMED = 3


def with_facts(incident: Incident, visible: Sequence[AlertState], ledger: Ledger) -> Incident:
    """The incident as its visible members make it; its root stays as it was while none of that holds."""
    if not visible:
        return incident
    opened = _just_opened(ledger, incident)
    roots = [alert for alert in visible if alert.is_root]
    findings = sorted((alert.finding for alert in roots), key=rank)
    before = None if opened else incident.headline
    headline = _gravest(before, headline_of(incident, roots, ledger.policy), findings) if roots else incident.headline
    severity, reason = _worst(None if opened else incident, [alert.finding for alert in visible])
    dates = {finding.data_date for finding in findings if finding.data_date is not None}
    blocked = {name for each in findings for name in each.impact} - {each.root for each in findings}
    fresh = replace(
        incident,
        headline=headline,
        kind=headline.kind,
        severity=severity,
        severity_reason=reason,
        processors=_union(() if opened else incident.processors, (n for each in findings for n in each.processors)),
        data_dates=tuple(sorted(dates.union(incident.data_dates))),
        impact=tuple(sorted(blocked)) if roots else incident.impact,
        members=_union(incident.members, (alert.fingerprint for alert in visible)),
        parts=_union(incident.parts, (Part(each.kind, each.data_date) for each in findings)),
    )
    return fresh if fresh.kind in NOTES else _with_news(incident, fresh, visible)


def _gravest(before: Finding | None, now: Finding, findings: Iterable[Finding]) -> Finding:
    """What an incident is called by changes only for something graver; it began when the first of it began."""
    if before is None:
        return now
    since = min(before.since, now.since)
    if rank(now)[:2] < rank(before)[:2]:
        return replace(now, since=since)
    same = (each for each in (now, *findings) if (each.fingerprint, each.kind) == (before.fingerprint, before.kind))
    fresh = next(same, before)
    return replace(fresh, since=since, severity=before.severity, severity_reason=before.severity_reason)


def _worst(before: Incident | None, findings: Sequence[Finding]) -> tuple[Severity, str]:
    """The worst severity since it was opened, and its reason: the two belong together."""
    gravest = min(findings, key=rank)
    if before is not None and before.severity.value <= gravest.severity.value:
        return before.severity, before.severity_reason
    return gravest.severity, gravest.severity_reason


def _with_news(before: Incident, fresh: Incident, visible: Sequence[AlertState]) -> Incident:
    """That a part of it is well again is no news while the rest is not."""
    news = tuple(dict.fromkeys([*before.news, *_news(before, fresh, visible)]))
    due = before.unsaid or (Reason.CHANGED if news != before.news else None)
    return replace(fresh, news=news, unsaid=due)


def _news(before: Incident, fresh: Incident, visible: Sequence[AlertState]) -> Iterator[str]:
    if fresh.severity.value < before.severity.value:
        yield f"{before.severity} → {fresh.severity}: {fresh.severity_reason}"
    for part in fresh.parts[len(before.parts) :] if fresh.gathered is None else ():
        if _implied(part, before):
            continue
        day = f"{short_day(part.data_date)}" if part.data_date is not None else ""
        if part.kind is not before.kind:
            yield f"now also: {wrong(part.kind)}" + (f" for {day}" if day else "")
        elif day and part.data_date not in before.data_dates:
            yield f"+ {day}"
    new = set(fresh.members) - set(before.members)
    roots = {alert.finding.root for alert in visible if alert.fingerprint in new}
    joined = roots.union(fresh.processors) - set(before.processors)
    if joined:
        yield f"joined: {some_of(sorted(joined), MOST_NAMED)}"
    if _steps(fresh.headline.held) > _steps(before.headline.held):
        held = fresh.headline.held
        yield f"{plural(held, 'finding')} held until it is read again"
    blocked = sorted(set(fresh.impact) - set(before.impact))
    if blocked:
        yield f"now blocked: {some_of(blocked, MOST_NAMED)}"


def _implied(part: Part, before: Incident) -> bool:
    """Does it say no more than that the date has no data, of which the incident has spoken?"""
    known = (each.kind for each in before.parts if each.data_date == part.data_date)
    return part.kind in NO_DATA and any(kind in IMPLIES_NO_DATA for kind in known)


def _steps(count: int) -> int:
    """1, 4, 16 and so on: each is worth a word."""
    return (count.bit_length() + 1) // 2


def _just_opened(ledger: Ledger, incident: Incident) -> bool:
    stored = ledger.memory.incidents.get(incident.id)
    return stored is None or not stored.is_open


def _union(before: Iterable[T], more: Iterable[T]) -> tuple[T, ...]:
    """In order, each once."""
    return tuple(dict.fromkeys([*before, *more]))
