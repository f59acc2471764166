"""What follows what in a runbook that was started. Every change is a pure step: the run before, what happened, the run
after, and a sentence for the timeline.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.counts import plural
from bot.domain.errors import BadInput
from bot.domain.reprocessing.repair import Person
from bot.domain.runbooks.expectation import Fit, Measured
from bot.domain.runbooks.run import FOR_A_PERSON, OVER, Run, RunState, StepRun, StepState, Subject
from bot.domain.runbooks.runbook import Approval, OnFail, Runbook, Step, StepKind

CHECK_AGAIN = timedelta(minutes=1)
TRIED_AGAIN = timedelta(minutes=2)
"""An action whose end nobody has noted is done again after so long, with the same key: once is its effect."""


@dataclass(frozen=True)
class Moved:
    """`said`: what the timeline says of it, a sentence each; `actor` "": Fireline itself."""

    run: Run
    said: tuple[str, ...]
    actor: str = ""


def begun(run_id: str, runbook: Runbook, subject: Subject, by: Person, now: datetime, incident: str = "") -> Moved:
    steps = tuple(StepRun(number=each.number) for each in runbook.steps)
    at = None if runbook.escalate_after is None else now + runbook.escalate_after
    run = Run(
        id=run_id,
        runbook=runbook,
        subject=subject,
        started_by=by.name,
        started_at=now,
        steps=steps,
        incident=incident,
        escalate_at=at,
    )
    about = f" for {subject}" if str(subject) else ""
    return _on(run, f"{by.name} started the runbook {runbook.title}{about}", now, by.key)


def done(run: Run, number: int, by: Person, now: datetime) -> Moved:
    """A person has done a step of their own."""
    step, state = _for_person(run, number)
    if step.kind is not StepKind.MANUAL:
        raise BadInput(f"Step {number} is no step of yours: it is a {step.kind}.")
    after = replace(state, state=StepState.DONE, at=now, by=by.name, by_key=by.key)
    return _on(_with(run, after), f"{by.name}: step {number} is done: {step.title}", now, by.key)


def skipped(run: Run, number: int, by: Person, now: datetime) -> Moved:
    step, state = _asked_again(run, number) or _for_person(run, number)
    after = replace(state, state=StepState.SKIPPED, at=now, by=by.name, by_key=by.key, due_at=None)
    found = f" ({_answer(state.text, state.fit)})" if state.fit is not None else ""
    return _on(_with(run, after), f"{by.name} skipped step {number}: {step.title}{found}", now, by.key)


def again(run: Run, number: int, by: Person, now: datetime) -> Moved:
    """Ask a check again."""
    step, state = _for_person(run, number)
    if step.kind is not StepKind.CHECK:
        raise BadInput(f"Step {number} is no check.")
    after = replace(state, state=StepState.CHECKING, since=now, due_at=now)
    return Moved(_with(run, after), (f"{by.name} asked step {number} again: {step.title}",), by.key)


def wanted(run: Run, number: int, by: Person, now: datetime) -> Moved:
    """A person wants an action done, or says yes to what another has asked for. Raises BadInput where it needs another
    person than the one who asked.
    """
    step, state = _for_person(run, number)
    if step.kind is not StepKind.ACTION:
        raise BadInput(f"Step {number} is no action.")
    if step.approval is Approval.SECOND_PERSON and state.state is StepState.READY:
        after = replace(state, state=StepState.ASKED, at=now, by=by.name, by_key=by.key, why="")
        after = replace(after, asked_by=by.name, asked_key=by.key, asked_email=by.email)
        return Moved(_with(run, after), (f"{by.name} asks for step {number}: {step.title}",), by.key)
    asker = Person(state.asked_key, state.asked_by, state.asked_email)
    if state.state is StepState.ASKED and by.is_same_human(asker):
        raise BadInput(f"You asked for step {number}: another person has to approve it.")
    after = replace(state, state=StepState.ACTING, at=now, by=by.name, by_key=by.key, due_at=now, attempts=0, why="")
    word = "approved" if state.state is StepState.ASKED else "starts"
    return Moved(_with(run, after), (f"{by.name} {word} step {number}: {step.title}",), by.key)


def stopped(run: Run, by: Person, now: datetime) -> Moved:
    _running(run)
    left = sum(each.state not in OVER for each in run.steps)
    ended = _ended(run, RunState.STOPPED, now)
    return Moved(
        ended, (f"{by.name} stopped the runbook {run.runbook.title} with {plural(left, 'step')} left",), by.key
    )


def measured(run: Run, number: int, found: Measured, how: Fit, now: datetime) -> Moved | None:
    """A check has its answer; None: it was not asked for any more. One that waits is told once, when it ends."""
    step, state = run.step(number)
    if run.state is not RunState.RUNNING or state.state is not StepState.CHECKING:
        return None
    answered = replace(state, at=found.at, fit=how, text=found.text, why=found.because, due_at=None)
    if how is Fit.MET:
        met = _with(run, replace(answered, state=StepState.PASSED))
        return _on(met, f"Step {number}: {_told(step, found, how)}", now)
    began = state.since or now
    if step.within is not None and not found.final and now < began + step.within:
        waits = replace(answered, state=StepState.CHECKING, due_at=now + CHECK_AGAIN)
        return Moved(_with(run, waits), ())
    said = f"Step {number}: {_told(step, found, how)}"
    if step.on_fail is OnFail.CONTINUE:
        return _on(_with(run, replace(answered, state=StepState.WENT_ON)), said, now)
    unmet = _with(run, replace(answered, state=StepState.UNMET))
    if step.on_fail is OnFail.STOP:
        return Moved(_ended(unmet, RunState.STOPPED, now), (said, f"The runbook {run.runbook.title} stopped there"))
    return Moved(unmet, (said,))


def attempted(run: Run, number: int, now: datetime) -> Run | None:
    """Note a try of an action before it is made; None: it is not to be done now."""
    _, state = run.step(number)
    if run.state is not RunState.RUNNING or state.state is not StepState.ACTING:
        return None
    if state.due_at is None or state.due_at > now:
        return None
    return _with(run, replace(state, attempts=state.attempts + 1, due_at=now + TRIED_AGAIN))


def acted(run: Run, number: int, text: str, now: datetime) -> Moved | None:
    step, state = run.step(number)
    if state.state is not StepState.ACTING:
        return None
    after = replace(state, state=StepState.DONE, at=now, text=text, why="", due_at=None)
    return _on(_with(run, after), f"Step {number}, {step.title}, by {state.by}: {text}", now)


def refused(run: Run, number: int, why: str, now: datetime) -> Moved | None:
    """An action was not done: a person decides again."""
    step, state = run.step(number)
    if state.state is not StepState.ACTING:
        return None
    after = replace(
        state, state=StepState.READY, at=now, why=why, asked_by="", asked_key="", asked_email="", due_at=None
    )
    return Moved(_with(run, after), (f"Step {number}, {step.title}, was not done: {why}",))


def time_is_up(run: Run, now: datetime, then: str = "more people are paged") -> Moved | None:
    """`then` happens. None: it is not, or was before."""
    if run.state is not RunState.RUNNING or run.escalate_at is None or run.escalate_at > now:
        return None
    after = replace(run, escalate_at=None, escalated_at=now)
    minutes = round((now - run.started_at).total_seconds() / 60)
    text = f"The runbook {run.runbook.title} is not over after {minutes} min: {then}"
    return Moved(after, (text,))


def _told(step: Step, found: Measured, how: Fit) -> str:
    because = f" ({found.because})" if found.because else ""
    return f"{step.title.rstrip('?')}: {_answer(found.text, how)} ({step.expect}){because}"


def _answer(text: str, how: Fit) -> str:
    """What is not known says so in its text already."""
    return text if how is Fit.NOT_KNOWN else f"{text}, {how}"


def _running(run: Run) -> None:
    if run.state is not RunState.RUNNING:
        raise BadInput(f"{run.label} is {run.state} already.")


def _asked_again(run: Run, number: int) -> tuple[Step, StepRun] | None:
    """A check that is asked until its time is over, though it has an answer: a person may go on without it."""
    step, state = run.step(number)
    waits = run.state is RunState.RUNNING and state.state is StepState.CHECKING and state.fit is not None
    return (step, state) if waits else None


def _for_person(run: Run, number: int) -> tuple[Step, StepRun]:
    """Raises BadInput for a step that no person is waited for at."""
    _running(run)
    step, state = run.step(number)
    if state.state not in FOR_A_PERSON:
        by = f" by {state.by}" if state.by else ""
        raise BadInput(f"Step {number} of {run.label} is {state.state}{by}: nothing was changed.")
    return step, state


def _with(run: Run, state: StepRun) -> Run:
    return replace(run, steps=tuple(state if each.number == state.number else each for each in run.steps))


def _ended(run: Run, how: RunState, now: datetime) -> Run:
    steps = tuple(replace(each, due_at=None) for each in run.steps)
    return replace(run, state=how, ended_at=now, escalate_at=None, steps=steps)


def _on(run: Run, said: str, now: datetime, actor: str = "") -> Moved:
    """What was waiting for this begins; after the last step it is over."""
    over = {step.id for step, state in zip(run.runbook.steps, run.steps, strict=True) if state.state in OVER}
    if len(over) == len(run.steps):
        ended = _ended(run, RunState.DONE, now)
        return Moved(ended, (said, f"The runbook {run.runbook.title} is done"), actor)
    pairs = zip(run.runbook.steps, run.steps, strict=True)
    steps = tuple(_begun(step, state, now) if over.issuperset(step.after) else state for step, state in pairs)
    return Moved(replace(run, steps=steps), (said,), actor)


def _begun(step: Step, state: StepRun, now: datetime) -> StepRun:
    """If it was waiting."""
    if state.state is not StepState.WAITING:
        return state
    if step.kind is StepKind.CHECK:
        return replace(state, state=StepState.CHECKING, since=now, due_at=now)
    return replace(state, state=StepState.READY, since=now)
