"""What was found in shadow, in words: what would have paged, and what would have been posted."""

from typing import Any

from bot.domain.counts import plural
from bot.domain.incidents.incident import Incident
from bot.domain.reports.shadow import ShadowReport
from bot.views import incident_words
from bot.views.blocks import Card, context, sections
from bot.views.incident import PLAIN, SLACK
from bot.views.incident_words import Voice
from bot.views.text import cut, escape

MOST_LISTED, MOST_SAID, PER_SECTION = 20, 150, 10
SWITCH = "`shadow:` of policy.yaml says what is in shadow. What is taken out of it is judged as if new."


def totals(found: ShadowReport) -> str:
    """`3 findings of everything, would have paged 2 times and posted 3 messages; 1 from before went on`."""
    sent = f"would have paged {plural(len(found.pages), 'time')} and posted {plural(len(found.messages), 'message')}"
    of = f"of {found.policy.text}" if found.policy.is_on else "(nothing is in shadow now)"
    before = f"; {len(found.earlier)} from before went on" if found.earlier else ""
    return f"{plural(found.findings, 'finding')} {of}, {sent}{before}"


def lines(found: ShadowReport, voice: Voice = PLAIN) -> list[str]:
    """What would have paged first, then what would have been posted, the newest first in each; then what went on."""
    pages = {each.id for each in found.pages}
    ordered = sorted(found.messages, key=lambda each: (each.id in pages, each.announced_at), reverse=True)
    ordered += sorted(found.earlier, key=lambda each: each.announced_at, reverse=True)
    left = len(ordered) - MOST_LISTED
    return [*(_line(each, voice) for each in ordered[:MOST_LISTED]), *([f"and {left} more"] if left > 0 else [])]


def _line(incident: Incident, voice: Voice) -> str:
    said = incident_words.sentence(incident.headline, cut(incident.headline.explanation, MOST_SAID), voice)
    until = "still open" if incident.resolved_at is None else f"until {voice.date(incident.resolved_at)}"
    return f"S-{incident.number} {incident.severity} {said} · {voice.date(incident.announced_at)}, {until}"


def _title(found: ShadowReport) -> str:
    within = f"last {plural((found.until - found.since).days, 'day')}"
    if found.is_empty:
        return f"Nothing is in shadow, and nothing was in the {within}"
    return f"In shadow, {within}: {totals(found)}"


def text(found: ShadowReport) -> list[str]:
    return [f"{_title(found)}.", *lines(found), SWITCH]


def card(found: ShadowReport) -> Card:
    title, said = f"{_title(found)}.", lines(found, SLACK)
    return Card(escape("\n".join(text(found))), (*sections([escape(title), *said], PER_SECTION), context(SWITCH)))


def document(found: ShadowReport) -> dict[str, Any]:
    return {
        "shadow": found.policy.text,
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "findings": found.findings,
        "would_page": len(found.pages),
        "would_post": len(found.messages),
        "from_before": len(found.earlier),
        "incidents": [_facts(each) for each in found.incidents],
    }


def _facts(incident: Incident) -> dict[str, Any]:
    return {
        "name": f"S-{incident.number}" if incident.number else "note",
        "severity": incident.severity,
        "kind": incident.kind,
        "processors": list(incident.processors),
        "data_dates": [day.isoformat() for day in incident.data_dates],
        "explanation": incident.headline.explanation,
        "announced_at": incident.announced_at.isoformat(),
        "resolved_at": None if incident.resolved_at is None else incident.resolved_at.isoformat(),
    }
