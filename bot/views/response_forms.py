"""The modals in which people say whom they hand an incident to, and why they reopen it."""

from collections.abc import Sequence
from typing import Any

from bot.domain.gate.declared import SEVERITIES
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.standing import Overview
from bot.views import action_ids
from bot.views.blocks import VIEW_TITLE, Block, Element, context, field, modal, option, plain, section, select
from bot.views.text import escape, mention

HAND_OVER, REOPEN, ADD = "Hand over", "Reopen", "Add to timeline"
ACTS = {
    action_ids.INCIDENT_HAND_OVER_TO: HAND_OVER,
    action_ids.INCIDENT_REOPEN_FOR: REOPEN,
    action_ids.INCIDENT_SEVERITY_AS: "Severity of",
}
PERSON, REASON, INCIDENT, SEVERITY = "person", "reason", "incident", "severity"
MOST_REASON = 500
MOST_WHY = 300
MOST_QUOTED = 500
"""Characters, of what Slack keeps with a view: 3,000 at most, with each as long as six where it is escaped."""


def hand_over(incident: Incident, grant: str, people: Sequence[str]) -> dict[str, Any]:
    """`people` are the names of oncall.yaml."""
    choice = select("Who has it from now on", PERSON, [option(name, name) for name in people])
    said = context("They have it at once; the acknowledgement begins anew.")
    return _form(incident, grant, action_ids.INCIDENT_HAND_OVER_TO, [field(PERSON, "Person", choice), said])


def reopen(incident: Incident, grant: str) -> dict[str, Any]:
    said = context("It begins a new episode: whoever is on call is paged from step 1.")
    return _form(incident, grant, action_ids.INCIDENT_REOPEN_FOR, [field(REASON, "Why", reason()), said])


def severity(found: Overview, grant: str, said: str = "", why: str = "") -> dict[str, Any]:
    """Another severity than it has, and why. `said` and `why` are what was written already."""
    others = [each for each in SEVERITIES if each is not found.severity]
    options = {each: option(f"{each}, {'higher' if each < found.severity else 'lower'}", each) for each in others}
    chosen = next((options[each] for each in others if each == said), None)
    choice: Element = {"type": "static_select", "action_id": SEVERITY, "options": list(options.values())}
    if chosen is not None:
        choice = {**choice, "initial_option": chosen}
    written = {**reason(), "max_length": MOST_WHY, **({"initial_value": why[:MOST_WHY]} if why else {})}
    paged = found.standing.coming[0].people if found.standing is not None and found.standing.coming else ()
    stops = f"the pages to {' and '.join(map(mention, paged))} stop, and " if paged else ""
    told = context(
        f"It is {found.severity}. Higher: an acknowledgement ends, and paging begins at step 1. Lower: {stops}the "
        "policy of the smaller severity counts, until the facts show more than they do now."
    )
    blocks = [field(SEVERITY, "Severity", choice), field(REASON, "Why", written), told]
    return _form(found.incident, grant, action_ids.INCIDENT_SEVERITY_AS, blocks)


def add(found: Sequence[Overview], quoted: str, kept: str) -> dict[str, Any]:
    """Which incident's timeline; `kept` comes back with the answer."""
    if not found:
        return modal(ADD, [section("No incident is open.")])
    names = [(each.incident.label, f"{each.incident.label} {each.severity} {_name(each)}") for each in found]
    choice = select("One that is open", INCIDENT, [option(label, value) for value, label in names])
    blocks = [field(INCIDENT, "Incident", choice), context(escape(quoted) or "(no text)")]
    view = modal(ADD, blocks)
    submit = plain("Add", VIEW_TITLE)
    return {**view, "submit": submit, "callback_id": action_ids.INCIDENT_ADD_TO, "private_metadata": kept}


def _name(found: Overview) -> str:
    return found.incident.headline.explanation


def added(incident: Incident) -> dict[str, Any]:
    return modal(ADD, [section(f"It is in the timeline of {incident.label}.")])


def reason() -> Element:
    return {"type": "plain_text_input", "action_id": REASON, "max_length": MOST_REASON}


def _form(incident: Incident, grant: str, callback: str, blocks: list[Block]) -> dict[str, Any]:
    """`grant` is what the button said: it is read again when the form is sent."""
    act = ACTS[callback]
    submit = "Set" if callback == action_ids.INCIDENT_SEVERITY_AS else act
    view = modal(f"{act} {incident.label}", [context(escape(incident.headline.explanation)), *blocks])
    return {**view, "submit": plain(submit, VIEW_TITLE), "callback_id": callback, "private_metadata": grant}
