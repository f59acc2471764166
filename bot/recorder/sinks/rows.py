"""Events as rows of a run history: one for a start, each heartbeat and the end, in the columns that Fireline reads."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

COLUMNS = (
    "run_id", "processor_name", "phase", "data_date", "started_at", "completed_at", "status", "records_processed",
    "duration_seconds", "failure_category", "error_message", "attempt", "trigger", "last_heartbeat_at", "inserted_at",
)  # fmt: skip
SAME = ("processor_name", "run_id", "data_date", "started_at", "status", "last_heartbeat_at")
"""A row with the same of these is there already."""


def row_of(event: dict[str, Any], inserted_at: datetime) -> dict[str, Any]:
    kind, at = event["kind"], datetime.fromisoformat(event["at"])
    started = datetime.fromisoformat(event["started_at"])
    runs = kind in ("start", "heartbeat")
    day = event.get("data_date")
    return {
        "run_id": event["run_id"],
        "processor_name": event["processor_name"],
        "phase": event.get("phase"),
        "data_date": None if day is None else date.fromisoformat(day),
        "started_at": started,
        "completed_at": None if runs else at,
        "status": "running" if runs else kind,
        "records_processed": event.get("records_processed"),
        "duration_seconds": None if runs else max(0.0, (at - started).total_seconds()),
        "failure_category": event.get("failure_category"),
        "error_message": event.get("error_message"),
        "attempt": event.get("attempt"),
        "trigger": event.get("trigger"),
        "last_heartbeat_at": at if kind == "heartbeat" else None,
        "inserted_at": inserted_at,
    }
