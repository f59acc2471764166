"""What a pipeline tells of its runs by itself, event by event: a start, signs of life, an end."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

SKEW = timedelta(minutes=5)
"""A sender's clock may be so far from ours before its times are put right."""


class Kind(StrEnum):
    START = "start"
    HEARTBEAT = "heartbeat"
    SUCCESS = "success"
    FAILED = "failed"
    SKIPPED = "skipped"


ENDS = (Kind.FAILED, Kind.SKIPPED, Kind.SUCCESS)
"""The gravest first: of two ends of one run it counts."""


class RunKey(NamedTuple):
    """Events with the same one are about one run. `attempt` 0: not told."""

    processor: str
    run_id: str
    attempt: int


@dataclass(frozen=True)
class Event:
    """`at`: when it happened, by the sender's clock where that is right. `clock_off`: how far that was ahead of ours,
    where it was put right. `digest`: of what was sent, so that the same sent again is known.
    """

    key: RunKey
    kind: Kind
    at: datetime
    digest: str
    data_date: date | None = None
    started_at: datetime | None = None
    records: int | None = None
    category: str = ""
    error: str = ""
    trigger: str = ""
    phase: int | None = None
    clock_off: timedelta = timedelta()


@dataclass(frozen=True)
class Kept:
    """An event as it is stored: its place in the order of storing, and when it came."""

    seq: int
    received_at: datetime
    event: Event


@dataclass(frozen=True)
class Aside:
    """What came and cannot be understood: where it came from, why, and its beginning."""

    place: str
    reason: str
    body: str


@dataclass(frozen=True)
class KeptAside:
    """In the same order as events."""

    seq: int
    received_at: datetime
    aside: Aside


def digest_of(sent: object) -> str:
    return sha256(json.dumps(sent, sort_keys=True, default=str).encode()).hexdigest()


def in_our_time(event: Event, received_at: datetime, sent_at: datetime | None) -> Event:
    """With its times put right: by how far the sender's clock is off, where it said what time it has; else nothing
    happens later than it is told.
    """
    off = timedelta() if sent_at is None else sent_at - received_at
    off = off if abs(off) > SKEW else timedelta()
    at, started = event.at - off, None if event.started_at is None else event.started_at - off
    if at - received_at > SKEW:
        off, at = off + (at - received_at), received_at
    if started is not None:
        started = min(started, received_at)
    return replace(event, at=at, started_at=started, clock_off=off)


def body_of(event: Event) -> str:
    """As text to store: what nobody looks for."""
    held = {
        "started_at": event.started_at and event.started_at.isoformat(),
        "records": event.records,
        "category": event.category,
        "error": event.error,
        "trigger": event.trigger,
        "phase": event.phase,
    }
    return json.dumps({name: value for name, value in held.items() if value not in (None, "")})


def event_of(key: RunKey, kind: Kind, at: datetime, digest: str, body: str) -> Event:
    held = json.loads(body)
    started = held.get("started_at")
    return Event(
        key,
        kind,
        at,
        digest,
        started_at=datetime.fromisoformat(started).astimezone(UTC) if started else None,
        records=held.get("records"),
        category=held.get("category", ""),
        error=held.get("error", ""),
        trigger=held.get("trigger", ""),
        phase=held.get("phase"),
    )
