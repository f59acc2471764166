"""An incident with what people did about it, for whoever asks by its number."""

from datetime import datetime

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.standing import Overview
from bot.views import response_words
from bot.views.blocks import Card, context, section
from bot.views.incident import PLAIN, SLACK
from bot.views.text import escape

MOST_ENTRIES = 10


def card(found: Overview, now: datetime) -> Card:
    incident = found.incident
    head = f"{incident.label} {incident.severity} {incident.headline.explanation}"
    texts, blocks = [head, f"It is {found.state}."], [section(f"*{escape(head)}*\nIt is {escape(found.state)}.")]
    line = response_words.line(found.standing, now, PLAIN)
    if line:
        texts.append(f"{line}.")
        blocks.append(context(response_words.line(found.standing, now, SLACK)))
    entries = found.timeline[-MOST_ENTRIES:]
    if entries:
        texts += [f"{entry.at:%Y-%m-%d %H:%M} UTC {entry.text}." for entry in entries]
        blocks.append(section("\n".join(f"{SLACK.clock(each.at, now)} {escape(each.text)}" for each in entries)))
    return Card(escape("\n".join(texts)), tuple(blocks))


def acknowledged(found: Overview, now: datetime) -> Card:
    """Who has it, in one line."""
    said = [f"{found.incident.label}: {response_words.line(found.standing, now, voice)}." for voice in (PLAIN, SLACK)]
    return Card(escape(said[0]), (section(said[1]),))


def taken(incident: Incident) -> Card:
    text = f"You have {incident.label} now."
    return Card(escape(text), (section(escape(text)),))


def outdated(why: str) -> Card:
    """To whoever pressed a button of an older state."""
    return Card(escape(why), (section(escape(why)),))


def watching(incident: Incident) -> Card:
    text = f"You watch {incident.label}: nothing was changed."
    return Card(escape(text), (section(escape(text)),))
