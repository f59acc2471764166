"""A runbook that was started, as one message: what is done, what is to be done now with its buttons, what is left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.counts import plural
from bot.domain.runbooks.expectation import Fit
from bot.domain.runbooks.registry import ACTIONS
from bot.domain.runbooks.run import OVER, Run, RunState, StepRun, StepState
from bot.domain.runbooks.runbook import Approval, Step, StepKind
from bot.domain.runbooks.shown import Shown
from bot.views import action_ids
from bot.views.blocks import Block, Card, Element, actions, button, confirmed, context, divider, section, sections
from bot.views.incident import SLACK, TEXT
from bot.views.incident_words import Voice
from bot.views.text import cut

MOST_TITLE, MOST_RESULT, MOST_EXPECT, MOST_TEXT = 90, 120, 60, 1_000
PER_SECTION, MOST_CURRENT, MOST_LISTED = 6, 4, 15
LABELS = {
    "reprocess": "Reprocess",
    "silence": "Silence",
    "page": "Page",
    "restart": "Restart",
    "cancel_execution": "Cancel the run",
    "clear_marker": "Clear the marker",
    "raise_timeout": "Raise the limit",
    "rollback": "Roll back",
    "open_circuit": "Stop repairs",
    "close_circuit": "Let repairs go on",
    "run_maintenance": "Run the job",
}
_MARKS = {
    StepState.PASSED: "✅",
    StepState.DONE: "✅",
    StepState.SKIPPED: "⚪",
    StepState.WENT_ON: "⚠️",
    StepState.UNMET: "⚠️",
    StepState.CHECKING: "⏳",
    StepState.ACTING: "⏳",
    StepState.ASKED: "🔒",
    StepState.READY: "🔵",
    StepState.WAITING: "▫️",
}
"""Always next to words: a mark is never the only signal."""
_ENDED = {RunState.DONE: "✅ Done:", RunState.STOPPED: "⚫ Stopped:", RunState.RUNNING: "Runbook:"}


@dataclass(frozen=True)
class _Said:
    """The same for Slack, and as text."""

    slack: str
    text: str


def card(shown: Shown) -> Card:
    """The message of a run as it is now."""
    run = shown.run
    head, status = _head(shown), _status(shown)
    pairs = list(zip(run.runbook.steps, run.steps, strict=True))
    over = [_line(step, state, shown) for step, state in pairs if state.state in OVER]
    left = [_line(step, state, shown) for step, state in pairs if state.state is StepState.WAITING]
    current = (run.step(each.number) for each in run.current)
    now = [(_current(step, state, shown), _buttons(step, state, shown)) for step, state in current]
    later = now[MOST_CURRENT:]
    blocks: list[Block] = [section(f"*{head.slack}*"), context(status.slack)]
    blocks += [*_more(len(over), "earlier"), *_lines(over[-MOST_LISTED:])]
    for said, buttons in now[:MOST_CURRENT]:
        blocks += [divider(), section(said.slack), *([actions(buttons)] if buttons else [])]
    blocks += (
        [context(f"{plural(len(later), 'step')} more at the same time, shown when these are over")] if later else []
    )
    blocks += [*([divider()] if now and left else []), *_lines(left[:MOST_LISTED]), *_more(len(left), "later")]
    if run.state is RunState.RUNNING:
        blocks.append(actions([_stop(shown)]))
    texts = [head.text, status.text, *(each.text for each in over), *(said.text for said, _ in now)]
    return Card("\n".join([*texts, *(each.text for each in left)]), tuple(blocks))


def _more(steps: int, which: str) -> list[Block]:
    left_out = steps - MOST_LISTED
    return [context(f"{plural(left_out, f'{which} step')} not shown here")] if left_out > 0 else []


def _head(shown: Shown) -> _Said:
    run = shown.run
    about = f" for {run.subject}" if str(run.subject) else ""
    return _both(lambda voice: f"{_ENDED[run.state]} {voice.data(f'{run.runbook.title}{about}')}")


def _status(shown: Shown) -> _Said:
    run = shown.run
    over = sum(each.state in OVER for each in run.steps)
    incident = f" · {shown.incident}" if shown.incident else ""

    def said(voice: Voice) -> str:
        by = f"started by {voice.person(run.started_by)} {voice.clock(run.started_at, shown.now)}"
        return f"{run.label}{incident} · {over} of {len(run.steps)} steps · {by}{_deadline(run, voice, shown)}"

    return _both(said)


def _deadline(run: Run, voice: Voice, shown: Shown) -> str:
    if run.ended_at is not None:
        return f" · ended {voice.clock(run.ended_at, shown.now)}"
    if run.escalated_at is not None:
        return f" · time was up {voice.clock(run.escalated_at, shown.now)}"
    return "" if run.escalate_at is None else f" · more are paged {voice.clock(run.escalate_at, shown.now)}"


def _line(step: Step, state: StepRun, shown: Shown) -> _Said:
    def said(voice: Voice) -> str:
        result = _result(step, state, voice, shown)
        return (
            f"{_MARKS[state.state]} {step.number}. {voice.data(cut(step.title, MOST_TITLE))}{result and f' · {result}'}"
        )

    return _both(said)


def _result(step: Step, state: StepRun, voice: Voice, shown: Shown) -> str:
    """What it came to: a value with its time, or who did it and when."""
    when = f" · {voice.clock(state.at, shown.now)}" if state.at is not None else ""
    if state.fit is not None:
        by = f", skipped by {voice.person(state.by)}" if state.state is StepState.SKIPPED else ""
        return f"{_answer(step, state, voice)}{when}{by}"
    if state.state is StepState.SKIPPED:
        return f"skipped by {voice.person(state.by)}{when}"
    text = f"{voice.data(cut(state.text, MOST_RESULT))}, " if state.text else ""
    return f"{text}{voice.person(state.by)}{when}" if state.by else ""


def _answer(step: Step, state: StepRun, voice: Voice) -> str:
    expected = "" if state.fit is Fit.MET else f" (expected {cut(step.expect, MOST_EXPECT)})"
    because = f": {cut(state.why, MOST_RESULT)}" if state.why else ""
    return voice.data(f"{state.text}{expected}{because}")


def _current(step: Step, state: StepRun, shown: Shown) -> _Said:
    """Its whole text, and what it waits for."""

    def said(voice: Voice) -> str:
        waits = _waits(step, state, voice, shown)
        text = voice.data(cut(step.text, MOST_TEXT))
        return f"{_MARKS[state.state]} {step.number}. {text}{waits and f'{chr(10)}{waits}'}"

    return _both(said)


def _waits(step: Step, state: StepRun, voice: Voice, shown: Shown) -> str:
    answered = f"{_answer(step, state, voice)} · {voice.clock(state.at, shown.now)}" if state.at and state.fit else ""
    match state.state:
        case StepState.CHECKING:
            until = state.since + step.within if state.since and step.within else None
            goes_on = f"; asked again until {voice.clock(until, shown.now)}" if until else ""
            return f"{answered}{goes_on}" if answered else "Being checked."
        case StepState.UNMET:
            return answered
        case StepState.ASKED:
            return f"{voice.person(state.asked_by)} asks for it: another person approves it."
        case StepState.ACTING:
            return f"Being done for {voice.person(state.by)}."
        case _:
            return f"Not done: {voice.data(cut(state.why, 2 * MOST_RESULT))}" if state.why else ""


def _buttons(step: Step, state: StepRun, shown: Shown) -> list[Element]:
    grant = shown.grants.get(step.number, "")
    if shown.run.state is not RunState.RUNNING:
        return []
    skip, without = (button(text, action_ids.RUNBOOK_SKIP, grant) for text in ("Skip", "Go on without"))
    match state.state, step.kind:
        case StepState.READY, StepKind.MANUAL:
            return [button("Done", action_ids.RUNBOOK_DONE, grant, style="primary"), skip]
        case StepState.UNMET, _:
            again = button("Check again", action_ids.RUNBOOK_AGAIN, grant, style="primary")
            return [again, without]
        case StepState.CHECKING, _ if state.fit is not None:
            return [without]
        case ((StepState.READY | StepState.ASKED), _):
            return [_act(step, state, grant), skip]
        case _:
            return []


def _act(step: Step, state: StepRun, grant: str) -> Element:
    label = LABELS.get(step.call, step.call)
    if state.state is StepState.ASKED:
        label = f"Approve: {label}"
    elif step.approval is Approval.SECOND_PERSON:
        label = f"Ask for: {label}"
    does = ACTIONS[step.call].does if step.call in ACTIONS else step.call
    given = "".join(f"; {name}: {value}" for name, value in step.arguments.items())
    pressed = button(label, action_ids.RUNBOOK_ACT, grant, style="primary")
    return confirmed(pressed, label, f"This will {does}{given}.", label, "Not now")


def _stop(shown: Shown) -> Element:
    pressed = button("Stop the runbook", action_ids.RUNBOOK_STOP, shown.grants.get(0, ""))
    return confirmed(pressed, "Stop the runbook", "What is done stays done.", "Stop", "Keep running")


def _both(said: Callable[[Voice], str]) -> _Said:
    return _Said(said(SLACK), said(TEXT))


def _lines(said: Sequence[_Said]) -> list[Block]:
    return sections([each.slack for each in said], PER_SECTION)
