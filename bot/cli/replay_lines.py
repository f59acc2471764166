"""Notifications as JSON lines."""

import json
from collections.abc import Iterable
from typing import Any

from bot.domain.incidents.decisions import Decision, Outcome
from bot.domain.incidents.notice import NOTIFYING


def notification_lines(decisions: Iterable[Decision]) -> list[str]:
    """One line of JSON for each decision that would have been posted; the others have none."""
    return [json.dumps(_line(decision), ensure_ascii=False) for decision in decisions if decision.outcome in NOTIFYING]


def _line(decision: Decision) -> dict[str, Any]:
    finding = decision.finding
    line: dict[str, Any] = {
        "ts": f"{decision.at:%Y-%m-%dT%H:%M:%SZ}",
        "kind": finding.kind.value,
        "processors": list(finding.processors),
        "severity": decision.severity.value,
        "root_cause": finding.root_cause.value,
        "impact": list(finding.impact),
        "action": finding.action,
        "update": decision.outcome is Outcome.UPDATE,
        "explanation": decision.news,
        "reason": decision.because,
    }
    return line if finding.data_date is None else {**line, "data_date": finding.data_date.isoformat()}
