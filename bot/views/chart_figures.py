"""The three trend charts."""

from typing import TYPE_CHECKING

from bot.domain.health.trends import Trends
from bot.views import numbers
from bot.views.chart_fonts import drawable
from bot.views.chart_style import BAD_TO_GOOD, INK_ON_DARK, INK_ON_LIGHT, NONE_TO_MANY, Style, new_figure, png, titled

if TYPE_CHECKING:
    pass

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def draw_success(trends: Trends, style: Style) -> bytes:
    """A grid: a row a phase (or the one asked about), a column a day, in each cell the share that succeeded."""
    from matplotlib.colors import LinearSegmentedColormap

    figure, axes = new_figure(style, height=0.8 + 0.36 * max(len(trends.success), 2))
    colours = LinearSegmentedColormap.from_list("bad to good", BAD_TO_GOOD).with_extremes(bad=style.grid)
    rates = [[float("nan") if rate is None else rate for rate in row] for row in trends.success.values()]
    axes.imshow(rates, aspect="auto", cmap=colours, vmin=0, vmax=1)
    for y, row in enumerate(trends.success.values()):
        for x, rate in enumerate(row):
            ink = style.faint if rate is None else _ink_on(colours(rate))
            axes.text(x, y, numbers.share(rate), ha="center", va="center", color=ink, fontsize=9, fontweight="bold")
    axes.set_xticks(range(len(trends.days)), [f"{day:%a} {day.day}" for day in trends.days])
    axes.tick_params(length=0)
    if len(trends.success) > 1:
        axes.set_yticks(range(len(trends.success)), [_short(name, 12) for name in trends.success], parse_math=False)
        titled(figure, "Runs that succeeded, expected failures left out", style)
    else:
        axes.set_yticks([])
        axes.set_xlabel("runs that succeeded, expected failures left out", color=style.faint, fontsize=9)
        titled(figure, f"{_short(trends.subject, 40)}: success", style)
    return png(figure)


def draw_heat(trends: Trends, style: Style) -> bytes:
    """Weekday by hour: failed runs in an average week, whatever their cause."""
    from matplotlib.colors import LinearSegmentedColormap, PowerNorm

    figure, axes = new_figure(style, height=2.5)
    most = max(1.0, *(max(row) for row in trends.heat))
    colours = LinearSegmentedColormap.from_list("none to many", NONE_TO_MANY)
    image = axes.imshow(trends.heat, aspect="auto", cmap=colours, norm=PowerNorm(0.5, vmin=0, vmax=most))
    axes.set_yticks(range(7), WEEKDAYS)
    axes.set_xticks(range(0, 24, 3), [f"{hour:02d}" for hour in range(0, 24, 3)])
    axes.tick_params(length=0)
    bar = figure.colorbar(image, ax=axes, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(colors=style.faint, labelsize=8, length=0)
    titled(figure, f"Failed runs an hour, average week, {trends.zone}", style)
    return png(figure)


def draw_durations(trends: Trends, style: Style) -> bytes:
    """p50 and p95 by day over the band of the baseline, from its p50 to its p95."""
    figure, axes = new_figure(style)
    days = [item.day for item in trends.durations]
    at = [(day - days[0]).days for day in days]
    if trends.baseline is not None:
        usual = trends.baseline
        axes.axhspan(usual.p50, usual.p95, color=style.band, alpha=0.6, label="baseline, p50 to p95")
    axes.plot(at, [d.durations.p95 for d in trends.durations], "--s", color=style.second, markersize=4, label="p95")
    axes.plot(at, [d.durations.p50 for d in trends.durations], color=style.first, marker="o", markersize=4, label="p50")
    step = max(1, len(days) // 5)
    axes.set_xticks(at[::step], [f"{day:%b} {day.day}" for day in days[::step]])
    axes.set_ylim(bottom=0)
    axes.grid(axis="y", color=style.grid, linewidth=0.8)
    axes.set_axisbelow(True)
    titled(figure, f"{_short(trends.subject, 32)}: seconds a run", style)
    legend = figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    for text in legend.get_texts():
        text.set_color(style.ink)
    return png(figure)


def _ink_on(colour: "tuple[float, float, float, float]") -> str:
    """Black or white, by the brightness of what is below it: https://www.w3.org/TR/AERT/#color-contrast"""
    red, green, blue, _ = colour
    return INK_ON_LIGHT if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else INK_ON_DARK


def _short(name: str, most: int) -> str:
    name = drawable(name)
    return name if len(name) <= most else f"{name[: most - 1]}…"
