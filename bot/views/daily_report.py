"""The daily digest for Slack, the picture in 20 seconds, with the rest for its thread; and as text."""

from dataclasses import replace
from datetime import datetime

from bot.domain.findings.words import short_day
from bot.domain.health.model import HealthRequest
from bot.domain.reports.daily import MOST_NEEDS, DailyReport, Need
from bot.domain.reports.policy import Due
from bot.domain.reports.said import Said
from bot.views import action_ids, daily_words, health_words
from bot.views.blocks import Block, Card, Element, actions, button, context, header, preformatted, section
from bot.views.health import CIRCLES
from bot.views.incident import SLACK, plain_in
from bot.views.incident_words import Voice
from bot.views.text import escape, mention

MOST_THREAD = 3_900
"""Characters of one message: https://docs.slack.dev/reference/methods/chat.postMessage advises 4,000 at most."""


def card(report: DailyReport) -> Card:
    """What everybody sees. All clear, it has two lines."""
    circle = "⚪" if report.health is None else CIRCLES[report.health.overall]
    head = header(f"{circle} {daily_words.title(report)}")
    if report.all_clear:
        lines = daily_words.all_clear(report, SLACK)
        said = "\n".join([daily_words.title(report), *daily_words.all_clear(report, text_of(report))])
        return Card(said, (head, *(section(line) for line in lines)))
    blocks = [head, section(f"*{escape(daily_words.change(report))}*"), *_unavailable(report), *_needs(report)]
    blocks += [_listed("Deadlines", daily_words.tonight(report, SLACK))]
    blocks += [section(escape(daily_words.duty(report))), context(*map(escape, daily_words.quiet(report)))]
    drawn = daily_words.chart(report)
    blocks += [preformatted("\n".join(drawn))] if drawn else []
    return Card(_said(report), (*blocks, _tools()))


def text_of(report: DailyReport) -> Voice:
    """Of a message's text without formatting, by the clock of the digest."""
    return replace(plain_in(report.zone), data=escape, person=mention)


def _said(report: DailyReport) -> str:
    """What the card says, as text."""
    voice = text_of(report)
    lines = [daily_words.title(report), escape(daily_words.change(report))]
    lines += [escape(line) for line in missing(report)]
    lines += daily_words.needs(report, voice)[:MOST_NEEDS]
    lines += daily_words.tonight(report, voice)
    lines += map(escape, [daily_words.duty(report), *daily_words.quiet(report)])
    return "\n".join([*lines, *map(escape, daily_words.chart(report))])


def missing(report: DailyReport) -> list[str]:
    """What could not be asked, and why; each reason once."""
    reasons: dict[str, list[str]] = {}
    for name, reason in report.unavailable.items():
        reasons.setdefault(reason, []).append(name)
    later = " It is completed here when it can be asked." if report.later else ""
    said = [f"Unavailable: {', '.join(names)}: {reason}" for reason, names in reasons.items()]
    return [*said[:-1], f"{said[-1]}{later}"] if said else []


def _unavailable(report: DailyReport) -> list[Block]:
    return [section(f"⚪ {escape(line)}") for line in missing(report)]


def _needs(report: DailyReport) -> list[Block]:
    shown = report.needs[:MOST_NEEDS]
    if not shown:
        return [section("Nothing needs you." if not report.unavailable else "Nothing known needs you.")]
    more = len(report.needs) - len(shown)
    left = f" ({more} more in the thread)" if more else ""
    lines = [section(f"• {daily_words.need(report, each, SLACK)}", _button(report, each)) for each in shown]
    return [section(f"*Needs you today{left}*"), *lines]


