"""A repair: a plan that was asked for, who answers for it, and how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from bot.domain.audit import Record, record
from bot.domain.errors import BadInput
from bot.domain.incidents.incident import MessageRef
from bot.domain.reprocessing.plan import GOOD_FOR, Plan, StepKey

REQUESTS = UUID("5f1d3a52-9c1c-4b1e-8c39-6f5f2d0f7c11")
"""The name space of request ids."""


PLANS_KEPT = timedelta(days=1)
"""So long a plan that nobody started is kept."""
MOST_DIGITS = 9


class RepairState(StrEnum):
    PLANNED = "planned"
    AWAITING_APPROVAL = "awaiting_approval"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"
    FAILED = "failed"


BEFORE_START = frozenset({RepairState.PLANNED, RepairState.AWAITING_APPROVAL})
UNFINISHED = frozenset({RepairState.RUNNING, RepairState.PAUSED})
ENDED = frozenset({RepairState.CANCELLED, RepairState.DONE, RepairState.FAILED})


class StepState(StrEnum):
    WAITING = "waiting"
    STARTING = "starting"
    """Asked for; whether it was taken is not known yet."""
    RUNNING = "running"
    CHECKING = "checking"
    PROVED = "proved"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


AT_WORK = frozenset({StepState.STARTING, StepState.RUNNING, StepState.CHECKING})
SETTLED = frozenset({StepState.PROVED, StepState.FAILED, StepState.SKIPPED, StepState.CANCELLED})

TRIED = frozenset({StepState.PROVED, StepState.FAILED})


@dataclass(frozen=True)
class Person:
    """`key` is that of an Actor; `name` as people call them; `email` "": not known."""

    key: str
    name: str
    email: str = ""

    def is_same_human(self, other: "Person") -> bool:
        """One human may have two ids: the address, or the name in the schedule, tells."""
        same_address = bool(self.email) and self.email.casefold() == other.email.casefold()
        return self.key == other.key or same_address or self.name.casefold() == other.name.casefold()


@dataclass(frozen=True, kw_only=True)
class Repair:
    """`id` is the plan's. `number` counts those that were started or that wait for approval; 0: it has none yet.
    `version` counts the changes that are stored: 0 for one that is not stored yet.
    `message`: where its progress is shown.
    """

    plan: Plan
    state: RepairState = RepairState.PLANNED
    asked_by: Person
    asked_at: datetime
    approval_asked_at: datetime | None = None
    approved_by: Person | None = None
    approved_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    incident: str = ""
    number: int = 0
    reason: str = ""
    message: MessageRef | None = None
    version: int = 0

    @property
    def id(self) -> str:
        return self.plan.id

    @property
    def label(self) -> str:
        """What people call it by."""
        return f"R-{self.number}" if self.number else "Plan"

    @property
    def is_over(self) -> bool:
        return self.state in ENDED

    @property
    def expires_at(self) -> datetime:
        """When it cannot be started any more."""
        return (self.approval_asked_at or self.plan.made_at) + GOOD_FOR

    def is_too_old(self, now: datetime) -> bool:
        """A plan that nobody started is let go of."""
        return self.state is RepairState.PLANNED and self.asked_at < now - PLANS_KEPT

    @property
    def subject(self) -> str:
        """How the record calls it."""
        return f"repair:{self.id}"


@dataclass(frozen=True, kw_only=True)
class RepairStep:
    """A step of a repair that was started, in its place `seq` of the plan. `attempt` counts from 1 when it is started.

    `execution`: what the service calls it; `run_id`: the run of the history that it made; `reason`: why it is as it is,
    and `cause` the same as a name (`execution.Cause`). `started_at`: when this attempt began; `asked_at`: when the
    service was last asked; `unclear`: nobody knows whether it was taken; `not_before`: it is not looked at, or asked
    for, again earlier. `earlier`: when it was begun before people had it tried again.
    """

    repair: str
    seq: int
    processor: str
    data_date: date
    state: StepState
    after: tuple[str, ...] = ()
    service: str = ""
    attempt: int = 0
    request_id: str = ""
    execution: str = ""
    run_id: str = ""
    verdict_before: str = ""
    verdict_after: str = ""
    rows_before: int | None = None
    rows_after: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    asked_at: datetime | None = None
    not_before: datetime | None = None
    unclear: bool = False
    earlier: tuple[datetime, ...] = ()
    cause: str = ""
    reason: str = ""
    version: int = 0

    @property
    def key(self) -> StepKey:
        return StepKey(self.processor, self.data_date)

    @property
    def subject(self) -> str:
        """How the record calls it."""
        return f"repair:{self.repair}/{self.seq}"

    @property
    def repaired_at(self) -> tuple[datetime, ...]:
        """When it was begun: by the start of its repair, and by each retry."""
        return self.earlier if self.started_at is None else (*self.earlier, self.started_at)

    def is_early(self, now: datetime) -> bool:
        """Is it not to be looked at, or asked for, yet?"""
        return self.not_before is not None and now < self.not_before


@dataclass(frozen=True, kw_only=True)
class Circuit:
    """Repairs of this processor are not started: it failed too often, or a person has said so."""

    processor: str
    opened_at: datetime
    opened_by: str
    because: str


def number_in(name: str) -> int | None:
    """Of a repair as people write it, R-12; None: it is no number, but the id that a button carries."""
    number = name.strip().upper().removeprefix("R-").removeprefix("#")
    return int(number) if number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS else None


def request_id(repair: str, seq: int, attempt: int) -> str:
    """The same for the same attempt, whoever computes it."""
    return str(uuid5(REQUESTS, f"{repair}/{seq}/{attempt}"))


def steps_of(plan: Plan, repair: str) -> list[RepairStep]:
    """As they are when the repair starts."""
    return [
        RepairStep(
            repair=repair,
            seq=seq,
            processor=step.processor,
            data_date=step.data_date,
            state=StepState.WAITING if step.runs else StepState.SKIPPED,
            after=step.after,
            service=step.service,
            verdict_before=step.verdict,
            rows_before=step.rows,
            reason=step.because if step.skip is None else f"{step.skip}: {step.because}",
        )
        for seq, step in enumerate(plan.steps)
    ]


def approval_asked(repair: Repair, now: datetime) -> Repair:
    """Raises BadInput for one that is past that, or that nobody needs to approve."""
    _refuse_unless(repair, (RepairState.PLANNED,), now)
    if not repair.plan.needs_second:
        raise BadInput("It needs no second person: start it.")
    return replace(repair, state=RepairState.AWAITING_APPROVAL, approval_asked_at=now)


def started(repair: Repair, by: Person, now: datetime) -> Repair:
    """By whoever asked, or by the second person: whose start is the approval. Raises BadInput for who may not, and for
    one that is past that.
    """
    _refuse_unless(repair, (RepairState.PLANNED, RepairState.AWAITING_APPROVAL), now)
    if repair.plan.needs_second:
        if by.is_same_human(repair.asked_by):
            raise BadInput(f"A second person has to approve it: {'; '.join(repair.plan.needs_second)}.")
        repair = replace(repair, approved_by=by, approved_at=now)
    return replace(repair, state=RepairState.RUNNING, started_at=now)


def withdrawn(repair: Repair, by: Person, now: datetime) -> Repair:
    """Before it has started."""
    _refuse_unless(repair, tuple(BEFORE_START), None)
    return replace(repair, state=RepairState.CANCELLED, ended_at=now, reason=f"withdrawn by {by.name}")


def given_up(repair: Repair, now: datetime) -> Repair | None:
    """What nobody has approved in time; None: there is nothing to give up."""
    if repair.state is not RepairState.AWAITING_APPROVAL or now <= repair.expires_at:
        return None
    reason = f"nobody approved it within {GOOD_FOR.seconds // 60} minutes"
    return replace(repair, state=RepairState.CANCELLED, ended_at=now, reason=reason)


def _refuse_unless(repair: Repair, states: Sequence[RepairState], now: datetime | None) -> None:
    if repair.state not in states:
        raise BadInput(f"{repair.label} is {str(repair.state).replace('_', ' ')} already.")
    if now is not None and now > repair.expires_at:
        raise BadInput(f"The plan is older than {GOOD_FOR.seconds // 60} minutes: make it again.")


def record_of(repair: Repair, act: str, by: str, at: datetime) -> Record:
    """`act`: planned, approval_asked, withdrawn, given_up, started, paused, resumed, cancelled, done, failed."""
    asked = repair.plan.request
    body = {
        "number": repair.number,
        "plan": repair.plan.hash,
        "processors": ", ".join(asked.processors),
        "dates": f"{asked.first}..{asked.last}",
        "mode": str(asked.mode),
        "steps": len(repair.plan.running),
        "asked_by": repair.asked_by.key,
        "approved_by": repair.approved_by.key if repair.approved_by else "",
        "reason": repair.reason,
    }
    return record(at, by, f"repair_{act}", repair.subject, body)
