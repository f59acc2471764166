"""Incidents as the gate leaves them, for what is said of them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.findings.finding import FindingKind, RootCause
from bot.domain.findings.severity import Severity
from bot.domain.incidents.decisions import Decision, Outcome, Reason
from bot.domain.incidents.incident import Incident, Part
from bot.domain.incidents.notice import Due, Notice, Proof, Reach, Restored
from tests.support.gate_story import DAY, START, finding

UPDATED, RESOLVED = START + timedelta(minutes=10), START + timedelta(hours=2)
CASCADE = finding(
    "NbacGamebookProcessor",
    FindingKind.UPSTREAM_CASCADE,
    root_cause=RootCause.PROCESSING_ERROR,
    severity="P0",
    severity_reason="it blocks predictions",
    explanation="NbacGamebookProcessor failed 3 times in a row for 2026-03-02, mostly with processing_error",
    failures=3,
    error="Traceback (most recent call last):\n  File \"box.py\"\nValueError: could not convert string to float: 'DNP'",
    rows=0,
    impact=("TeamSummary", "PredictionCoordinator"),
)
REACH = Reach("PredictionCoordinator", 18, Due("PredictionCoordinator", START + timedelta(hours=5, minutes=40)))
REPAIRED = Proof(DAY, 318, 0, sound=True, because="the data is there")


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
        "parts": (Part(CASCADE.kind, DAY),),
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


def notice(
    outcome: Outcome = Outcome.ANNOUNCE,
    at: datetime = START,
    name: str = "I1",
    *,
    reach: Reach = REACH,
    proof: tuple[Proof, ...] = (),
    into: str = "",
    restored: Restored | None = None,
    watched_until: datetime | None = None,
    made: Decision | None = None,
    **changes: Any,
) -> Notice:
    said = incident(name, **changes)
    what = made or replace(decision(outcome, at), incident=name, severity=said.severity)
    return Notice(said, what, at, said.headline.root, reach, proof, into, restored, watched_until)
