"""What a processor feeds, as a message: the next deadline, what is affected, the worst by hop, then the buttons."""

from datetime import datetime, timedelta
from itertools import groupby

from bot.domain.evidence.freshness import Staleness
from bot.domain.impact.dependents import Affected
from bot.domain.impact.report import Impact
from bot.domain.verdicts.validation import ValidationRequest
from bot.views import action_ids, impact_words
from bot.views.blocks import Block, Card, Element, actions, button, context, header, section
from bot.views.health import date_token
from bot.views.text import escape

CIRCLES = {
    Staleness.NO_DATA: "🔴",
    Staleness.PARTIAL: "🔴",
    Staleness.OLD_TABLE: "🔴",
    Staleness.FRESH: "🟡",
    Staleness.UNKNOWN: "⚪",
}
"""With the word in each line: colour is never the only signal. What is listed and fresh is at risk."""

HALF_A_DAY = timedelta(hours=12)


def _clock(moment: datetime, now: datetime) -> str:
    """With its day where that may be another: https://docs.slack.dev/messaging/formatting-message-text#date-formatting"""
    shown = "{time}" if abs(moment - now) < HALF_A_DAY else "{date_short_pretty} {time}"
    return f"<!date^{int(moment.timestamp())}^{shown}|{impact_words.clock(moment, now)}>"


SLACK = impact_words.Voice(escape, _clock)
MOST_SHOWN = 12
MOST_NOTES = 4


def card(impact: Impact) -> Card:
    """The answer to /impact. Of many affected dependents the worst are shown; the CSV has all."""
    title = f"Impact of {impact.subject.processor.name}"
    shown = impact.listed.worst(MOST_SHOWN)
    blocks: list[Block] = [header(title), *_deadlines(impact)]
    blocks.append(section(impact_words.headline(impact, SLACK)))
    lines = [title, *impact_words.deadline_lines(impact), impact_words.headline(impact)]
    for hops, members in groupby(sorted(shown, key=lambda item: item.hops), key=lambda item: item.hops):
        listed = list(members)
        heading = "Direct" if hops == 1 else f"{hops} hops away"
        blocks.append(section("\n".join([f"*{heading}*", *(_line(item, impact.as_of) for item in listed)])))
        lines += ["", heading, *(_text(item, impact.as_of) for item in listed)]
    notes = _notes(impact, len(impact.listed) - len(shown))
    blocks.append(context(*map(escape, notes), f"{escape(_date_line(impact))}, as of {date_token(impact.as_of)}."))
    blocks.append(actions(_buttons(impact)))
    dated = f"{_date_line(impact)}, as of {impact.as_of:%Y-%m-%d %H:%M} UTC."
    return Card(escape("\n".join([*lines, "", *notes, dated])), tuple(blocks))


def _deadlines(impact: Impact) -> list[Block]:
    lines = impact_words.deadline_lines(impact, SLACK)
    return [section("\n".join(lines))] if lines else []


def _date_line(impact: Impact) -> str:
    return f"Data date {impact.data_date}, {impact_words.STATES[impact.subject.staleness]}"


def _line(item: Affected, now: datetime) -> str:
    said = " · ".join(impact_words.facts(item, now, SLACK))
    return f"{CIRCLES[item.staleness]} *{escape(item.processor.name)}* {said}"


def _text(item: Affected, now: datetime) -> str:
    return f"{item.processor.name}: {', '.join(impact_words.facts(item, now))}."


def _notes(impact: Impact, unlisted: int) -> list[str]:
    rest = f"{unlisted:,} more, none worse; the CSV has all." if unlisted else None
    gone = impact_words.left_out(impact)
    given = filter(None, [rest, impact_words.fine(impact), impact_words.upstream(impact), gone])
    return [*given, *impact.notes[:MOST_NOTES]]


def _buttons(impact: Impact) -> list[Element]:
    name, day = impact.subject.processor.name, impact.data_date
    value = action_ids.encode_impact(name, day)
    checked = action_ids.encode_validation(ValidationRequest(processor=name, first=day, last=day))
    return [
        button("Validate", action_ids.VALIDATE_OPEN, checked),
        button("Picture", action_ids.IMPACT_PICTURE, value),
        button("CSV", action_ids.IMPACT_CSV, value),
        button("Refresh", action_ids.IMPACT_REFRESH, value),
        button("Show the query", action_ids.IMPACT_QUERY, value),
    ]
