"""The modals in which people declare an incident, or page somebody on purpose, and what they then see."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.domain.delivery import Queued
from bot.domain.escalation.simulation import SimulatedStep
from bot.domain.findings.severity import Severity
from bot.domain.gate.declared import MOST_PROCESSORS, MOST_REASON, MOST_TITLE, SEVERITIES, Wanted
from bot.domain.incidents.escalation_policy import Ladder
from bot.domain.incidents.standing import Overview
from bot.domain.platform.registry import Processor
from bot.views import action_ids, declared_words
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
from bot.views.incident import SLACK, TEXT
from bot.views.text import escape

TITLE, SEVERITY, REASON, PAGE = "title", "severity", "reason", "page"
PROCESSORS = action_ids.INCIDENT_PROCESSORS
POLICY = "-"
"""Whoever the policy says is paged: no name has one character like it in oncall.yaml."""
DECLARE = "Declare incident"


def form(ladders: Mapping[Severity, Ladder], whom: Sequence[str], title: str = "") -> dict[str, Any]:
    """`whom`: the rotas and people of oncall.yaml."""
    said: Element = {"type": "plain_text_input", "action_id": TITLE, "max_length": MOST_TITLE}
    severities = [option(_severity(each, ladders[each]), each) for each in SEVERITIES]
    named = typeahead("Those that it concerns, if any", PROCESSORS, MOST_PROCESSORS)
    usual = severities[SEVERITIES.index(Severity.P1)]
    blocks = [
        field(TITLE, "What is wrong", {**said, **({"initial_value": title[:MOST_TITLE]} if title else {})}),
        field(SEVERITY, "Severity", _select(SEVERITY, severities, usual)),
        _optional(field(REASON, "Why this severity", _text(REASON, MOST_REASON))),
        _optional(field(PROCESSORS, "Processors", named)),
        field(PAGE, "Whom to page", _whom(whom)),
        context("It has its number and its message at once, and pages by the policy until somebody has it."),
    ]
    view = {**modal(DECLARE, blocks), "submit": plain("Declare", VIEW_TITLE)}
    return {**view, "close": plain("Cancel", VIEW_TITLE), "callback_id": action_ids.INCIDENT_DECLARE_AS}


def _severity(severity: Severity, ladder: Ladder) -> str:
    """What the policy does at that severity."""
    step = next((each for each in ladder.steps if each.wakes), None)
    if step is None:
        return f"{severity}: pages nobody" if not ladder.steps else f"{severity}: pages nobody, it is written down"
    when = "at once" if not step.after else f"after {step.after.total_seconds() / 60:.0f} min"
    return f"{severity}: pages {' and '.join(step.rotas)} {when}"


def _whom(whom: Sequence[str]) -> Element:
    policy = option("As the policy says", POLICY)
    return _select(PAGE, [policy, *(option(f"First {name}", name) for name in whom)][:MOST_OPTIONS], policy)


def _select(name: str, options: Sequence[Element], chosen: Element) -> Element:
    return {"type": "static_select", "action_id": name, "options": list(options), "initial_option": chosen}


def processors(found: Sequence[Processor]) -> list[Element]:
    """Options of the type-ahead."""
    return [option(each.name, each.name) for each in found[:MOST_OPTIONS]]


def _text(name: str, most: int) -> Element:
    return {"type": "plain_text_input", "action_id": name, "max_length": most}


def _optional(block: Block) -> Block:
    return {**block, "optional": True}


def page(wanted: Wanted, whom: str, steps: Sequence[SimulatedStep], now: datetime, kept: str) -> dict[str, Any]:
    """What a page would say, to whom it would go and by what: it is sent when this is. `kept` comes back with it."""
    lines = [f"• {each}" for each in declared_words.will_be_paged(steps, now, SLACK)]
    blocks = [
        section(f"*{escape(f'{wanted.severity}: {wanted.title}')}*"),
        section("\n".join(["Who is paged, unless somebody acknowledges it before:", *lines])),
        context("It opens an incident with a number and a message: whoever is paged can acknowledge it."),
    ]
    view = {**modal(f"Page {whom}", blocks), "submit": plain("Page now", VIEW_TITLE), "private_metadata": kept}
    return {**view, "close": plain("Cancel", VIEW_TITLE), "callback_id": action_ids.INCIDENT_PAGE_NOW}


def opened(found: Overview, pages: Sequence[Queued], now: datetime) -> dict[str, Any]:
    """Its number, what comes next, and what has become of its pages so far."""
    head, *rest = declared_words.opened(found, pages, now, SLACK)
    refresh = button("Refresh", action_ids.INCIDENT_PAGES, found.incident.id)
    return modal(found.incident.label, [section("\n".join([f"*{head}*", *rest])), actions([refresh])])


def refused(why: str) -> dict[str, Any]:
    return modal(DECLARE, [section(escape(why))])


def declared(found: Overview, pages: Sequence[Queued], now: datetime) -> Card:
    """The same, where the modal is closed."""
    text, blocks = ("\n".join(declared_words.opened(found, pages, now, voice)) for voice in (TEXT, SLACK))
    return Card(text, (section(blocks),))
