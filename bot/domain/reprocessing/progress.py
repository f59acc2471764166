"""How far a repair has come; and how it is paused, goes on, is cancelled, tried again, and ends."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.audit import Record, record
from bot.domain.counts import plural
from bot.domain.errors import BadInput
from bot.domain.reprocessing.execution import HOLDS_SLOT, Cause
from bot.domain.reprocessing.plan import Limits, Step
from bot.domain.reprocessing.repair import (
    AT_WORK,
    SETTLED,
    UNFINISHED,
    Repair,
    RepairState,
    RepairStep,
    StepState,
)
from bot.domain.reprocessing.slots import scheduled

RETRY_WITHIN = timedelta(hours=1)
"""So long after its end what failed of a repair may be tried again; later it is planned again."""
LEFT_WHILE_RUNNING = frozenset({Cause.UPSTREAM_BAD, Cause.CIRCUIT_OPEN})


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Steps by how they are; `next`: those that start next, in order; `eta`: when the rest may be over by the medians,
    None: not known, or by now; `late`: what runs was to be over by now; `untold`: those at work of which nobody can
    tell what came, or that wait for such; `unclear`: those of which nobody knows whether the service took them;
    `barred`: those that an open circuit left out.
    """

    total: int
    proved: int
    failed: int
    running: int
    checking: int
    left: int
    skipped: int
    cancelled: int
    eta: datetime | None = None
    late: bool = False
    next: tuple[RepairStep, ...] = ()
    trouble: tuple[RepairStep, ...] = ()
    untold: tuple[RepairStep, ...] = ()
    unclear: tuple[RepairStep, ...] = ()
    barred: tuple[RepairStep, ...] = ()

    @property
    def done(self) -> int:
        """Whatever came of it; what was stopped before its end is not done."""
        return self.total - self.left - self.running - self.checking - self.cancelled


def progress(repair: Repair, steps: Sequence[RepairStep], limits: Limits, now: datetime) -> Progress:
    """Of what was planned to run; what the plan leaves out is not counted."""
    planned = [step for step in steps if is_planned(repair, step)]
    count = Counter(step.state for step in planned)
    waiting = [step for step in planned if step.state is StepState.WAITING]
    running = count[StepState.STARTING] + count[StepState.RUNNING]
    rest = _rest(repair, planned, limits, now)
    return Progress(
        total=len(planned),
        proved=count[StepState.PROVED],
        failed=count[StepState.FAILED],
        running=running,
        checking=count[StepState.CHECKING],
        left=len(waiting),
        skipped=count[StepState.SKIPPED],
        cancelled=count[StepState.CANCELLED],
        eta=now + rest if rest else None,
        late=rest == timedelta() and running > 0,
        next=tuple(waiting[:3]),
        trouble=tuple(step for step in planned if step.state is StepState.FAILED),
        untold=_untold(planned),
        unclear=tuple(step for step in planned if step.unclear and step.state is StepState.STARTING),
        barred=tuple(step for step in planned if step.cause == Cause.CIRCUIT_OPEN),
    )


def _untold(planned: Iterable[RepairStep]) -> tuple[RepairStep, ...]:
    return tuple(step for step in planned if step.state not in SETTLED and step.cause == Cause.UNTOLD)


def is_planned(repair: Repair, step: RepairStep) -> bool:
    return repair.plan.steps[step.seq].runs


def _rest(repair: Repair, planned: Sequence[RepairStep], limits: Limits, now: datetime) -> timedelta | None:
    """None: nothing is left, or nobody knows how long it takes."""
    if repair.state not in UNFINISHED or _untold(planned):
        return None
    left = [_left(repair.plan.steps[step.seq], step, now) for step in planned if step.state not in SETTLED]
    if not left or all(step.seconds is None for step in left):
        return None
    return timedelta(seconds=max(span.end for span in scheduled(left, limits)))


def _left(step: Step, at: RepairStep, now: datetime) -> Step:
    """What is left of it."""
    if step.seconds is None or at.asked_at is None or at.state not in AT_WORK:
        return step
    return replace(step, seconds=max(0.0, step.seconds - (now - at.asked_at).total_seconds()))


def paused(repair: Repair) -> Repair:
    """Raises BadInput for one that does not run; as the others do."""
    _refuse_unless(repair, {RepairState.RUNNING}, "only one that runs can be paused")
    return replace(repair, state=RepairState.PAUSED)


