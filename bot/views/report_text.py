"""What the texts of reports have in common: a message, its thread, Markdown, a terminal, one that did not come."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.findings.words import short_day
from bot.domain.reports.policy import Due
from bot.domain.reports.report import Report
from bot.domain.reports.said import Said
from bot.views.blocks import Block, section, sections
from bot.views.incident import plain_in
from bot.views.incident_words import Voice
from bot.views.text import escape, mention

MOST_THREAD = 3_900
"""Characters of one message: https://docs.slack.dev/reference/methods/chat.postMessage advises 4,000 at most."""
UNFOLDED = 3
COMPLETED_LATER = "It is completed here when it can be asked."
Part = tuple[str, Sequence[str]]
"""A heading, and the lines below it; without lines it is left out."""


def text_voice(report: Report) -> Voice:
    """Of a message's text without formatting, by the clock of the report."""
    return replace(plain_in(report.zone), data=escape, person=mention)


def missing(report: Report) -> list[str]:
    """What could not be asked, and why; each reason once."""
    reasons: dict[str, list[str]] = {}
    for name, reason in report.unavailable.items():
        reasons.setdefault(reason, []).append(name)
    said = [f"Unavailable: {', '.join(names)}: {reason}" for reason, names in reasons.items()]
    if not report.later or not said:
        return said
    return [f"{said[0]} {COMPLETED_LATER}"] if len(said) == 1 else [*said, COMPLETED_LATER]


def listed(name: str, lines: Sequence[str]) -> list[Block]:
    """A heading and its lines, so few a block that Slack folds none of it."""
    rest = sections([f"• {line}" for line in lines[UNFOLDED:]], UNFOLDED)
    return [section("\n".join([f"*{name}*", *(f"• {line}" for line in lines[:UNFOLDED])])), *rest]


def thread(parts: Iterable[Part]) -> str:
    """One message, sent without markup: an empty line sets the headings apart."""
    text = escape("\n\n".join("\n".join([name, *(f"• {line}" for line in said)]) for name, said in parts if said))
    return text if len(text) <= MOST_THREAD else f"{text[: text.rfind(chr(10), 0, MOST_THREAD)]}\n…"


def markdown(title: str, lead: Iterable[str], parts: Iterable[Part], drawn: Part = ("", ())) -> str:
    """`lead`: paragraphs before the first heading; `drawn`: lines in one width."""
    made = [f"# {title}", *(part for line in lead for part in ("", line))]
    for name, lines in parts:
        made += ["", f"## {name}", "", *(f"- {line}" for line in lines)] if lines else []
    name, lines = drawn
    made += ["", f"## {name}", "", "```", *lines, "```"] if lines else []
    return "\n".join([*made, ""])


def plain(marked: str) -> str:
    """Markdown for a terminal: headings without marks."""
    kept = (line for line in marked.splitlines() if line != "```")
    lines = [line.lstrip("#").lstrip() if line.startswith("#") else line for line in kept]
    return "\n".join([*lines, ""])


def skipped(called: str, due: Due, now: datetime, last: Said | None) -> str:
    """One line that says why there was none."""
    day = "" if due.at.date() == now.date() else f"{now:%a} {short_day(now.date())} "
    until = f"until {day}{now:%H:%M} UTC"
    away = f"Fireline was not at work from {due.at:%H:%M} UTC {until}, when it was of no use any more"
    before = "" if last is None else f" The last one is of {last.made_at:%a} {short_day(last.made_at.date())}."
    return f"No {called} for {due.day:%a} {short_day(due.day)}: {away}.{before}"
