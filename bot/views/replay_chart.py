"""The timeline of a replay: one bar an incident, from its announcement to its resolution, worst on top."""

from datetime import datetime, timedelta

from bot.domain.counts import plural
from bot.domain.findings.severity import Severity
from bot.domain.findings.words import short_day
from bot.domain.reports.replay import Message, ReplayReport
from bot.views import svg
from bot.views.chart_axes import Frame, below, spread
from bot.views.chart_style import AT_RISK, BROKEN, GRID, LINE, MARGIN, TOP, WIDTH, card, png, words
from bot.views.charts import Chart

TITLE = "Messages by severity"
COLOURS = {Severity.P0: BROKEN, Severity.P1: AT_RISK, Severity.P2: "#6B6A70", Severity.P3: "#A9A8AC"}
"""Each severity also has rows of its own."""
ROW, MOST_ROWS = 13.0, 12
BAR = 7.0
SHORTEST = 1.5
"""A bar is seen, however short its incident was."""
LABEL = 64.0
GAP = 0.02
"""Of the whole span between two bars of one row, so that they do not look like one."""


def draw_timeline(report: ReplayReport) -> Chart:
    """A PNG. Of a severity with more incidents at a time than rows, the later ones share the last row."""
    return Chart("replay.png", f"{TITLE}, {_span(report)}", _words(report), png(timeline(report)))


def _span(report: ReplayReport) -> str:
    return f"{report.first:%Y-%m-%d} to {report.last:%Y-%m-%d}"


def timeline(report: ReplayReport) -> str:
    rows = {severity: _rows(report, severity) for severity in Severity}
    used = {severity: 1 + max((row for row, _ in placed), default=0) for severity, placed in rows.items()}
    height = sum(ROW * count + 8 for count in used.values())
    left = MARGIN + LABEL
    within = Frame(left, TOP + LINE, WIDTH - MARGIN - 4 - left, height, max(_day(report, report.last), 1e-6), 1.0)
    days = spread(within, _days(report))
    parts = [svg.polyline([(within.x(at), within.top), (within.x(at), within.bottom)], GRID, 1) for at, _ in days]
    top = within.top
    for severity in Severity:
        band = ROW * used[severity] + 8
        parts.append(words(f"{severity} ({len(rows[severity])})", MARGIN, top + band / 2, room=LABEL - 6))
        for row, message in rows[severity]:
            parts += _bar(within, report, message, top + 4 + ROW * (row + 0.5), COLOURS[severity])
        top += band
        if severity is not Severity.P3:
            parts.append(svg.polyline([(MARGIN, top), (WIDTH - MARGIN, top)], GRID, 1))
    return card(TITLE, within.bottom + 34, [*parts, *below(within, days)], [_span(report)])


def _rows(report: ReplayReport, severity: Severity) -> list[tuple[int, Message]]:
    """Each message of the severity with the first row that is free when it begins."""
    free: list[datetime] = []
    placed = []
    gap = GAP * (report.last - report.first)
    for message in (each for each in report.messages if each.severity is severity):
        begin, end = message.first.at, message.spans[-1][1] or report.last
        row = next((at for at, until in enumerate(free) if until <= begin), len(free))
        row = min(row, MOST_ROWS - 1)
        free[row : row + 1] = [max(end, begin) + gap]
        placed.append((row, message))
    return placed


def _bar(within: Frame, report: ReplayReport, message: Message, y: float, colour: str) -> list[str]:
    parts = []
    for begin, end in message.spans:
        start, stop = within.x(_day(report, begin)), within.x(_day(report, end or report.last))
        parts.append(svg.rect(start, y - BAR / 2, max(stop - start, SHORTEST), BAR, colour, fill_opacity=0.75))
    return [*parts, svg.circle(within.x(_day(report, message.first.at)), y, 2.4, colour)]


def _day(report: ReplayReport, moment: datetime) -> float:
    return (moment - report.first) / timedelta(days=1)


def _days(report: ReplayReport) -> list[tuple[float, str]]:
    """Its midnights."""
    length = _day(report, report.last)
    midnight = report.first.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight + timedelta(days=n) for n in range(int(length) + 2)]
    shown = [day for day in days if report.first <= day <= report.last] or [report.first]
    return [(_day(report, day), short_day(day)) for day in shown]


def _words(report: ReplayReport) -> str:
    counts = ", ".join(f"{sum(m.severity is s for m in report.messages)} {s}" for s in Severity)
    messages = plural(len(report.messages), "message")
    return f"Timeline of {messages} from {_span(report)}, by their worst severity: {counts}."
