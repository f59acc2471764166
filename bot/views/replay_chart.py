"""The timeline of a replay: one bar an incident, from its announcement to its resolution, worst on top."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.domain.counts import plural
from bot.domain.findings.severity import Severity
from bot.domain.reports.replay import Message, ReplayReport
from bot.views.chart_style import AT_RISK, BROKEN, CARD, Style, load_matplotlib, new_figure, png, titled
from bot.views.charts import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = {Severity.P0: BROKEN, Severity.P1: AT_RISK, Severity.P2: "#6B6A70", Severity.P3: "#A9A8AC"}
"""Each severity also has rows of its own."""
ROW, MOST_ROWS = 0.16, 12
GAP = 0.02
"""Of the whole span between two bars of one row, so that they do not look like one."""


def draw_timeline(report: ReplayReport, style: Style = CARD) -> Chart:
    """A PNG. Of a severity with more incidents at a time than rows, the later ones share the last row."""
    load_matplotlib()
    rows = {severity: _rows(report, severity) for severity in Severity}
    used = {severity: max((row for row, _ in placed), default=0) + 1 for severity, placed in rows.items()}
    figure, axes = new_figure(style, height=1.1 + ROW * sum(used.values()))
    top, ticks = 0, []
    for severity in Severity:
        for row, message in rows[severity]:
            _bar(axes, report, message, top + row, COLOURS[severity])
        ticks.append((top + (used[severity] - 1) / 2, f"{severity} ({len(rows[severity])})"))
        top += used[severity]
        if severity is not Severity.P3:
            axes.axhline(top - 0.5, color=style.grid, linewidth=0.8)
    axes.set_ylim(top - 0.4, -0.6)
    axes.set_yticks([at for at, _ in ticks], [label for _, label in ticks])
    _days(axes, report, style)
    title = f"Messages by severity, {report.first:%Y-%m-%d} to {report.last:%Y-%m-%d}"
    titled(figure, title, style)
    return Chart("replay.png", title, _words(report), png(figure))


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


def _bar(axes: "Axes", report: ReplayReport, message: Message, row: float, colour: str) -> None:
    for begin, end in message.spans:
        start, length = _day(report, begin), _day(report, end or report.last) - _day(report, begin)
        axes.barh(row, length, left=start, height=0.55, color=colour, alpha=0.75)
    begun = _day(report, message.first.at)
    axes.plot([begun], [row], marker="o", markersize=4, color=colour, markeredgewidth=0)


def _day(report: ReplayReport, moment: datetime) -> float:
    return (moment - report.first) / timedelta(days=1)


def _days(axes: "Axes", report: ReplayReport, style: Style) -> None:
    length = max(_day(report, report.last), 1e-6)
    axes.set_xlim(-0.01 * length, 1.01 * length)
    midnight = report.first.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight + timedelta(days=n) for n in range(int(length) + 2)]
    shown = [day for day in days if report.first <= day <= report.last] or [report.first]
    shown = shown[:: max(1, len(shown) // 6)]
    axes.set_xticks([_day(report, day) for day in shown], [f"{day:%b} {day.day}" for day in shown])
    axes.grid(axis="x", color=style.grid, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)


def _words(report: ReplayReport) -> str:
    counts = ", ".join(f"{sum(m.severity is s for m in report.messages)} {s}" for s in Severity)
    span = f"{report.first:%Y-%m-%d} to {report.last:%Y-%m-%d}"
    return f"Timeline of {plural(len(report.messages), 'message')} from {span}, by their worst severity: {counts}."
