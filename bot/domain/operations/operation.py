"""What Fireline does to a service: shown first, approved by a second person where it has to be, checked afterwards."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.audit import Record, record
from bot.domain.errors import BadInput
from bot.domain.reprocessing.plan import GOOD_FOR
from bot.domain.reprocessing.repair import Person


class Kind(StrEnum):
    ROLLBACK = "rollback"
    RELEASE = "release"
    """Traffic goes to the newest revision again."""
    RESTART = "restart"
    """A new revision of the same template."""
    TIMEOUT = "timeout"
    CANCEL = "cancel"
    """Of one execution of a job."""
    MAINTENANCE = "maintenance"
    """A job that puts something right."""
    CLEAR_MARKER = "clear_marker"


SECOND_PERSON = frozenset({Kind.ROLLBACK, Kind.TIMEOUT})
NEW_REVISION = frozenset({Kind.RESTART, Kind.TIMEOUT})
TRAFFIC = frozenset({Kind.ROLLBACK, Kind.RELEASE})
OF_JOBS = frozenset({Kind.CANCEL, Kind.MAINTENANCE})
NOT_UNDER_REPAIR = TRAFFIC | NEW_REVISION
"""What changes the code under a repair is refused while one goes on."""
LONGEST_TIMEOUT_S = 3_600
"""https://docs.cloud.google.com/run/docs/configuring/request-timeout"""
CHECKED_FOR = {Kind.MAINTENANCE: timedelta(hours=1)}
CHECKED = timedelta(minutes=10)
"""So long what was done is looked for."""
LEASE = timedelta(minutes=2)
"""So long one process is at it; after that another looks whether it was done."""


class Stage(StrEnum):
    SHOWN = "shown"
    WAITING = "waiting for approval"
    DUE = "due"
    """It was approved, and is to be done."""
    ACTING = "acting"
    """Asked for; whether it was taken is not known."""
    CHECKING = "checking"
    DONE = "done"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


OPEN = frozenset({Stage.SHOWN, Stage.WAITING})
AT_WORK = frozenset({Stage.DUE, Stage.ACTING, Stage.CHECKING})


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be done, as it was shown: `etag` of the service then, `was` and `to` the revisions of it; `seconds`
    of a time limit; `execution` of a job; `processor` and `data_date` of a done-marker.
    """

    kind: Kind
    service: str
    etag: str = ""
    was: str = ""
    to: str = ""
    was_seconds: int | None = None
    seconds: int | None = None
    execution: str = ""
    processor: str = ""
    data_date: date | None = None

    @property
    def hash(self) -> str:
        """What is approved is this, and nothing else."""
        said = json.dumps(vars(self), sort_keys=True, separators=(",", ":"), default=str)
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Operation:
    """`id` is random, and says nothing; `request` is what Cloud Run knows it by. `found`: what the look before it
    showed, a line each; `said`: what came of it. `version` counts the changes that are stored.
    """

    id: str
    wanted: Wanted
    asked_by: Person
    asked_at: datetime
    request: str
    found: tuple[str, ...] = ()
    stage: Stage = Stage.SHOWN
    approved_by: Person | None = None
    approved_at: datetime | None = None
    acted_at: datetime | None = None
    until: datetime | None = None
    ended_at: datetime | None = None
    incident: str = ""
    said: str = ""
    version: int = 0

    @property
    def kind(self) -> Kind:
        return self.wanted.kind

    @property
    def expires_at(self) -> datetime:
        return self.asked_at + GOOD_FOR

    @property
    def needs_second(self) -> bool:
        return self.kind in SECOND_PERSON

    @property
    def subject(self) -> str:
        return f"service:{self.wanted.service}"


def longer(limit: int | None, expected: float | None) -> int:
    """What the registry expects, where that is more; else twice what it is, up to the longest."""
    if expected is not None and expected > (limit or 0):
        return int(expected)
    return min(2 * limit, LONGEST_TIMEOUT_S) if limit else LONGEST_TIMEOUT_S


def _still(operation: Operation, stages: frozenset[Stage], now: datetime) -> None:
    if operation.stage not in stages:
        raise BadInput(f"It is {operation.stage} already.")
    if now > operation.expires_at:
        raise BadInput(f"It was shown more than {GOOD_FOR.seconds // 60} minutes ago. Ask for it again.")


def asked(operation: Operation, by: Person, now: datetime) -> Operation:
    """By whoever it was shown to: it is due, or waits for a second person. Raises BadInput."""
    _still(operation, frozenset({Stage.SHOWN}), now)
    if not by.is_same_human(operation.asked_by):
        raise BadInput(f"Only {operation.asked_by.name}, who asked for it, can go on with it.")
    return replace(operation, stage=Stage.WAITING if operation.needs_second else Stage.DUE)


def approved(operation: Operation, by: Person, shown: str, now: datetime) -> Operation:
    """By a second person; `shown` is the hash of what is so now. Raises BadInput."""
    _still(operation, frozenset({Stage.WAITING}), now)
    if by.is_same_human(operation.asked_by):
        raise BadInput(f"{operation.asked_by.name} has asked for it: a second person has to approve it.")
    if shown != operation.wanted.hash:
        raise BadInput("It is not as it was shown any more. Ask for it again.")
    return replace(operation, stage=Stage.DUE, approved_by=by, approved_at=now)


def withdrawn(operation: Operation, by: Person, now: datetime) -> Operation:
    """By anybody who may ask for it, before it is begun. Raises BadInput."""
    if operation.stage not in OPEN:
        raise BadInput(f"It is {operation.stage} already.")
    return replace(operation, stage=Stage.WITHDRAWN, ended_at=now, said=f"withdrawn by {by.name}")


def begun(operation: Operation, now: datetime, hold: timedelta = LEASE) -> Operation:
    """Held for a while: whoever comes after that looks whether it was done, and only then does it again."""
    return replace(operation, stage=Stage.ACTING, acted_at=operation.acted_at or now, until=now + hold)


def taken(operation: Operation, now: datetime, execution: str = "") -> Operation:
    """It was asked for, and what comes of it is looked at from now on."""
    operation = replace(operation, acted_at=operation.acted_at or now)
    wanted = replace(operation.wanted, execution=execution or operation.wanted.execution)
    return replace(operation, stage=Stage.CHECKING, until=gives_up_at(operation), wanted=wanted)


def gives_up_at(operation: Operation) -> datetime:
    """When it is not tried any more, or not looked for any more."""
    return (operation.acted_at or operation.asked_at) + CHECKED_FOR.get(operation.kind, CHECKED)


def ended(operation: Operation, now: datetime, said: str, *, well: bool) -> Operation:
    return replace(operation, stage=Stage.DONE if well else Stage.FAILED, ended_at=now, said=said)


def record_of(operation: Operation, act: str, by: str, at: datetime) -> Record:
    """`act`: shown, asked, approved, withdrawn, begun, done, failed."""
    wanted = operation.wanted
    said: Mapping[str, object] = {
        "operation": operation.id,
        "shown": wanted.hash,
        "was": wanted.was,
        "to": wanted.to,
        "seconds": wanted.seconds,
        "execution": wanted.execution,
        "processor": wanted.processor,
        "date": None if wanted.data_date is None else wanted.data_date.isoformat(),
        "asked_by": operation.asked_by.key,
        "approved_by": operation.approved_by.key if operation.approved_by else "",
        "incident": operation.incident,
        "text": operation.said,
    }
    return record(at, by, f"{operation.kind}_{act}", operation.subject, said)
