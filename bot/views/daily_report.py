"""The daily digest for Slack, the picture in 20 seconds, with the rest for its thread; and as text."""

from bot.domain.health.model import HealthRequest
from bot.domain.reports.daily import MOST_NEEDS, DailyReport, Need
from bot.views import action_ids, daily_words, health_words, report_text
from bot.views.blocks import Block, Card, Element, actions, button, context, header, preformatted, section
from bot.views.health import CIRCLES
from bot.views.incident import SLACK, plain_in
from bot.views.incident_words import Voice
from bot.views.text import escape


def card(report: DailyReport) -> Card:
    """What everybody sees. All clear, it has two lines."""
    circle = "⚪" if report.health is None else CIRCLES[report.health.overall]
    head = header(f"{circle} {daily_words.title(report)}")
    if report.all_clear:
        lines = daily_words.all_clear(report, SLACK)
        said = "\n".join([daily_words.title(report), *daily_words.all_clear(report, report_text.text_voice(report))])
        return Card(said, (head, *(section(line) for line in lines)))
    blocks = [head, section(f"*{escape(daily_words.change(report))}*"), *_unavailable(report), *_needs(report)]
    blocks += [_listed("Deadlines", daily_words.tonight(report, SLACK))]
    blocks += [section(escape(daily_words.duty(report))), context(*map(escape, daily_words.quiet(report)))]
    drawn = daily_words.chart(report)
    blocks += [preformatted("\n".join(drawn))] if drawn else []
    return Card(_said(report), (*blocks, _tools()))


def _said(report: DailyReport) -> str:
    """What the card says, as text."""
    voice = report_text.text_voice(report)
    lines = [daily_words.title(report), escape(daily_words.change(report))]
    lines += [escape(line) for line in report_text.missing(report)]
    lines += daily_words.needs(report, voice)[:MOST_NEEDS] or [escape(daily_words.at_rest(report))]
    lines += daily_words.tonight(report, voice)
    lines += map(escape, [daily_words.duty(report), *daily_words.quiet(report)])
    return "\n".join([*lines, *map(escape, daily_words.chart(report))])


def _unavailable(report: DailyReport) -> list[Block]:
    return [section(f"⚪ {escape(line)}") for line in report_text.missing(report)]


def _needs(report: DailyReport) -> list[Block]:
    shown = report.needs[:MOST_NEEDS]
    if not shown:
        return [section(escape(daily_words.at_rest(report)))]
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
    return "" if report.all_clear else report_text.thread(_thread(report, plain_in(report.zone)))


def _thread(report: DailyReport, voice: Voice) -> list[tuple[str, list[str]]]:
    health = report.health
    also = daily_words.others(report, voice)
    found = [("Also needs you", also)]
    if health is not None:
        found += [(f"Also why it is {health.overall}", daily_words.also(report, voice))]
        real = health_words.real(health)
        complete = health_words.completeness(health)
        data = [f"Data: {complete}"] if complete else []
        found += [(f"{'Phases' if health.phases else 'Processors'} over 7 days", daily_words.phase_lines(health))]
        found += [("Not as usual", daily_words.moved(report, voice))]
        found += [("Service levels, 30 days", daily_words.levels(report, voice))]
        found += [("Last 7 days", [*data, *([real] if real else [])])]
        read = health_words.sources(health)
        found += [("Sources", [read] if read else []), ("Notes", health_words.notes(health)[:3])]
    found += [("Silences and windows", daily_words.silences(report, voice))]
    return [*found, ("Fireline itself, 24 hours", daily_words.own(report))]


def markdown(report: DailyReport) -> str:
    """All of it, for mail, terminals and files."""
    voice = plain_in(report.zone)
    if report.all_clear:
        return "\n".join([f"# {daily_words.title(report)}", "", *daily_words.all_clear(report, voice)]) + "\n"
    found = [
        ("Needs you today", daily_words.needs(report, voice) or [daily_words.at_rest(report)]),
        ("Deadlines", daily_words.tonight(report, voice)),
        ("On call", [daily_words.duty(report).removeprefix("On call: ")]),
        ("Kept quiet", [line.removeprefix("Kept quiet: ") for line in daily_words.quiet(report)]),
        *_thread(report, voice)[1:],
    ]
    lead = [daily_words.change(report), *report_text.missing(report)]
    drawn = ("Success by day", daily_words.chart(report))
    return report_text.markdown(daily_words.title(report), lead, found, drawn)
