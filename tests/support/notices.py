"""Incidents as the gate leaves them, for what is said of them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.findings.finding import FindingKind, RootCause
from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Decision, Outcome, Reason
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.notice import Notice
from tests.support.gate_story import DAY, START, finding

UPDATED, RESOLVED = START + timedelta(minutes=10), START + timedelta(hours=2)
CASCADE = finding(
    "NbacGamebookProcessor",
    FindingKind.UPSTREAM_CASCADE,
    root_cause=RootCause.PROCESSING_ERROR,
    severity="P0",
    severity_reason="it blocks predictions",
    explanation="NbacGamebookProcessor for 2026-03-02: 5 runs in a row failed (processing_error)",
    impact=("TeamSummary", "PredictionCoordinator"),
)


def incident(name: str = "I1", **changes: Any) -> Incident:
    facts: dict[str, Any] = {
        "id": name,
        "fingerprint": CASCADE.fingerprint,
        "kind": CASCADE.kind,
        "family": CASCADE.family,
        "severity": Severity.P0,
        "processors": CASCADE.processors,
        "data_dates": (DAY,),
        "impact": CASCADE.impact,
        "members": (CASCADE.fingerprint,),
        "first_seen": START,
        "announced_at": START,
        "last_update_at": START,
        "headline": CASCADE,
        "severity_reason": CASCADE.severity_reason,
        "number": 42,
    }
    return Incident(**{**facts, **changes})


def decision(outcome: Outcome = Outcome.ANNOUNCE, at: datetime = START, **changes: Any) -> Decision:
    reason = {Outcome.ANNOUNCE: Reason.P0, Outcome.UPDATE: Reason.CHANGED}.get(outcome, Reason.RESOLVED)
    facts: dict[str, Any] = {
        "at": at,
        "fingerprint": CASCADE.fingerprint,
        "outcome": outcome,
        "reason": reason,
        "finding": CASCADE,
        "severity": Severity.P0,
        "incident": "I1",
        "members": 1,
    }
    return Decision(**{**facts, **changes})


def notice(outcome: Outcome = Outcome.ANNOUNCE, at: datetime = START, name: str = "I1", **changes: Any) -> Notice:
    said = incident(name, **changes)
    return Notice(said, replace(decision(outcome, at), incident=name), said.impact)
