"""How a step goes on: what the service answered, what the run history shows, and whether the data prove it right.

A run that says success is no proof. The data of that very date were written since it was asked for, and the verdict on
them is good: that is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.evidence.observation import RunSeen
from bot.domain.evidence.processor_date import LOAD_LAG, QUIET
from bot.domain.evidence.runs import Status, Trigger
from bot.domain.redaction import redacted
from bot.domain.reprocessing.execution import Cause
from bot.domain.reprocessing.repair import AT_WORK, SETTLED, RepairStep, StepState, request_id
from bot.domain.verdicts.judge import Judged, Verdict

CLOCKS = timedelta(seconds=5)
"""The clock of a service may be so far behind ours."""
LEASE = timedelta(seconds=60)
"""Whoever asked a service, and has not said within this what it answered, does not say it any more."""
ROW_LAG = timedelta(minutes=10)
"""So long after its limit a run may still write its row."""
PROOF_WITHIN = timedelta(minutes=5)
"""So long after the end of a run its data may become visible."""
LOOK_AGAIN, LOOK_SELDOM = timedelta(seconds=15), timedelta(minutes=5)
PAUSES = tuple(timedelta(seconds=each) for each in (10, 30, 60, 120, 300))
"""Before a service that said "not now" is asked again; then it is given up."""
BUSY_PAUSE, MOST_BUSY = timedelta(minutes=1), 60
"""Before one that runs for that date already is asked again, and how often."""
MOST_WHY = 200
GOOD = frozenset({Verdict.OK, Verdict.TRACKING_BUG})
"""Nothing is known to be wrong with the data."""
UNCOUNTED = "its usual rows are unknown (fewer than five dates, or no calendar; `expected_records.min` says them)"
OF_ABSENCE = frozenset({Cause.NO_RUN, Cause.NO_END, Cause.NOT_PROVED, Cause.UNTOLD, Cause.NOT_DUE})
NOT_DUE = frozenset({Verdict.LEGITIMATE_ZERO, Verdict.OFF_DAY})
ASKED_FOR = 3
"""So many times its limit an order is looked for, and asked for again, of which nobody knows whether it was taken."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What is known of a step's date: its runs, the verdict, rows. `written_at`: when its table, or its raw file, was
    written last; `traced`: there is one to look at. `unread`: why more may have come than is known; "": nothing has.
    """

    runs: Sequence[RunSeen]
    judged: Judged
    rows: int | None
    written_at: datetime | None
    traced: bool
    unread: str = ""


def is_right(judged: Judged) -> bool:
    """Are the data there and whole? What nobody can tell is not."""
    return judged.verdict in GOOD and not judged.uncounted


def begun(step: RepairStep, now: datetime) -> RepairStep:
    """Before the service is asked. What nobody knows whether it was taken is asked for again under the same id."""
    attempt = step.attempt if step.unclear else step.attempt + 1
    return replace(
        step,
        state=StepState.STARTING,
        attempt=attempt,
        request_id=request_id(step.repair, step.seq, attempt),
        started_at=(step.started_at or now) if step.unclear else now,
        asked_at=now,
        not_before=None,
        unclear=False,
        execution="",
        run_id="",
        cause="",
        reason="asked for",
    )


def accepted(step: RepairStep, execution: str, reason: str) -> RepairStep:
    return replace(step, state=StepState.RUNNING, execution=execution, unclear=False, not_before=None, reason=reason)


def refused(
    step: RepairStep,
    reason: str,
    now: datetime,
    *,
    permanent: bool,
    busy: bool = False,
    retry_after: float | None = None,
) -> RepairStep:
    """For certain this order was not taken. One before it, under the same id, may have been: then that is looked for,
    and the id stays. `retry_after` counts seconds; None: the service named none.
    """
    if is_repeated(step):
        wait = LOOK_AGAIN if retry_after is None else max(LOOK_AGAIN, timedelta(seconds=retry_after))
        return replace(unclear(step, reason, now), not_before=now + wait)
    if permanent or step.attempt > (MOST_BUSY if busy else len(PAUSES)):
        return _ended(step, StepState.FAILED, Cause.REFUSED, reason, now)
    usual = BUSY_PAUSE if busy else PAUSES[step.attempt - 1]
    pause = usual if retry_after is None else timedelta(seconds=retry_after)
    again = replace(step, state=StepState.WAITING, unclear=False, asked_at=None)
    return replace(again, not_before=now + pause, reason=f"{reason}; it is asked again")


def is_repeated(step: RepairStep) -> bool:
    """Was it asked for again under the same id, as nobody knew whether the order before was taken?"""
    return step.started_at is not None and step.asked_at is not None and step.started_at < step.asked_at


def unclear(step: RepairStep, reason: str, now: datetime) -> RepairStep:
    """Nobody knows whether it was taken: it is looked for before it is asked for again."""
    said = f"{reason}: whether it was taken is not known, it is looked for"
    return replace(step, state=StepState.STARTING, unclear=True, not_before=now + LOOK_AGAIN, reason=said)


def not_seen(step: RepairStep, asked: datetime, now: datetime) -> RepairStep:
    """Its service cannot tell, and no run of it is seen: the longer that is so, the longer nothing is written of it.
    What made it unclear stays said.
    """
    wait = min(max(LOOK_AGAIN, (now - asked) / 2), LOOK_SELDOM)
    seen = step if step.unclear and step.reason else unclear(step, "no run of it is seen yet", now)
    return replace(seen, not_before=now + wait)


def not_found(step: RepairStep, timeout: timedelta, now: datetime) -> RepairStep:
    """The service knows no such order: it is asked again under the same id, for a time. `timeout`: so long its run may
    take. Time in which nobody asked, as no process was up, gives up nothing: it is asked again first.
    """
    began, each = step.started_at or now, timeout + ROW_LAG
    since, asked_last = now - began, (step.asked_at or now) - began
    if since > ASKED_FOR * each and asked_last >= (ASKED_FOR - 1) * each:
        said = f"nobody knows whether it was taken: no run of it was seen in {int(since.total_seconds() // 60)} min"
        return _ended(step, StepState.FAILED, Cause.NO_RUN, said, now)
    return replace(
        step, state=StepState.WAITING, unclear=True, not_before=now, reason="the service knows no such order"
    )


def is_unheard(step: RepairStep, now: datetime) -> bool:
    """Was it asked for by a process that has not said what came of it?"""
    asked = step.asked_at
    return step.state is StepState.STARTING and not step.unclear and asked is not None and now - asked > LEASE


def checked(step: RepairStep, seen: Seen, timeout: timedelta, now: datetime) -> RepairStep:
    """As it is by what is seen: unchanged while there is nothing new. `timeout`: so long its run may take. What rests
    on absence is not concluded while nobody knows what has come.
    """
    after = _concluded(step, seen, timeout, now)
    if not seen.unread or not _rests_on_absence(after):
        return replace(after, cause="") if after.state in AT_WORK else after
    said = f"what came of it is not known: {seen.unread}"
    return step if step.unclear else replace(step, cause=str(Cause.UNTOLD), reason=said)


def held(step: RepairStep, unread: str) -> RepairStep:
    """Not begun while nobody would know what came of it."""
    return replace(step, cause=str(Cause.UNTOLD), reason=f"not begun: {unread}")


def free(step: RepairStep) -> RepairStep:
    """Its turn will come."""
    return replace(step, cause="", reason="waits for its turn")


def _rests_on_absence(after: RepairStep) -> bool:
    return after.state is StepState.WAITING or (after.state in SETTLED and after.cause in OF_ABSENCE)


def _concluded(step: RepairStep, seen: Seen, timeout: timedelta, now: datetime) -> RepairStep:
    asked = step.asked_at
    if asked is None:
        return step
    run = own_run(step, seen.runs, step.started_at or asked)
    if run is None:
        return _without_run(step, seen, asked, timeout, now)
    if run.status is Status.RUNNING:
        return _under_way(step, run, timeout, now)
    if run.status is Status.SUCCESS:
        return _proof(replace(step, run_id=run.run_id), seen, run, now)
    return _failed_run(replace(step, run_id=run.run_id), seen, run, now)


def own_run(step: RepairStep, runs: Sequence[RunSeen], asked: datetime) -> RunSeen | None:
    """The run that the order made: not a poll in between, nor one that a service names and that began before. `asked`:
    when this attempt was asked for first.
    """
    since = [run for run in runs if run.started_at >= asked - CLOCKS]
    named = [run for run in since if step.execution and run.run_id == step.execution]
    others = [run for run in since if run.trigger != Trigger.POLL]
    found = named or [run for run in others if run.trigger == Trigger.BACKFILL] or others
    return min(found, key=lambda run: run.started_at, default=None)


def _under_way(step: RepairStep, run: RunSeen, timeout: timedelta, now: datetime) -> RepairStep:
    if now > run.started_at + timeout + ROW_LAG:
        minutes = int((now - run.started_at).total_seconds() // 60)
        said = f"its run has not ended in {minutes} min"
        return _ended(replace(step, run_id=run.run_id), StepState.FAILED, Cause.NO_END, said, now)
    if step.state is StepState.RUNNING and step.run_id == run.run_id:
        return step
    return replace(
        step, state=StepState.RUNNING, unclear=False, not_before=None, run_id=run.run_id, reason="its run is under way"
    )


def _without_run(step: RepairStep, seen: Seen, asked: datetime, timeout: timedelta, now: datetime) -> RepairStep:
    """No row of a run: until it can be none any more, it may come."""
    if now <= asked + timeout + ROW_LAG:
        return step
    if _written_since(seen, asked - CLOCKS) and is_right(seen.judged):
        return _told(step, seen, StepState.PROVED, "", "the data are right; no row of a run came", now)
    if step.unclear:
        return not_found(step, timeout, now)
    minutes = int((now - asked).total_seconds() // 60)
    return _told(step, seen, StepState.FAILED, Cause.NO_RUN, f"no run in {minutes} min after it was asked for", now)


def _failed_run(step: RepairStep, seen: Seen, run: RunSeen, now: datetime) -> RepairStep:
    category = run.recorded or run.hinted
    said = f"its run {'was skipped' if run.status is Status.SKIPPED else 'failed'}"
    why = (run.error or "").strip().partition("\n")[0] or (category.value if category else "no reason given")
    cause = Cause.NOTHING_TO_DO if category in QUIET else Cause.RUN_FAILED
    return _told(step, seen, StepState.FAILED, cause, f"{said}: {redacted(why)[:MOST_WHY]}", now)


def _proof(step: RepairStep, seen: Seen, run: RunSeen, now: datetime) -> RepairStep:
    verdict, ended = seen.judged.verdict, run.ended_at or run.known_at
    written = _written_since(seen, run.started_at) if seen.traced else bool(run.records)
    if is_right(seen.judged) and written:
        return _told(step, seen, StepState.PROVED, "", seen.judged.because, now)
    patience = LOAD_LAG if written else PROOF_WITHIN
    if now <= ended + patience:
        return (
            step
            if step.state is StepState.CHECKING
            else replace(
                step,
                state=StepState.CHECKING,
                unclear=False,
                not_before=None,
                reason="its run says success; data are checked",
            )
        )
    if verdict in NOT_DUE:
        return _told(step, seen, StepState.SKIPPED, Cause.NOT_DUE, f"nothing was due: {seen.judged.because}", now)
    if verdict is Verdict.UNKNOWN:
        return _told(step, seen, StepState.FAILED, Cause.UNTOLD, f"cannot be proved: {seen.judged.because}", now)
    if verdict in GOOD and written:
        said = f"done, but cannot be proved: {seen.judged.because}, and {UNCOUNTED}"
        return _told(step, seen, StepState.FAILED, Cause.UNTOLD, said, now)
    if verdict in GOOD:
        said = "its run says success, and the data of the date were not written since"
        return _told(step, seen, StepState.FAILED, Cause.NOT_PROVED, said, now)
    said = f"its run says success, and the verdict is {verdict.value}: {seen.judged.because}"
    return _told(step, seen, StepState.FAILED, Cause.NOT_PROVED, said, now)


def _written_since(seen: Seen, moment: datetime) -> bool:
    return seen.written_at is not None and seen.written_at >= moment


def _told(step: RepairStep, seen: Seen, state: StepState, cause: str, reason: str, now: datetime) -> RepairStep:
    told = replace(step, verdict_after=seen.judged.verdict.value, rows_after=seen.rows)
    return _ended(told, state, cause, reason, now)


def _ended(step: RepairStep, state: StepState, cause: str, reason: str, now: datetime) -> RepairStep:
    ended = replace(step, state=state, cause=str(cause), reason=reason, ended_at=now)
    return replace(ended, unclear=False, not_before=None)


def left_out(step: RepairStep, cause: Cause, because: str, now: datetime) -> RepairStep:
    return _ended(step, StepState.SKIPPED, cause, because, now)
