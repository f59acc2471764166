"""Runbooks to be chosen and read: all of them, those that fit, and those that an incident is met with."""

from collections.abc import Sequence

from bot.domain.counts import plural
from bot.domain.incidents.incident import Incident
from bot.domain.runbooks.run import Run
from bot.domain.runbooks.runbook import Runbook, Step, StepKind
from bot.domain.runbooks.suggestions import Suggested
from bot.views import action_ids
from bot.views.blocks import Block, Card, Element, actions, button, context, option, section, sections, select
from bot.views.incident_words import lasting
from bot.views.text import cut, escape

PER_SECTION, STEPS_PER_SECTION, MOST_LISTED, MOST_STEP = 15, 5, 60, 400


def listing(runbooks: Sequence[Runbook], running: Sequence[Run] = ()) -> Card:
    """A line each, one to be read chosen from a list; and what runs now."""
    if not runbooks:
        return _line("There are no runbooks. `fireline runbook lint` says what is wrong with their files.")
    shown = runbooks[:MOST_LISTED]
    lines = [_listed(each) for each in shown]
    more = [f"and {len(runbooks) - MOST_LISTED} more: write words to look for"] if len(runbooks) > MOST_LISTED else []
    now = [f"{each.label} runs: {each.runbook.title}, started by {each.started_by}" for each in running[:PER_SECTION]]
    parts = [*lines, *more]
    listed = sections([escape(each) for each in parts], PER_SECTION)
    options = [option(each.title, each.id) for each in shown]
    running_now = [context(escape("\n".join(now)))] if now else []
    chosen = actions([select("Read a runbook", action_ids.RUNBOOK_CHOOSE, options)])
    return Card(escape("\n".join([*parts, *now])), (*listed, *running_now, chosen))


def reading(runbook: Runbook, incident: Incident | None = None, grant: str = "") -> Card:
    """One of them with all its steps, and a button that starts it: for the incident, or for what is asked then."""
    after = f", more are paged after {lasting(runbook.escalate_after)}" if runbook.escalate_after is not None else ""
    head = f"{runbook.severity} {runbook.title}"
    kept = f"{runbook.id} · {runbook.owner} · reviewed {runbook.reviewed_on}{after}"
    steps = [_step(each) for each in runbook.steps]
    about = [section(escape(cut(runbook.about, 2_000)))] if runbook.about else []
    said = sections([escape(each) for each in steps], STEPS_PER_SECTION)
    start = actions([_start(runbook, grant, incident)])
    blocks = (section(f"*{escape(head)}*"), context(escape(kept)), *about, *said, start)
    return Card(escape("\n".join([head, kept, runbook.about, *steps])), blocks)


def suggestions(incident: Incident, found: Sequence[Suggested], running: Sequence[Run], grant: str) -> Card:
    """What fits an incident, and why; what runs for it already is said first."""
    now = [f"{each.label} runs already: {each.runbook.title}, started by {each.started_by}." for each in running]
    head = f"Runbooks for {incident.label}" if found else f"No runbook fits {incident.label}: `/runbook` lists all."
    blocks: list[Block] = [section(f"*{escape(head)}*"), *([context(escape("\n".join(now)))] if now else [])]
    texts = [head, *now]
    for each in found:
        said = f"{each.runbook.title}: {each.because}. {plural(len(each.runbook.steps), 'step')}, {each.runbook.owner}"
        texts.append(said)
        read = button("Read", action_ids.RUNBOOK_READ, f"{each.runbook.id}:{grant}")
        blocks += [section(escape(said)), actions([_start(each.runbook, grant, incident), read])]
    return Card(escape("\n".join(texts)), tuple(blocks))


def started(run: Run) -> Card:
    where = "in the incident's thread" if run.incident else "here"
    about = f" for {run.subject}" if str(run.subject) else ""
    return _line(f"{run.label} is started: {run.runbook.title}{about}. Its steps are {where} in a moment.")


def _start(runbook: Runbook, grant: str, incident: Incident | None) -> Element:
    label = "Start" if incident is None else f"Start for {incident.label}"
    return button(label, action_ids.RUNBOOK_START, f"{runbook.id}:{grant}", style="primary")


def _listed(runbook: Runbook) -> str:
    return f"{runbook.id} · {runbook.severity} {runbook.title} · {runbook.owner}, reviewed {runbook.reviewed_on}"


def _step(step: Step) -> str:
    said = f"{step.number}. {cut(step.text, MOST_STEP)}"
    if step.kind is StepKind.CHECK:
        return f"{said}\n→ check {step.call}: expected {step.expect}, else {step.on_fail}"
    if step.kind is StepKind.ACTION:
        return f"{said}\n→ action {step.call}: needs a {step.approval.replace('_', ' ')}"
    return said


def _line(text: str) -> Card:
    return Card(escape(text), (section(escape(text)),))
