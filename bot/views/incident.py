"""An incident as a message: how bad, what is wrong, since when, whom it blocks, what to do."""

from bot.domain.findings.severity import Severity
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.notice import Notice
from bot.views import numbers
from bot.views.blocks import Block, Card, context, fields, header, section
from bot.views.health import date_token
from bot.views.text import escape

CIRCLES = {Severity.P0: "🔴", Severity.P1: "🟠", Severity.P2: "🟡", Severity.P3: "⚪"}
"""Always beside the word: colour is never the only signal."""
MOST_ROOTS, MOST_BLOCKED, MOST_DATES = 5, 8, 4


def card(notice: Notice) -> Card:
    """The message of an incident as it stands."""
    title, explanation = _title(notice), notice.decision.finding.explanation
    figures = _figures(notice)
    blocks: list[Block] = [header(title), section(escape(explanation))]
    since = ("Since", date_token(notice.decision.finding.since))
    blocks.append(fields([f"*{name}*\n{value}" for name, value in (since, *((n, escape(v)) for n, v in figures))]))
    blocked = _blocked(notice)
    if blocked:
        blocks.append(section(f"*{escape(blocked)}*"))
    reasons = _reasons(notice)
    blocks.append(context(*map(escape, reasons)))
    lines = [title, explanation, f"Since: {notice.decision.finding.since:%Y-%m-%d %H:%M} UTC"]
    lines += [f"{name}: {value}" for name, value in figures]
    return Card(escape("\n".join([*lines, *([blocked] if blocked else []), *reasons])), tuple(blocks))


def thread_card(notice: Notice) -> Card:
    """What an update says below the message; an end too, where the message cannot be changed."""
    text = f"{_mark(notice)}: {notice.decision.finding.explanation}"
    why = _sentence(notice.decision.because)
    return Card(escape(f"{text}\n{why}"), (section(escape(text)), context(escape(why))))


def _title(notice: Notice) -> str:
    incident = notice.incident
    kind = _words(incident.kind)
    what = f"{kind}: {incident.root}" if len(incident.processors) == 1 else f"{kind}: {_count(incident)}"
    flapping = " (flapping)" if incident.flapping else ""
    return f"{_mark(notice)} · {what}{flapping}"


def _mark(notice: Notice) -> str:
    return "✅ Resolved" if notice.resolved else f"{CIRCLES[notice.decision.severity]} {notice.decision.severity}"


def _count(incident: Incident) -> str:
    return f"{incident.root} and {len(incident.processors) - 1:,} more"


def _figures(notice: Notice) -> list[tuple[str, str]]:
    incident = notice.incident
    figures = [("Root", _cut(incident.processors, MOST_ROOTS))]
    if incident.data_dates:
        figures.append(("Data date", _cut([str(day) for day in incident.data_dates], MOST_DATES)))
    figures.append(("Root cause", _words(notice.decision.finding.root_cause)))
    if notice.resolved:
        figures.append(("Resolved", "nothing of it holds any more"))
    else:
        figures.append(("Next step", _words(notice.decision.finding.action)))
    return figures


def _blocked(notice: Notice) -> str:
    if not notice.impact or notice.resolved:
        return ""
    return f"Blocks {numbers.plural(len(notice.impact), 'processor')}: {_cut(notice.impact, MOST_BLOCKED)}"


def _reasons(notice: Notice) -> list[str]:
    decision = notice.decision
    severity = f"{decision.severity} because {decision.finding.severity_reason}."
    return [_sentence(decision.because), severity, f"Incident {notice.incident.id}"]


def _cut(names: "tuple[str, ...] | list[str]", most: int) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def _words(name: str) -> str:
    return _sentence(name.replace("_", " ")).removesuffix(".")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
