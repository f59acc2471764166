"""Events as rows of a run history: one for a start, each heartbeat and the end, in the columns that Fireline reads.

An event that no table takes is told apart from those that one does, so that it holds up no other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from bot.recorder import clock
from bot.recorder.errors import cut, shown, words
from bot.recorder.run import LARGEST, MOST_NAMED

COLUMNS = (
    "run_id", "processor_name", "phase", "data_date", "started_at", "completed_at", "status", "records_processed",
    "duration_seconds", "failure_category", "error_message", "attempt", "trigger", "last_heartbeat_at", "inserted_at",
)  # fmt: skip
SAME = ("processor_name", "run_id", "data_date", "started_at", "status", "last_heartbeat_at")
"""A row with the same of these is there already."""
KINDS = ("start", "heartbeat", "success", "failed", "skipped")
EARLIEST, LATEST = date(1970, 1, 1), date(9999, 12, 30)
Event = dict[str, Any]
Row = dict[str, Any]


class Unfit(ValueError):
    """No table takes it."""


def refusal(event: Event, reason: object) -> Event:
    return event | {"refused": words(reason)[:MOST_NAMED]}


def told_apart(events: Sequence[Event]) -> tuple[list[Event], list[Event]]:
    """Those that make sense, and the others with the reason."""
    good: list[Event] = []
    refused: list[Event] = []
    now = clock.now()
    for event in events:
        try:
            row_of(event, now)
            good.append(event)
        except Unfit as error:
            refused.append(refusal(event, error))
    return good, refused


def put(
    events: Sequence[Event], put_rows: Callable[[list[Row]], None], unfit: tuple[type[Exception], ...]
) -> list[Event]:
    """`put_rows`: those that are not there. `unfit`: what it raises for a value that the table does not take: then each
    is tried by itself. Returns what was refused.
    """
    good, refused = told_apart(events)
    now = clock.now()
    try:
        put_rows([row_of(event, now) for event in good])
    except unfit:
        for event in good:
            try:
                put_rows([row_of(event, now)])
            except unfit as error:
                refused.append(refusal(event, error))
    return refused


def row_of(event: Event, inserted_at: datetime) -> Row:
    """Raises Unfit."""
    kind, at = event.get("kind"), _moment(event, "at")
    started = _moment(event, "started_at") if "started_at" in event else at
    if kind not in KINDS:
        raise Unfit(f"kind {shown(kind)} is none of {', '.join(KINDS)}")
    runs = kind in ("start", "heartbeat")
    return {
        "run_id": _name(event, "run_id", needed=True),
        "processor_name": _name(event, "processor_name", needed=True),
        "phase": _number(event, "phase"),
        "data_date": _day(event),
        "started_at": started,
        "completed_at": None if runs else at,
        "status": "running" if runs else kind,
        "records_processed": _number(event, "records_processed"),
        "duration_seconds": None if runs else max(0.0, (at - started).total_seconds()),
        "failure_category": _name(event, "failure_category"),
        "error_message": None if event.get("error_message") is None else cut(event["error_message"]),
        "attempt": _number(event, "attempt"),
        "trigger": _name(event, "trigger"),
        "last_heartbeat_at": at if kind == "heartbeat" else None,
        "inserted_at": inserted_at,
    }


def _name(event: Event, field: str, *, needed: bool = False) -> str | None:
    value = event.get(field)
    if value is None and not needed:
        return None
    if not isinstance(value, str) or not value:
        raise Unfit(f"{field} {shown(value)} is no text")
    if len(value) > MOST_NAMED:
        raise Unfit(f"{field} {shown(value)} has {len(value)} characters, {MOST_NAMED} at most")
    if words(value) != value:
        raise Unfit(f"{field} {shown(value)} holds what is no character")
    return value


def _number(event: Event, field: str) -> int | None:
    value = event.get(field)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unfit(f"{field} {shown(value)} is no whole number")
    if not -LARGEST <= value <= LARGEST:
        raise Unfit(f"{field} {shown(value)} is too large for a table")
    return value


def _moment(event: Event, field: str) -> datetime:
    try:
        moment = datetime.fromisoformat(event[field])
        if moment.tzinfo is None:
            raise Unfit(f"{field} {shown(event[field])} has no offset from UTC")
        moment = moment.astimezone(UTC)
    except Unfit:
        raise
    except (KeyError, TypeError, ValueError, OverflowError):
        raise Unfit(f"{field} {shown(event.get(field))} is no moment") from None
    if not EARLIEST <= moment.date() <= LATEST:
        raise Unfit(f"{field} {shown(event[field])} is no plausible moment")
    return moment


def _day(event: Event) -> date | None:
    value = event.get("data_date")
    if value is None:
        return None
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Unfit(f"data_date {shown(value)} is no date") from None
    if not EARLIEST <= day <= LATEST:
        raise Unfit(f"data_date {shown(value)} is no plausible date")
    return day
