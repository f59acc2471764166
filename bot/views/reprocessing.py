"""Repairs as cards: the plan with its figures first, what a stale one differs in, and the form that asks for one."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from bot.domain.counts import plural
from bot.domain.platform.registry import Processor
from bot.domain.reprocessing.plan import Change, Mode, SkipReason
from bot.domain.reprocessing.repair import BEFORE_START, Repair, RepairState
from bot.views import action_ids, reprocessing_words
from bot.views.blocks import (
    MOST_OPTIONS,
    VIEW_TITLE,
    Block,
    Card,
    Element,
    actions,
    button,
    context,
    field,
    modal,
    option,
    plain,
    section,
    typeahead,
)
from bot.views.incident import PLAIN, SLACK
from bot.views.incident_words import Voice
from bot.views.text import escape

TITLE = "Reprocess"
FIRST, LAST, MODE, DOWNSTREAM = "first", "last", "mode", "downstream"
PROCESSORS = action_ids.REPROCESS_PROCESSORS
MOST_PROCESSORS = 20
MODES = {
    Mode.FAILED: "What is not right",
    Mode.MISSING: "Only what has no data",
    Mode.ALL: "Everything, also what is right already",
}
YES = "yes"


def plan(repair: Repair, *, tickets: bool = False) -> Card:
    """`tickets`: can one be opened for a lasting mend?"""
    text = "\n".join(lines(repair, PLAIN))
    return Card(escape(text), tuple(_blocks(repair, tickets=tickets)))


def stale(before: Repair, fresh: Repair, found: Sequence[Change], *, tickets: bool = False) -> Card:
    """Refused, row by row; below it the plan as it is now."""
    head = f"{before.label} is not what would be done now: nothing was started."
    said = [[head, *reprocessing_words.changes(found, voice), ""] for voice in (PLAIN, SLACK)]
    text = "\n".join([*said[0], *lines(fresh, PLAIN)])
    return Card(escape(text), (section("\n".join([f"*{head}*", *said[1][1:-1]])), *_blocks(fresh, tickets=tickets)))


def started(repair: Repair) -> Card:
    """For everyone there: whoever shows its progress edits this message."""
    said = [_started(repair, voice) for voice in (PLAIN, SLACK)]
    return Card(escape(said[0]), (section(said[1]),))


def withdrawn(repair: Repair) -> Card:
    text = f"{reprocessing_words.headline(repair)}: {repair.reason}. Nothing was started."
    return Card(escape(text), (section(escape(text)),))


def listed(repairs: Sequence[Repair]) -> Card:
    said = [listing(repairs, voice) for voice in (PLAIN, SLACK)]
    return Card(escape("\n".join(said[0])), (section("\n".join(said[1])),))


def listing(repairs: Sequence[Repair], voice: Voice) -> list[str]:
    """A line each."""
    return [_listed(each, voice) for each in repairs] or ["No repair was started yet."]


def _listed(repair: Repair, voice: Voice) -> str:
    what = voice.data(reprocessing_words.headline(repair))
    by = voice.data(repair.asked_by.name)
    return f"{repair.label} {str(repair.state).replace('_', ' ')}: {what}, by {by} {voice.date(repair.asked_at)}"


def _started(repair: Repair, voice: Voice) -> str:
    what = voice.data(reprocessing_words.headline(repair))
    by = voice.data((repair.approved_by or repair.asked_by).name)
    asked = f", asked for by {voice.data(repair.asked_by.name)}" if repair.approved_by else ""
    return f"{repair.label} {what}: {by} has started it{asked}. {reprocessing_words.figures(repair.plan)}."


def lines(repair: Repair, voice: Voice) -> list[str]:
    found = repair.plan
    head = f"{repair.label} " * bool(repair.number) + reprocessing_words.headline(repair)
    notes = reprocessing_words.second(repair), reprocessing_words.mend(found), reprocessing_words.under_way(found)
    said = [*reprocessing_words.deadlines(found, voice), *reprocessing_words.offers(found, voice)]
    return [
        voice.data(head),
        f"{reprocessing_words.figures(found)}.",
        *map(voice.data, filter(None, notes)),
        *said,
        *reprocessing_words.rows(found, voice),
        reprocessing_words.state(repair, voice),
    ]


def _blocks(repair: Repair, *, tickets: bool) -> Iterator[Block]:
    head, figures, *rest = lines(repair, SLACK)
    rows = reprocessing_words.rows(repair.plan, SLACK)
    aside = rest[: -1 - len(rows)]
    yield section("\n".join([f"*{head}*", f"*{figures}*", *aside]))
    if rows:
        yield section("\n".join(f"• {each}" for each in rows))
    buttons = list(_buttons(repair, tickets=tickets))
    if buttons:
        yield actions(buttons)
    yield context(rest[-1])


def _buttons(repair: Repair, *, tickets: bool) -> Iterator[Element]:
    """Values are the id of the stored plan, which says nothing."""
    if repair.state not in BEFORE_START:
        return
    found, name = repair.plan, repair.id
    runs = bool(found.running)
    if runs and repair.state is RepairState.AWAITING_APPROVAL:
        yield button("Approve and start", action_ids.REPROCESS_START, name, style="primary")
        yield button("Withdraw", action_ids.REPROCESS_WITHDRAW, name)
        yield from _ticket(repair, tickets=tickets)
        return
    if runs and found.needs_second:
        yield button("Ask for approval", action_ids.REPROCESS_ASK, name, style="primary")
    elif runs:
        yield button(f"Start {plural(len(found.running), 'step')}", action_ids.REPROCESS_START, name, style="primary")
    if found.upstream is not None:
        added = found.upstream.processors
        what = added[0] if len(added) == 1 else plural(len(added), "upstream")
        yield button(f"Add {what}", action_ids.REPROCESS_UPSTREAM, name)
    if found.downstream is not None:
        added = found.downstream.processors
        yield button(f"Add {plural(len(added), 'dependent')}", action_ids.REPROCESS_DOWNSTREAM, name)
    if SkipReason.CIRCUIT_OPEN in found.skipped:
        yield circuits_button()
    yield from _ticket(repair, tickets=tickets)


def circuits_button() -> Element:
    return button("Open circuits…", action_ids.REPROCESS_CIRCUITS, "all")


def _ticket(repair: Repair, *, tickets: bool) -> Iterator[Element]:
    if tickets and repair.plan.again:
        yield button("Open a ticket", action_ids.REPROCESS_TICKET, repair.id)


def ticket(said: str) -> Card:
    return Card(escape(said), (section(escape(said)),))


def form(names: Sequence[str], first: date, last: date, kept: str) -> dict[str, Any]:
    """`names`: what was typed already; `kept` comes back with it."""
    named = typeahead("Type a part of a name", PROCESSORS, MOST_PROCESSORS)
    if names:
        named["initial_options"] = [option(name, name) for name in names]
    modes = [option(label, mode) for mode, label in MODES.items()]
    below = option("Also what depends on them", YES)
    blocks = [
        field(PROCESSORS, "Processors", named),
        field(FIRST, "From", _date(FIRST, first)),
        field(LAST, "To", _date(LAST, last)),
        field(
            MODE,
            "Which dates",
            {"type": "radio_buttons", "action_id": MODE, "options": modes, "initial_option": modes[0]},
        ),
        {
            **field(DOWNSTREAM, "Dependents", {"type": "checkboxes", "action_id": DOWNSTREAM, "options": [below]}),
            "optional": True,
        },
        context("First you see the plan. Nothing starts before you say so."),
    ]
    view = {**modal(TITLE, blocks), "submit": plain("Show the plan", VIEW_TITLE), "private_metadata": kept}
    return {**view, "callback_id": action_ids.REPROCESS_FORM}


def _date(name: str, day: date) -> Element:
    return {"type": "datepicker", "action_id": name, "initial_date": f"{day}"}


def processors(found: Sequence[Processor]) -> list[Element]:
    """Options of the type-ahead; what has no service cannot be started."""
    served = [each for each in found if each.service is not None]
    return [option(each.name, each.name) for each in served[:MOST_OPTIONS]]