def _button(report: DailyReport, each: Need) -> Element:
    """Read again at every click."""
    if each.incident is not None:
        incident = each.incident.incident
        return button(incident.label, action_ids.REPORT_INCIDENT, incident.id)
    if each.step is not None:
        day = next((one.data_date for one in report.tonight or () if each.step in one.left), None)
        return button("Impact", action_ids.REPORT_IMPACT, action_ids.encode_impact(each.step.processor, day))
    if each.reason is not None:
        known = {row.name for row in report.health.processors} if report.health is not None else set()
        name = each.reason.subject if each.reason.subject in known else None
        return button("Health", action_ids.REPORT_HEALTH, action_ids.encode(HealthRequest(processor=name)))
    return button("On call", action_ids.REPORT_ONCALL, "now")


def _listed(name: str, lines: list[str]) -> Block:
    return section("\n".join([f"*{name}*", *lines]))


def _tools() -> Block:
    value = action_ids.encode(HealthRequest())
    now = button("Health now", action_ids.REPORT_HEALTH, value)
    return actions([now, button("Trend", action_ids.HEALTH_TREND, value)])


def rest(report: DailyReport) -> str:
    """For the thread; "" where all has been said. It is sent without markup."""
    if report.all_clear:
        return ""
    lines: list[str] = []
    for name, said in _thread(report, plain_in(report.zone)):
        lines += [name, *(f"- {line}" for line in said)] if said else []
    text = escape("\n".join(lines))
    return text if len(text) <= MOST_THREAD else f"{text[: text.rfind(chr(10), 0, MOST_THREAD)]}\n…"


def _thread(report: DailyReport, voice: Voice) -> list[tuple[str, list[str]]]:
    health = report.health
    also = daily_words.others(report, voice)
    found = [("Also needs you", also)]
    if health is not None:
        real = health_words.real(health)
        complete = health_words.completeness(health)
        data = [f"Data: {complete}"] if complete else []
        found += [("Phases over 7 days", daily_words.phase_lines(health))]
        found += [("Last 7 days", [*data, *([real] if real else [])])]
        read = health_words.sources(health)
        found += [("Sources", [read] if read else []), ("Notes", health_words.notes(health)[:3])]
    return [*found, ("Silences and windows", daily_words.silences(report, voice))]


def markdown(report: DailyReport) -> str:
    """All of it, for mail, terminals and files."""
    voice = plain_in(report.zone)
    if report.all_clear:
        return "\n".join([f"# {daily_words.title(report)}", "", *daily_words.all_clear(report, voice)]) + "\n"
    parts = [f"# {daily_words.title(report)}", "", daily_words.change(report), *_paragraphs(missing(report))]
    found = [
        ("Needs you today", daily_words.needs(report, voice) or ["nothing known"]),
        ("Deadlines", daily_words.tonight(report, voice)),
        ("On call", [daily_words.duty(report).removeprefix("On call: ")]),
        ("Kept quiet", [line.removeprefix("Kept quiet: ") for line in daily_words.quiet(report)]),
    ]
    for name, lines in [*found, *_thread(report, voice)[1:]]:
        parts += ["", f"## {name}", "", *(f"- {line}" for line in lines)] if lines else []
    drawn = daily_words.chart(report)
    parts += ["", "## Success by day", "", "```", *drawn, "```"] if drawn else []
    return "\n".join([*parts, ""])


def plain(report: DailyReport) -> str:
    """The same for a terminal: headings without marks."""
    kept = (line for line in markdown(report).splitlines() if line != "```")
    lines = [line.lstrip("#").lstrip() if line.startswith("#") else line for line in kept]
    return "\n".join([*lines, ""])


def _paragraphs(lines: list[str]) -> list[str]:
    return [part for line in lines for part in ("", line)]


def skipped(due: Due, now: datetime, last: Said | None) -> str:
    """One line that says why there was none."""
    away = f"Fireline was not at work from {due.at:%H:%M} UTC until {now:%H:%M} UTC, when it was of no use any more"
    before = "" if last is None else f" The last one is of {last.made_at:%a} {short_day(last.made_at.date())}."
    return f"No daily digest for {due.day:%a} {short_day(due.day)}: {away}.{before}"
