"""An impact as JSON. Durations in seconds, times in UTC."""

import json
from datetime import datetime
from typing import Any

from bot.domain.impact.deadlines import Deadline
from bot.domain.impact.dependents import Affected
from bot.domain.impact.report import Impact


def impact_json(impact: Impact) -> str:
    answer = {
        "as_of": _iso(impact.as_of),
        "data_date": str(impact.data_date),
        **_affected(impact.subject),
        "next_deadline": _deadline(impact.next_deadline),
        "breached": [deadline.processor for deadline in impact.breached],
        "totals": {
            "dependents": len(impact.dependents),
            "stale": len(impact.stale),
            "with_slot_to_come": len(impact.waiting),
            "by_criticality": {level or "unknown": count for level, count in impact.totals.items()},
        },
        "dependencies_known": impact.reach_known,
        "dependents": [_affected(item) for item in impact.dependents],
        "upstream": [{"processor": name, "hops": hops} for name, hops in impact.upstream.items()],
        "retired": [
            {"processor": item.processor, "last_run": str(item.last_run) if item.last_run else None}
            for item in impact.retired
        ],
        "notes": list(impact.notes),
    }
    return json.dumps(answer, indent=2)


def _affected(item: Affected) -> dict[str, Any]:
    processor = item.processor
    return {
        "processor": processor.name,
        "hops": item.hops,
        "phase": processor.phase,
        "kind": processor.kind,
        "criticality": processor.criticality,
        "owner": processor.owner,
        "table": processor.bigquery_table,
        "stale": item.staleness.stale,
        "stale_reason": item.staleness,
        "next_slot": _iso(item.next_slot),
        "deadline": _deadline(item.deadline),
    }


def _deadline(deadline: Deadline | None) -> dict[str, Any] | None:
    if deadline is None:
        return None
    return {
        "processor": deadline.processor,
        "due_at": _iso(deadline.due_at),
        "minutes_to_breach": round(deadline.minutes_to_breach, 1),
        "latest_start": _iso(deadline.latest_start),
        "minutes_to_start": round(deadline.minutes_to_start, 1),
        "critical_path": [
            {
                "processor": step.processor,
                "seconds": step.pace.seconds,
                "duration_from": step.pace.basis,
                "latest_start": _iso(step.latest_start),
            }
            for step in deadline.critical_path
        ],
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds").replace("+00:00", "Z")
