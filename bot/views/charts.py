"""Trend charts as PNG; every chart says in words what it shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from bot.domain.counts import plural
from bot.domain.gate.folded import Folded
from bot.domain.health.trends import Trends
from bot.domain.health.usual import WEEKDAYS
from bot.domain.reports.objectives import SloReport
from bot.views import numbers, slo_words, storm_words
from bot.views.chart_budgets import draw_budgets, drawn
from bot.views.chart_figures import draw_heat, draw_success, worst_hours
from bot.views.chart_lines import draw_durations, usual_words
from bot.views.chart_storm import draw_storm
from bot.views.chart_style import png
from bot.views.text import escape, visible

Rates = Mapping[str, Sequence[float | None]]
"""A line's label -> its rate of each day; None: nothing to judge."""


@dataclass(frozen=True)
class Chart:
    """`alt_text` says what the picture shows, for those who cannot see it: at most 1,000 characters."""

    filename: str
    title: str
    alt_text: str
    png: bytes

    def upload(self) -> dict[str, str | bytes]:
        """One entry of files_upload_v2: https://docs.slack.dev/reference/methods/files.getUploadURLExternal"""
        words = {"title": visible(self.title), "alt_txt": visible(self.alt_text)}
        return {"content": self.png, "filename": self.filename, **words}


@dataclass(frozen=True)
class Picture:
    """A chart before it is drawn: `svg` is kept until it is sent."""

    filename: str
    title: str
    alt_text: str
    svg: str

    def drawn(self) -> Chart:
        return Chart(self.filename, self.title, self.alt_text, png(self.svg))


def draw(trends: Trends) -> list[Chart]:
    """Success by day, failures by hour of the week, and for one phase or processor its durations."""
    words = f"Failed runs of {trends.subject} by hour of the week"
    pictures = [
        success(trends.days, trends.success, trends.subject),
        Picture("failures-by-hour.png", words, _heat_words(trends), draw_heat(trends)),
    ]
    if trends.durations:
        pictures.append(Picture("durations.png", "Duration, 30 days", _duration_words(trends), draw_durations(trends)))
    return [each.drawn() for each in pictures]


def success(days: Sequence[date], rates: Rates, subject: str = "") -> Picture:
    title = f"Success, last {plural(len(days), 'day')}"
    return Picture("success.png", title, _success_words(days, rates), draw_success(days, rates, subject))


def budgets(report: SloReport) -> Picture | None:
    """What was left of the budgets after each of 30 days; None where nothing is known of any."""
    if all(each.spent is None for each in report.objectives):
        return None
    title = "What is left of the budgets, 30 days"
    said = (f"{slo_words.name(each)}: {slo_words.left_short(each)}" for each in drawn(report.objectives))
    alt_text = f"{title}. {'; '.join(said)}."[:1000]
    return Picture("budgets.png", title, alt_text, draw_budgets(report.objectives, report.as_of, title))


def storm(found: Folded, zone: ZoneInfo, more: Sequence[Folded] = ()) -> Picture:
    """Before and after; `more`: other storms, of which a line is said."""
    said = " ".join([storm_words.said(found, zone), *(f"{line}." for line in storm_words.others(more))])[:1000]
    title = f"Storm before and after, {found.incident.label}"
    return Picture("storm.png", title, said, draw_storm(found, zone, more))


def burn_down(report: SloReport) -> Chart | None:
    picture = budgets(report)
    return None if picture is None else picture.drawn()


def comment(trends: Trends) -> str:
    return f"Trends of {escape(trends.subject)}."


def _success_words(days: Sequence[date], rates: Rates) -> str:
    lines = []
    for label, of_days in rates.items():
        known = [rate for rate in of_days if rate is not None]
        said = f"{numbers.share(known[-1])} lately, lowest {numbers.share(min(known))}" if known else "no runs"
        lines.append(f"{label}: {said}")
    return f"Success rate by day over {plural(len(days), 'day')}. {'; '.join(lines)}."[:1000]


def _heat_words(trends: Trends) -> str:
    worst = worst_hours(trends.heat)[:1]
    said = [f"Most on {WEEKDAYS[day]} from {hour:02d}:00, {trends.heat[day][hour]:,.0f}" for day, hour in worst]
    peak = f"{said[0]} in an average week." if said else "None."
    return f"Failed runs of {trends.subject} by hour of the week ({trends.zone}), whatever their cause. {peak}"


def _duration_words(trends: Trends) -> str:
    last = trends.durations[-1].durations
    latest = f"Latest p50 {numbers.seconds(last.p50)}, p95 {numbers.seconds(last.p95)}."
    usual = usual_words(trends)
    return f"Duration of {trends.subject} by day. {latest}{f' {usual[:1].upper()}{usual[1:]}.' if usual else ''}"
