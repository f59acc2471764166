"""What a processor feeds, as a message: the worst dependents by hop, deadlines, what stands in for the rest.

`short_blocks` and `short_lines` say the same in brief, to stand on an incident.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from bot.domain.evidence.freshness import Staleness
from bot.domain.impact.dependents import Affected
from bot.domain.impact.report import Impact
from bot.views import action_ids, impact_words
from bot.views.blocks import Block, Card, Element, actions, button, context, header, section
from bot.views.health import date_token
from bot.views.text import escape

CIRCLES = {Staleness.NO_DATA: "🔴", Staleness.OLD_TABLE: "🔴", Staleness.FRESH: "🟢", Staleness.UNKNOWN: "⚪"}
"""Always beside the word: colour is never the only signal."""


def _clock(moment: datetime) -> str:
    """https://docs.slack.dev/messaging/formatting-message-text#date-formatting"""
    return f"<!date^{int(moment.timestamp())}^{{time}}|{moment:%H:%M} UTC>"


SLACK = impact_words.Voice(escape, _clock)
MOST_SHOWN = 12
MOST_IN_SHORT = 5
MOST_NOTES = 4


def card(impact: Impact) -> Card:
    """The answer to /impact. Of many dependents the worst are shown; the CSV has all."""
    title = f"Impact of {impact.subject.processor.name}"
    blocks: list[Block] = [header(title), context(f"{escape(_date_line(impact))}, as of {date_token(impact.as_of)}")]
    blocks += _summary(impact)
    shown, rest = _worst(impact, MOST_SHOWN)
    lines = [title, f"{_date_line(impact)}, as of {impact.as_of:%Y-%m-%d %H:%M} UTC.", *_summary_lines(impact)]
    for hops, members in groupby(sorted(shown, key=lambda item: item.hops), key=lambda item: item.hops):
        listed = list(members)
        heading = _hop(hops, impact)
        blocks.append(section("\n".join([f"*{heading}*", *map(_line, listed)])))
        lines += ["", heading, *map(_text, listed)]
    if rest:
        blocks.append(context(rest))
        lines += ["", rest]
    notes = _notes(impact)
    blocks += [context(*map(escape, notes)), actions(_buttons(impact))]
    return Card(escape("\n".join([*lines, "", *notes])), tuple(blocks))


def short_blocks(impact: Impact) -> list[Block]:
    """At most three blocks: how much depends on it, what is due next, and the worst by name."""
    shown, rest = _worst(impact, MOST_IN_SHORT)
    listed = [_line(item) for item in shown] + ([f"_{rest}_"] if rest else [])
    return _summary(impact) + ([section("\n".join(listed))] if listed else [])


def short_lines(impact: Impact) -> list[str]:
    """The same as text, not escaped."""
    shown, rest = _worst(impact, MOST_IN_SHORT)
    return [*_summary_lines(impact), *map(_text, shown), *([rest] if rest else [])]


def _summary(impact: Impact) -> list[Block]:
    first, *deadlines = _summary_lines(impact, SLACK)
    return [section(first), section("\n".join(deadlines))] if deadlines else [section(first)]


def _summary_lines(impact: Impact, voice: impact_words.Voice = impact_words.PLAIN) -> list[str]:
    return [impact_words.headline(impact, voice), *impact_words.deadline_lines(impact, voice)]


def _worst(impact: Impact, most: int) -> tuple[tuple[Affected, ...], str]:
    """The worst dependents, and a line for the others."""
    rest = len(impact.dependents) - most
    return impact.dependents.worst(most), f"and {rest:,} more, none worse; the CSV has all" if rest > 0 else ""


def _date_line(impact: Impact) -> str:
    return f"Data date {impact.data_date}, {impact_words.STALE[impact.subject.staleness]}"


def _hop(hops: int, impact: Impact) -> str:
    count = len(impact.dependents.at(lambda place: place.hops == hops))
    return f"Direct dependents: {count:,}" if hops == 1 else f"{hops} hops away: {count:,}"


def _line(item: Affected) -> str:
    said = " · ".join(impact_words.facts(item, SLACK))
    return f"{CIRCLES[item.staleness]} *{escape(item.processor.name)}*\n{said}"


def _text(item: Affected) -> str:
    return f"{item.processor.name}: {', '.join(impact_words.facts(item))}."


def _notes(impact: Impact) -> list[str]:
    gone = impact_words.left_out(impact)
    return [impact_words.upstream(impact), *_given(gone), *impact.notes[:MOST_NOTES]]


def _given(line: str | None) -> Iterable[str]:
    return () if line is None else (line,)


def _buttons(impact: Impact) -> list[Element]:
    value = action_ids.encode_impact(impact.subject.processor.name, impact.data_date)
    return [
        button("Picture", action_ids.IMPACT_PICTURE, value),
        button("CSV", action_ids.IMPACT_CSV, value),
        button("Refresh", action_ids.IMPACT_REFRESH, value),
    ]
