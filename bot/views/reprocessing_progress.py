"""A repair that runs, as one message: figures first, what failed, what comes next; and what can be done about it."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.domain.counts import plural
from bot.domain.findings.words import short_day
from bot.domain.reprocessing.progress import Progress
from bot.domain.reprocessing.repair import Repair, RepairState, RepairStep
from bot.views import action_ids
from bot.views.blocks import Block, Card, Element, actions, button, context, plain, section
from bot.views.health import linked
from bot.views.incident import PLAIN, SLACK
from bot.views.incident_words import Voice
from bot.views.reprocessing import circuits_button, plan
from bot.views.reprocessing_words import roughly, scope
from bot.views.text import cut, escape

MOST_TROUBLE, MOST_REASON = 5, 160
CONFIRM_TITLE, CONFIRM_TEXT, CONFIRM_BUTTON = 100, 300, 30
STATES = {
    RepairState.RUNNING: "runs",
    RepairState.PAUSED: "is paused",
    RepairState.CANCELLED: "was stopped",
    RepairState.DONE: "is done",
    RepairState.FAILED: "has ended, not all of it is right",
}


def shown(repair: Repair, found: Progress, now: datetime, *, tickets: bool = False) -> Card:
    """How far one is that was started; else its plan."""
    return plan(repair, tickets=tickets) if repair.started_at is None else card(repair, found, now)


def copied(shown_now: Card, repair: Repair, now: datetime, workspace: str) -> Card:
    """Of what another message shows: this one says of when it is, and where it goes on. `workspace`: its address."""
    as_of, fresh = "As of", f"`/reprocess {repair.label}` shows it afresh."
    live = linked("the message that shows its progress", repair.message, workspace)
    goes_on = fresh if repair.message is None else f"It goes on in {live}; {fresh}"
    text = f"{shown_now.text}\n{as_of} {PLAIN.date(now)}; this message is not edited. {fresh}"
    said = context(f"{as_of} {SLACK.date(now)}; this message is not edited. {goes_on}")
    return Card(text, (*shown_now.blocks, said))


def card(repair: Repair, found: Progress, now: datetime) -> Card:
    text = "\n".join(_lines(repair, found, PLAIN, now))
    return Card(escape(text), tuple(_blocks(repair, found, now)))


def _lines(repair: Repair, found: Progress, voice: Voice, now: datetime) -> list[str]:
    head = f"{repair.label} {STATES[repair.state]}: {_what(repair)}"
    return [head if voice is PLAIN else escape(head), f"{figures(found)}.", *_rest(repair, found, voice, now)]


def line(repair: Repair, found: Progress, now: datetime) -> str:
    """One of several that run."""
    left = f". About {roughly(found.eta - now)} left" if found.eta is not None and found.eta > now else ""
    return f"{escape(f'{repair.label} {STATES[repair.state]}: {_what(repair)}')}. {figures(found)}{left}"


def _what(repair: Repair) -> str:
    asked = repair.plan.request
    days = short_day(asked.first) if asked.dates == 1 else f"{short_day(asked.first)} to {short_day(asked.last)}"
    return f"{scope(asked)}, {days}"


def figures(found: Progress) -> str:
    """Done of all, how many of them proved right; then what is not done."""
    parts = [
        f"{found.done:,} of {found.total:,} done: {found.proved:,} proved right",
        *_counted(failed=found.failed, left_out=found.skipped, stopped=found.cancelled),
    ]
    at_work = _counted(running=found.running, being_checked=found.checking, left=found.left)
    return ", ".join(parts) + (f". {', '.join(at_work)}" if at_work else "")


def _counted(**counts: int) -> list[str]:
    return [f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items() if count]


def _rest(repair: Repair, found: Progress, voice: Voice, now: datetime) -> Iterator[str]:
    for step in found.trouble[:MOST_TROUBLE]:
        yield f"{voice.data(step.processor)} {short_day(step.data_date)}: {voice.data(cut(step.reason, MOST_REASON))}"
    if len(found.trouble) > MOST_TROUBLE:
        yield f"and {plural(len(found.trouble) - MOST_TROUBLE, 'more failure')}"
    for of_them in filter(None, (found.unclear, found.untold)):
        first, more = of_them[0], len(of_them) - 1
        also = f", and {plural(more, 'more step')}" if more else ""
        yield f"{_named(first, voice)}{also}: {voice.data(cut(first.reason, MOST_REASON))}"
    for name, count in Counter(step.processor for step in found.barred).items():
        first = next(step for step in found.barred if step.processor == name)
        yield f"{voice.data(name)}, {plural(count, 'date')} left out: {voice.data(cut(first.reason, MOST_REASON))}"
    if found.eta is not None:
        paused = repair.state is RepairState.PAUSED
        left = f"About {roughly(found.eta - now)} left when it goes on"
        yield f"{left if paused else f'Over at about {voice.clock(found.eta, now)}'}."
    if found.late:
        yield "What runs takes longer than it usually does."
    if found.next:
        yield f"Next: {', '.join(_named(step, voice) for step in found.next)}."
    yield _by(repair, voice)


def _named(step: RepairStep, voice: Voice) -> str:
    return f"{voice.data(step.processor)} {short_day(step.data_date)}"


def _by(repair: Repair, voice: Voice) -> str:
    approved = f", approved by {voice.data(repair.approved_by.name)}" if repair.approved_by is not None else ""
    ended = f"; {voice.data(repair.reason)}" if repair.state is RepairState.CANCELLED and repair.reason else ""
    return f"Asked for by {voice.data(repair.asked_by.name)}{approved}{ended}."


def _blocks(repair: Repair, found: Progress, now: datetime) -> Iterator[Block]:
    head, said, *rest, by = _lines(repair, found, SLACK, now)
    yield section(f"*{head}*\n*{said}*")
    if rest:
        yield section("\n".join(rest))
    buttons = list(_buttons(repair, found))
    if buttons:
        yield actions(buttons)
    yield context(by)


def _buttons(repair: Repair, found: Progress) -> Iterator[Element]:
    """Values are the id of the stored repair, which says nothing."""
    name, tried = repair.id, bool(found.failed)
    if repair.state is RepairState.PAUSED:
        yield button("Resume", action_ids.REPROCESS_RESUME, name, style="primary")
    if repair.state is RepairState.RUNNING:
        yield button("Pause", action_ids.REPROCESS_PAUSE, name)
    if tried and repair.state is not RepairState.CANCELLED:
        yield button(f"Retry {plural(found.failed, 'failed step')}", action_ids.REPROCESS_RETRY, name)
    if found.barred:
        yield circuits_button()
    if not repair.is_over:
        yield {**button("Stop", action_ids.REPROCESS_STOP, name, style="danger"), "confirm": _sure(repair, found)}
        return
    yield button("Receipt", action_ids.REPROCESS_RECEIPT, name)


def _sure(repair: Repair, found: Progress) -> dict[str, Any]:
    at_work = found.running + found.checking
    going = f" {plural(at_work, 'step')} at work will not be checked." if at_work else ""
    said = f"{plural(found.left, 'step')} will not start.{going} All of it can be planned again at once."
    return {
        "title": plain(f"Stop {repair.label}?", CONFIRM_TITLE),
        "text": plain(said, CONFIRM_TEXT),
        "confirm": plain("Stop", CONFIRM_BUTTON),
        "deny": plain("Keep running", CONFIRM_BUTTON),
        "style": "danger",
    }