def resumed(repair: Repair) -> Repair:
    _refuse_unless(repair, {RepairState.PAUSED}, "only one that is paused can go on")
    return replace(repair, state=RepairState.RUNNING)


def cancelled(repair: Repair, steps: Iterable[RepairStep], by: str, now: datetime) -> tuple[Repair, list[RepairStep]]:
    """With the steps that it changes: what waits is not started, what runs is not waited for. All of it can be planned
    again at once.
    """
    _refuse_unless(repair, UNFINISHED, "only one that runs or is paused can be stopped")
    changed = [_stopped(step, by, now) for step in steps if step.state not in SETTLED]
    return replace(repair, state=RepairState.CANCELLED, ended_at=now, reason=f"stopped by {by}"), changed


def _stopped(step: RepairStep, by: str, now: datetime) -> RepairStep:
    said = f"stopped by {by} before it was asked for"
    if step.state in AT_WORK:
        said = f"stopped by {by} while it was at work: what its run does is not checked"
    goes_on = Cause.MAY_GO_ON if step.state in HOLDS_SLOT else ""
    stopped = replace(step, state=StepState.CANCELLED, ended_at=now, reason=said, cause=str(goes_on))
    return replace(stopped, unclear=False, not_before=None)


def seen_to(step: RepairStep, said: str) -> RepairStep:
    """Of one that was stopped at work: `said` is what became of its run, as far as its service can tell."""
    return replace(step, cause="", reason=f"{step.reason}; {said}")


def retried(repair: Repair, steps: Iterable[RepairStep], now: datetime) -> tuple[Repair, list[RepairStep]]:
    """What failed, and what was left out because of that, is tried again; nothing else."""
    states = {RepairState.RUNNING, RepairState.PAUSED, RepairState.DONE, RepairState.FAILED}
    _refuse_unless(repair, states, "only what failed of a repair can be tried again")
    if repair.ended_at is not None and now - repair.ended_at > RETRY_WITHIN:
        hours = plural(int(RETRY_WITHIN.total_seconds() // 3600), "hour")
        raise BadInput(f"{repair.label} ended more than {hours} ago: plan it again.")
    again = [_again(step) for step in steps if _is_to_be_tried(repair, step)]
    if not again:
        raise BadInput(f"Nothing of {repair.label} has failed.")
    state = repair.state if repair.state in UNFINISHED else RepairState.RUNNING
    return replace(repair, state=state, ended_at=None, reason=""), again


def _is_to_be_tried(repair: Repair, step: RepairStep) -> bool:
    left = step.state is StepState.SKIPPED and step.cause in LEFT_WHILE_RUNNING
    # A run without an end may still go on: its step is planned again.
    failed = step.state is StepState.FAILED and step.cause != Cause.NO_END
    return is_planned(repair, step) and (failed or left)


def _again(step: RepairStep) -> RepairStep:
    waiting = replace(step, state=StepState.WAITING, cause="", reason="is tried again", ended_at=None, asked_at=None)
    begun = replace(waiting, started_at=None, earlier=step.repaired_at)
    return replace(begun, verdict_after="", rows_after=None, unclear=False, not_before=None)


def ended(repair: Repair, steps: Sequence[RepairStep], now: datetime) -> Repair:
    """All of its steps are settled."""
    planned = [step for step in steps if is_planned(repair, step)]
    proved = sum(step.state is StepState.PROVED for step in planned)
    not_due = sum(step.cause == Cause.NOT_DUE for step in planned)
    whole = proved + not_due == len(planned)
    said = f"{proved:,} of {plural(len(planned), 'step')} proved right"
    state = RepairState.DONE if whole else RepairState.FAILED
    return replace(repair, state=state, ended_at=now, reason=said)


def step_asked(repair: Repair, step: RepairStep, now: datetime) -> Record:
    """How a step that was asked for is audited."""
    body = {
        "repair": repair.label,
        "processor": step.processor,
        "date": f"{step.data_date}",
        "service": step.service,
        "attempt": step.attempt,
        "request": step.request_id,
    }
    return record(now, "", "repair_step_asked", step.subject, body)


def _refuse_unless(repair: Repair, states: Iterable[RepairState], what: str) -> None:
    if repair.state not in states:
        raise BadInput(f"{repair.label} is {str(repair.state).replace('_', ' ')}: {what}.")
