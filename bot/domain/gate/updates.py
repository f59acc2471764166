"""What becomes of open incidents at a tick: their facts, what is due to be said of them, and when they resolve."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.evidence.history import HORIZON, LOOKED_AFTER
from bot.domain.findings.finding import Finding, FindingKind
from bot.domain.gate.facts import with_facts
from bot.domain.gate.ledger import Ledger
from bot.domain.gate.storms import headline_of
from bot.domain.incidents.decisions import Decision, Outcome, Reason
from bot.domain.incidents.incident import AlertState, Incident, IncidentState
from bot.domain.incidents.watched import watched_until


def resolve_what_is_over(ledger: Ledger, held: Mapping[str, Finding]) -> None:
    """Before anything is placed: nothing joins an incident at the very tick that ends it."""
    for incident in ledger.open_incidents():
        if incident.id in ledger.touched_incidents and _over(ledger, incident, held):
            _resolve(ledger, incident)


def tend(ledger: Ledger) -> None:
    """Say what is due of the incidents that are open after all findings were placed."""
    for incident in ledger.open_incidents():
        if incident.id not in ledger.touched_incidents and not (incident.unsaid or incident.flapping or incident.flips):
            continue
        members = ledger.members(incident.id)
        visible = [alert for alert in members if alert.visible]
        if incident.id in ledger.announced:
            fresh = with_facts(incident, visible, ledger)
            _say(ledger, fresh, visible, Outcome.ANNOUNCE, ledger.announced[incident.id])
        elif not any(alert.is_root for alert in members):
            _resolve(ledger, incident)
        else:
            _update(ledger, incident, members, visible)


def _update(ledger: Ledger, incident: Incident, members: Sequence[AlertState], visible: Sequence[AlertState]) -> None:
    """Said at once when it became worse, else when the last update is long enough ago."""
    fresh = _with_flapping(ledger, with_facts(incident, visible, ledger), members)
    turned = _turned(ledger, incident, members)
    worse = fresh.severity.value < incident.severity.value
    due = Reason.WORSE if worse else fresh.unsaid
    rested = ledger.passed(ledger.policy.update_interval, fresh.last_update_at)
    if visible and due is not None and (worse or rested):
        _say(ledger, fresh, visible, Outcome.UPDATE, due, escalated=worse)
        return
    ledger.put(fresh)
    if turned is not None and not fresh.flapping:
        until = watched_until(fresh, members, ledger.policy.resolve_after)
        detail = "" if until is None else f"watched until {until:%H:%M} UTC"
        _record(ledger, fresh, members, Outcome.EDIT, turned, detail=detail)


def _turned(ledger: Ledger, incident: Incident, members: Sequence[AlertState]) -> Reason | None:
    """Does nothing of it hold any more, or does it hold again?"""
    holds, held = _holds(members), _held(ledger, incident, members)
    if holds == held:
        return None
    return Reason.HOLDS_AGAIN if holds else Reason.WATCHED


def _with_flapping(ledger: Ledger, incident: Incident, members: Sequence[AlertState]) -> Incident:
    """Count when it begins and ceases to hold; often enough is flapping, and is reported once."""
    holds, held = _holds(members), _held(ledger, incident, members)
    policy = ledger.policy
    flips = tuple(flip for flip in incident.flips if ledger.now - flip < policy.flap_window)
    if holds != held:
        flips = (*flips, ledger.now)
    if not incident.flapping and len(flips) >= policy.flap_changes:
        return replace(incident, flips=flips, flapping=True, unsaid=Reason.FLAPPING)
    if incident.flapping and holds and not flips:
        return replace(incident, flips=flips, flapping=False, unsaid=Reason.STEADY)
    return incident if flips == incident.flips else replace(incident, flips=flips)


def _holds(members: Sequence[AlertState]) -> bool:
    return any(alert.is_root and alert.holding for alert in members)


def _held(ledger: Ledger, incident: Incident, members: Sequence[AlertState]) -> bool:
    """Did it hold at the tick before?"""
    known = (ledger.memory.alerts.get(alert.fingerprint) for alert in members)
    return any(each.is_root and each.holding and each.incident == incident.id for each in known if each is not None)


def _over(ledger: Ledger, incident: Incident, held: Mapping[str, Finding]) -> bool:
    """Has no root of it held for long enough? What only joined it does not keep it open."""
    roots = ledger.roots(incident.id)
    if any(alert.fingerprint in held for alert in roots):
        return False
    wait = ledger.policy.flap_window if incident.flapping else _rest(ledger, incident)
    return all(ledger.passed(wait, alert.last_held_at) for alert in roots)


def _rest(ledger: Ledger, incident: Incident) -> timedelta:
    """A source that is read again is proof by itself, and so is a person's word for what a person has declared."""
    proved = incident.kind in (FindingKind.SOURCE_BLIND, FindingKind.DECLARED)
    return timedelta() if proved else ledger.policy.resolve_after


def _resolve(ledger: Ledger, incident: Incident) -> None:
    expired = _given_up(ledger, incident)
    ledger.resolve(
        replace(incident, flapping=False), state=IncidentState.EXPIRED if expired else IncidentState.RESOLVED
    )
    once = (alert for name in incident.members if (alert := ledger.alert(name)) is not None)
    members = ledger.members(incident.id) or list(once)
    if members:
        said = Reason.CLOSED if incident.kind is FindingKind.DECLARED else Reason.RESOLVED
        _record(ledger, incident, members, Outcome.RESOLVE, Reason.EXPIRED if expired else said)


def _given_up(ledger: Ledger, incident: Incident) -> bool:
    """Did it end only because its dates have become too old to be watched?"""
    roots = ledger.roots(incident.id)
    last = [alert for alert in roots if alert.last_held_at == max(root.last_held_at for root in roots)]
    return bool(last) and all(_outlived(alert, ledger.now) for alert in last)


def _outlived(alert: AlertState, now: datetime) -> bool:
    day = alert.finding.data_date
    if day is None:
        return False
    return any((alert.last_held_at - span).date() <= day < (now - span).date() for span in (HORIZON, LOOKED_AFTER))


def _say(
    ledger: Ledger,
    incident: Incident,
    visible: Sequence[AlertState],
    outcome: Outcome,
    reason: Reason,
    *,
    escalated: bool = False,
) -> None:
    ledger.put(replace(incident, unsaid=None, news=(), last_update_at=ledger.now))
    detail = "; ".join(incident.news) if outcome is Outcome.UPDATE else ""
    _record(ledger, incident, visible, outcome, reason, escalated=escalated, detail=detail)


def _record(
    ledger: Ledger,
    incident: Incident,
    members: Sequence[AlertState],
    outcome: Outcome,
    reason: Reason,
    *,
    escalated: bool = False,
    detail: str = "",
) -> None:
    """The decision that concerns the incident as a whole takes the place of its fingerprint's own."""
    roots = [alert for alert in members if alert.is_root] or ledger.roots(incident.id) or members
    ledger.record(
        Decision(
            at=ledger.now,
            fingerprint=incident.fingerprint,
            outcome=outcome,
            reason=reason,
            finding=replace(headline_of(incident, roots, ledger.policy), impact=incident.impact),
            severity=incident.severity,
            incident=incident.id,
            escalated=escalated,
            members=len(members),
            detail=detail,
        )
    )
