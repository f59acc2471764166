"""What can be done about an incident, as buttons behind its evidence: each first shows what it would do."""

from collections.abc import Sequence

from bot.domain.findings.hands import Hand, Offer
from bot.domain.incidents.incident import Incident
from bot.domain.reprocessing.repair import Circuit
from bot.domain.verdicts.validation import ValidationRequest
from bot.views import action_ids
from bot.views.blocks import Block, Card, Element, actions, button, context, option, section, select
from bot.views.incident import PLAIN, SLACK
from bot.views.incident_words import Voice
from bot.views.text import escape

LABELS = {
    Hand.RESTART: "Restart {}",
    Hand.TIMEOUT: "Raise the limit of {}",
    Hand.CANCEL: "End the execution of {}",
    Hand.MAINTENANCE: "Run {}",
    Hand.CLEAR_MARKER: "Clear the marker of {}",
    Hand.ROLLBACK: "Roll {} back",
    Hand.OPEN_CIRCUIT: "Stop repairs of {}",
}
MOST_CIRCUITS = 20
ALONE = "No hand of Fireline fits: it is to be looked into by hand."


def row(incident: Incident, offers: Sequence[Offer]) -> list[Block]:
    """Nothing where nothing is to be done."""
    if not offers or not incident.is_open:
        return []
    if all(each.hand is Hand.BY_HAND for each in offers):
        return [context(ALONE)]
    reruns = [_rerun(incident, each) for each in offers if each.hand in (Hand.RERUN, Hand.FALLBACK)][:2]
    others = [
        option(LABELS[each.hand].format(each.about), action_ids.encode_hand(each.hand, incident.id))
        for each in offers
        if each.hand in LABELS
    ]
    more = [select("What else can be done…", action_ids.INCIDENT_HAND, others)] if others else []
    return [actions([*reruns, *more])]


def _rerun(incident: Incident, offer: Offer) -> Element:
    """A stand-in is another processor than the incident's."""
    if offer.hand is Hand.RERUN:
        return button("Rerun…", action_ids.REPROCESS_INCIDENT, incident.id)
    asked = ValidationRequest(processor=offer.about, first=offer.data_date, last=offer.data_date)
    return button(f"Run {offer.about} instead…", action_ids.REPROCESS_PLAN, action_ids.encode_validation(asked))


def circuit_opened(circuit: Circuit) -> Card:
    text = f"{circuit.opened_by} stopped repairs of {circuit.processor}: {circuit.because}"
    close = button("Let repairs go on", action_ids.CIRCUIT_CLOSE, circuit.processor)
    return Card(escape(f"{text}."), (section(f":warning: {escape(text)}."), actions([close])))


def circuit_closed(processor: str, by: str) -> Card:
    text = f"{by} lets repairs of {processor} go on."
    return Card(escape(text), (section(escape(text)),))


def circuits(found: Sequence[Circuit]) -> Card:
    """Those that are open, the newest first, each with the button that closes it."""
    shown = sorted(found, key=lambda each: each.opened_at, reverse=True)[:MOST_CIRCUITS]
    text = [escape(line) for line in circuit_lines(shown, PLAIN)]
    more = len(found) - len(shown)
    blocks = [block for each in shown for block in _open(each)] or [section(text[0])]
    return Card("\n".join(text), (*blocks, *([context(f"and {more:,} more")] if more else [])))


def circuit_lines(found: Sequence[Circuit], voice: Voice) -> list[str]:
    return [_line(each, voice) for each in found] or ["No circuit is open: whatever is planned may run."]


def _line(circuit: Circuit, voice: Voice) -> str:
    by, name = voice.data(circuit.opened_by), voice.data(circuit.processor)
    return f"{name}: repairs are stopped by {by} {voice.date(circuit.opened_at)}: {voice.data(circuit.because)}"


def _open(circuit: Circuit) -> list[Block]:
    close = button(f"Let repairs of {circuit.processor} go on", action_ids.CIRCUIT_CLOSE, circuit.processor)
    return [section(_line(circuit, SLACK)), actions([close])]
