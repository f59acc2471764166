"""An incident with what people did about it, for whoever asks by its number."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.counts import plural
from bot.domain.incidents.evidence import Checked
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.standing import Overview
from bot.domain.incidents.timeline import Entry
from bot.views import action_ids, incident_words, reprocessing_words, response_words
from bot.views.blocks import Block, Card, actions, button, context, section, sections
from bot.views.incident import PLAIN, SLACK, TEXT
from bot.views.incident_words import Voice
from bot.views.text import cut, escape, is_slack_id, mention

MOST_ENTRIES, MOST_WRONG, MOST_LISTED, MOST_TOLD = 10, 8, 15, 60
MOST_SAID = 150
PER_SECTION = 10
"""Lines: a section has 3,000 characters, and a time is a token."""


def card(found: Overview, now: datetime) -> Card:
    heads = (_head(found, TEXT), _head(found, SLACK))
    texts, blocks = (
        [heads[0], f"It is {found.state}."],
        [section(f"*{heads[1]}*\nIt is {escape(found.state)}.")],
    )
    if found.watched_until is not None:
        texts.append(f"{watched_text(found.watched_until, now, TEXT)}.")
        blocks.append(context(f"{watched_text(found.watched_until, now, SLACK)}."))
    line = response_words.line(found.standing, now, TEXT)
    if line:
        texts.append(f"{line}.")
        blocks.append(context(response_words.line(found.standing, now, SLACK)))
    entries = found.timeline[-MOST_ENTRIES:]
    if entries:
        texts += [f"{entry.at:%Y-%m-%d %H:%M} UTC {_said(entry)}." for entry in entries]
        blocks.append(section("\n".join(f"{SLACK.clock(each.at, now)} {_said(each)}" for each in entries)))
    return Card("\n".join(texts), tuple(blocks))


def watched_text(until: datetime, now: datetime, voice: Voice) -> str:
    return f"Back, {incident_words.watched(until, now, voice)}; then it counts as resolved"


def _head(found: Overview, voice: Voice) -> str:
    incident = found.incident
    said = incident_words.sentence(incident.headline, incident.headline.explanation, voice)
    return f"{incident.label} {found.severity} {said}"


def _said(entry: Entry) -> str:
    """Whoever did it comes first."""
    who, _, rest = entry.text.partition(" ")
    return f"{mention(who)} {escape(rest)}" if is_slack_id(who) else escape(entry.text)


def acknowledged(found: Overview, now: datetime) -> Card:
    """Who has it, in one line."""
    said = [f"{found.incident.label}: {response_words.line(found.standing, now, voice)}." for voice in (TEXT, SLACK)]
    return Card(said[0], (section(said[1]),))


def listing(found: Sequence[Overview], now: datetime) -> Card:
    """What is not resolved, the worst first, a line each."""
    if not found:
        return _line("No incident is open.")
    shown = found[:MOST_LISTED]
    more = [f"and {len(found) - MOST_LISTED} more"] if len(found) > MOST_LISTED else []
    said = [listed(each, now, SLACK) for each in shown]
    plain = [listed(each, now, PLAIN) for each in shown]
    return Card(escape("\n".join([*plain, *more])), (section("\n".join([*said, *more])),))


def listed(found: Overview, now: datetime, voice: Voice = PLAIN) -> str:
    incident, standing = found.incident, response_words.line(found.standing, now, voice)
    head = f"{incident.label} {found.severity}"
    said = incident_words.sentence(incident.headline, cut(incident.headline.explanation, MOST_SAID), voice)
    back = [] if found.watched_until is None else [f"back, {incident_words.watched(found.watched_until, now, voice)}"]
    return " · ".join([f"{head} {said}", *back, standing or found.state])


def timeline(found: Overview, now: datetime) -> Card:
    """All of it, the newest at the end; of a longer one the newest."""
    entries = found.timeline[-MOST_TOLD:]
    left_out = len(found.timeline) - len(entries)
    head = f"{found.incident.label}: {plural(len(found.timeline), 'line')}"
    lines = [f"{SLACK.clock(each.at, now)} {cut(_said(each), MOST_SAID)}" for each in entries]
    plain = [f"{each.at:%Y-%m-%d %H:%M} UTC {each.text}." for each in entries]
    older = (
        [context(f"{left_out} older ones are left out: `fireline incident show {found.incident.label}`")]
        if left_out
        else []
    )
    return Card(escape("\n".join([head, *plain])), (section(f"*{head}*"), *older, *sections(lines, PER_SECTION)))


def checked(found: Checked) -> Card:
    """What the data says; where all of it is right, one tap resolves the incident, else one shows the plan of its
    repair.
    """
    label, right = found.incident.label, found.dates - len(found.wrong)
    if not found.dates:
        return _line(f"{label} concerns no data date: there is nothing to check.")
    head = f"{label}: {right} of {plural(found.dates, 'date')} right."
    more = [f"and {len(found.wrong) - MOST_WRONG} more"] if len(found.wrong) > MOST_WRONG else []
    said = "\n".join([head, *(f"• {each}" for each in (*found.wrong[:MOST_WRONG], *more))])
    return Card(escape(said), (section(escape(said)), *_next(found)))


def _next(found: Checked) -> list[Block]:
    name, days = found.incident.id, found.repaired
    if not found.wrong:
        return [actions([button("Resolve", action_ids.INCIDENT_RESOLVE, name)])]
    if not days:
        return []
    return [actions([button(reprocessing_words.label(days), action_ids.REPROCESS_INCIDENT, name)])]


def taken(incident: Incident) -> Card:
    return _line(f"You have {incident.label} now.")


def graded(found: Overview) -> Card:
    """Into the thread: a person has said how bad it is."""
    response = None if found.standing is None else found.standing.response
    word = None if response is None else response.set_severity
    assert word is not None
    said = f"{found.incident.label} is {word.severity} now: {{}} set it, {escape(word.because)}"
    return Card(said.format(TEXT.person(word.by)), (section(said.format(SLACK.person(word.by))),))


def handed_over(incident: Incident, by: str) -> Card:
    """To whom it was handed."""
    return _line(f"{by} has handed {incident.label} over to you: {incident.headline.explanation}")


def _line(text: str) -> Card:
    return Card(escape(text), (section(escape(text)),))


def outdated(why: str) -> Card:
    """To whoever pressed a button of an older state."""
    return Card(escape(why), (section(escape(why)),))


def watching(incident: Incident) -> Card:
    text = f"You watch {incident.label}: nothing was changed."
    return Card(escape(text), (section(escape(text)),))
