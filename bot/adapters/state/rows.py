"""Rows and values, both ways. Names of enum members are stored, so that their wording may change."""

from datetime import UTC, date, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import RowMapping

from bot.domain.findings.finding import Family, Finding, FindingKind
from bot.domain.findings.severity import Severity
from bot.domain.gate.silences import Silence
from bot.domain.incidents.decisions import Decision, Outcome, Reason
from bot.domain.incidents.feedback import Feedback, Word
from bot.domain.incidents.incident import AlertState, Gathered, Incident, IncidentState, MessageRef, Part

_FINDING = TypeAdapter(Finding)
_PARTS = TypeAdapter(tuple[Part, ...])


def finding_body(finding: Finding) -> Any:
    return _FINDING.dump_python(finding, mode="json")


def incident_row(incident: Incident) -> dict[str, Any]:
    message = incident.message
    return {
        "id": incident.id,
        "number": incident.number or None,
        "fingerprint": incident.fingerprint,
        "kind": incident.kind.value,
        "family": incident.family.value,
        "severity": incident.severity.value,
        "processors": list(incident.processors),
        "data_dates": [day.isoformat() for day in incident.data_dates],
        "impact": list(incident.impact),
        "members": list(incident.members),
        "first_seen": incident.first_seen,
        "announced_at": incident.announced_at,
        "last_update_at": incident.last_update_at,
        "state": incident.state.value,
        "resolved_at": incident.resolved_at,
        "merged_into": incident.merged_into or None,
        "gathered": None if incident.gathered is None else incident.gathered.value,
        "error_class": incident.error_class,
        "unsaid": None if incident.unsaid is None else incident.unsaid.name,
        "flapping": incident.flapping,
        "flips": [flip.astimezone(UTC).isoformat() for flip in incident.flips],
        "channel": None if message is None else message.channel,
        "ts": None if message is None else message.ts,
        "version": incident.version + 1,
        "headline": finding_body(incident.headline),
        "severity_reason": incident.severity_reason,
        "parts": _PARTS.dump_python(incident.parts, mode="json"),
        "news": list(incident.news),
    }


def incident_of(row: RowMapping) -> Incident:
    return Incident(
        id=row["id"],
        number=row["number"] or 0,
        fingerprint=row["fingerprint"],
        kind=FindingKind(row["kind"]),
        family=Family(row["family"]),
        severity=Severity(row["severity"]),
        processors=tuple(row["processors"]),
        data_dates=tuple(date.fromisoformat(day) for day in row["data_dates"]),
        impact=tuple(row["impact"]),
        members=tuple(row["members"]),
        first_seen=row["first_seen"],
        announced_at=row["announced_at"],
        last_update_at=row["last_update_at"],
        state=IncidentState(row["state"]),
        resolved_at=row["resolved_at"],
        merged_into=row["merged_into"] or "",
        gathered=None if row["gathered"] is None else Gathered(row["gathered"]),
        error_class=row["error_class"],
        unsaid=None if row["unsaid"] is None else Reason[row["unsaid"]],
        flapping=row["flapping"],
        flips=tuple(datetime.fromisoformat(flip) for flip in row["flips"]),
        message=None if row["channel"] is None else MessageRef(row["channel"], row["ts"]),
        version=row["version"],
        headline=_FINDING.validate_python(row["headline"]),
        severity_reason=row["severity_reason"],
        parts=_PARTS.validate_python(row["parts"]),
        news=tuple(row["news"]),
    )


def alert_row(alert: AlertState) -> dict[str, Any]:
    finding = alert.finding
    return {
        "fingerprint": alert.fingerprint,
        "root": finding.root,
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "data_date": finding.data_date,
        "body": finding_body(finding),
        "outcome": alert.outcome.value,
        "reason": alert.reason.name,
        "first_held_at": alert.first_held_at,
        "last_held_at": alert.last_held_at,
        "holding": alert.holding,
        "incident": alert.incident or None,
        "is_root": alert.is_root,
        "announced_in": alert.announced_in or None,
        "hidden_by": alert.hidden_by,
    }


def alert_of(row: RowMapping) -> AlertState:
    return AlertState(
        finding=_FINDING.validate_python(row["body"]),
        outcome=Outcome(row["outcome"]),
        reason=Reason[row["reason"]],
        first_held_at=row["first_held_at"],
        last_held_at=row["last_held_at"],
        holding=row["holding"],
        incident=row["incident"] or "",
        is_root=row["is_root"],
        announced_in=row["announced_in"] or "",
        hidden_by=row["hidden_by"],
    )


def decision_row(decision: Decision) -> dict[str, Any]:
    return {
        "at": decision.at,
        "fingerprint": decision.fingerprint,
        "outcome": decision.outcome.value,
        "reason": decision.reason.name,
        "root": decision.finding.root,
        "severity": decision.severity.value,
        "body": finding_body(decision.finding),
        "incident": decision.incident or None,
        "escalated": decision.escalated,
        "hidden_by": decision.hidden_by,
        "members": decision.members,
        "detail": decision.detail,
    }


def decision_of(row: RowMapping) -> Decision:
    return Decision(
        at=row["at"],
        fingerprint=row["fingerprint"],
        outcome=Outcome(row["outcome"]),
        reason=Reason[row["reason"]],
        finding=_FINDING.validate_python(row["body"]),
        severity=Severity(row["severity"]),
        incident=row["incident"] or "",
        escalated=row["escalated"],
        hidden_by=row["hidden_by"],
        members=row["members"],
        detail=row["detail"],
    )


def feedback_row(said: Feedback) -> dict[str, Any]:
    return {"person": said.person, "word": said.word.value, "at": said.at}


def feedback_of(row: RowMapping) -> Feedback:
    return Feedback(row["person"], Word(row["word"]), row["at"])


def silence_row(silence: Silence) -> dict[str, Any]:
    return {
        "id": silence.id,
        "processor": silence.processor,
        "phase": silence.phase,
        "since": silence.since,
        "until": silence.until,
        "reason": silence.reason,
        "set_by": silence.by,
        "proposed": silence.proposed,
        "announced_at": silence.announced_at,
    }


def silence_of(row: RowMapping) -> Silence:
    return Silence(
        id=row["id"],
        processor=row["processor"],
        phase=row["phase"],
        since=row["since"],
        until=row["until"],
        reason=row["reason"],
        by=row["set_by"],
        proposed=row["proposed"],
        announced_at=row["announced_at"],
    )
