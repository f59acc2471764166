"""A draft of an incident's postmortem in Markdown: what is known is written, what only people know is asked."""

import re
from collections.abc import Iterator
from datetime import datetime

from bot.domain.findings.finding import Finding
from bot.domain.findings.words import called, what
from bot.domain.findings.words import cause as cause_of
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.retrospect import IncidentMemory, Past, Retrospect
from bot.views import incident_memory, incident_words, numbers
from bot.views.text import one_line, visible

ASKED = "*To be written.*"
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")
MOST_ERROR = 2_000


def filename(incident: Incident) -> str:
    return f"{incident.label}-postmortem.md"


def markdown(found: Retrospect) -> str:
    """Times are UTC."""
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Retrospect) -> Iterator[str]:
    incident, headline = found.incident, found.incident.headline
    yield f"# {incident.label}: {_plain(called(headline))}"
    yield ""
    yield f"A draft of {_time(found.now)}. Severity {incident.severity}: {_plain(incident.severity_reason)}."
    yield ""
    yield from _episodes(found)
    yield from _impact(incident)
    yield from _timeline(found)
    yield from _cause(incident)
    yield from _steps(found)
    yield from _similar(found.similar, found.memory)


def _episodes(found: Retrospect) -> Iterator[str]:
    yield "| trouble began | opened | detected after | acknowledged after | resolved after |"
    yield "|---|---|---|---|---|"
    for each in found.episodes:
        spans = [
            _span(each.troubled_at, each.began_at),
            _span(each.began_at, each.acknowledged_at),
            _span(each.began_at, each.resolved_at),
        ]
        troubled = numbers.NOTHING if each.troubled_at is None else _time(each.troubled_at)
        yield f"| {troubled} | {_time(each.began_at)} | {' | '.join(spans)} |"
    yield ""


def _impact(incident: Incident) -> Iterator[str]:
    days = ", ".join(str(day) for day in incident.data_dates) or "none"
    yield "## Impact"
    yield ""
    yield f"- What failed: {', '.join(map(_plain, incident.processors)) or _plain(incident.headline.root)}"
    yield f"- Data dates: {days}"
    yield f"- Blocked: {', '.join(map(_plain, incident.impact)) or 'nobody that is known'}"
    yield f"- Who noticed, and what it cost: {ASKED}"
    yield ""


def _timeline(found: Retrospect) -> Iterator[str]:
    yield "## Timeline"
    yield ""
    yield "| UTC | what |"
    yield "|---|---|"
    yield f"| {_time(found.incident.headline.since)} | The trouble began |"
    for entry in found.timeline:
        yield f"| {_time(entry.at)} | {_plain(entry.text)} |"
    yield ""


def _cause(incident: Incident) -> Iterator[str]:
    headline = incident.headline
    yield "## Root cause"
    yield ""
    explanation = _plain(headline.explanation).rstrip(".")
    cause = "" if headline.declared else f" Fireline calls it {cause_of(headline.root_cause)}."
    yield f"{explanation}.{cause}"
    if headline.error:
        yield ""
        yield from (f"    {line}" for line in visible(headline.error)[:MOST_ERROR].splitlines())
    yield ""
    yield ASKED
    yield ""


def _steps(found: Retrospect) -> Iterator[str]:
    incident, headline = found.incident, found.incident.headline
    first = found.episodes[0] if found.episodes else None
    after = "" if first is None else f", {_span(first.troubled_at, first.began_at)} after it began"
    last = found.episodes[-1] if found.episodes else None
    end = "It is not resolved." if last is None or last.resolved_at is None else _end(found)
    known = {
        "Discover": _discovered(headline, after),
        "Triage": f"{incident.severity}, because {_plain(incident.severity_reason)}.",
        "Investigate": f"The evidence: `/incident {incident.label}`, *Evidence*.",
        "Validate": f"`/validate {_plain(headline.root)}` judges each date." if headline.of_processor else "",
        "Fix": f"Recommended: {incident_words.step(headline)}.",
        "Verify": end,
        "Prevent": "",
    }
    for name, said in known.items():
        yield f"## {name}"
        yield ""
        yield f"{said} {ASKED}".strip()
        yield ""


def _discovered(headline: Finding, after: str) -> str:
    if headline.declared:
        return f"{_plain(headline.by)} declared it."
    return f"By Fireline, as {headline.kind.value.replace('_', ' ')}{after}."


def _end(found: Retrospect) -> str:
    ends = [each.text for each in found.timeline if each.kind.name == "RESOLVED"]
    return f"{_plain(ends[-1])}." if ends else ""


def _similar(similar: tuple[Past, ...], memory: IncidentMemory | None) -> Iterator[str]:
    if not similar:
        return
    yield "## Like it before"
    yield ""
    if memory is not None:
        yield f"{_plain(incident_memory.sentence(memory))}."
        yield ""
    for each in similar:
        yield f"- {past(each)}"
    yield ""


def past(each: Past) -> str:
    """One incident like it, in one line of Markdown."""
    incident = each.incident
    head = (
        f"{incident.label} of {incident.announced_at:%Y-%m-%d}, {incident.severity}: {_plain(what(incident.headline))}"
    )
    if each.ended_at is None:
        return f"{head}; it was not over"
    return f"{head}; after {numbers.span(each.ended_at - incident.announced_at)}: {_plain(each.ended)}"


def _span(begin: datetime | None, end: datetime | None) -> str:
    return numbers.NOTHING if begin is None or end is None else numbers.span(end - begin)


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _plain(text: str) -> str:
    """Data is text: nothing in it is markup."""
    return _MARKUP.sub(r"\\\1", visible(one_line(text)))
