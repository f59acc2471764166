"""A health report as tables that a person reads in a terminal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from bot.domain.health.model import Colour, HealthReport, HealthRow
from bot.domain.health.sketch import RELATIVE_ERROR
from bot.views import health_words, numbers

STYLES = {Colour.RED: "bold red", Colour.YELLOW: "bold yellow", Colour.GREEN: "green", Colour.GREY: "dim"}
WORST_FIRST = [Colour.RED, Colour.YELLOW, Colour.GREEN, Colour.GREY]
MOST_REASONS = 8


def print_health(report: HealthReport, out: Console, *, everything: bool) -> None:
    """Print the report; with `everything`, healthy processors are listed too."""
    out.print(_headline(report))
    out.print()
    if report.phases:
        out.print(_table("phase", report.phases, out.width))
    ranked = sorted(report.processors, key=lambda row: (WORST_FIRST.index(row.status), -row.tally.real, row.name))
    shown = [row for row in ranked if everything or row.status in (Colour.RED, Colour.YELLOW)]
    if shown:
        out.print()
        out.print(_table("processor", shown, out.width))
    if len(shown) < len(ranked):
        hidden = f"{len(ranked) - len(shown)} healthy or idle processors not shown; --all lists them."
        out.print(Text(hidden, style="dim"))
    out.print()
    complete = health_words.completeness(report)
    if complete is not None:
        out.print(Text(f"Data: {complete}."))
    out.print(Group(*_footer(report)))


def _headline(report: HealthReport) -> Text:
    window = report.window
    text = Text.assemble(("Pipeline ", "bold"), (report.overall, STYLES[report.overall]))
    span = f"  {_shown(window.since)} to {_shown(window.until)} UTC ({numbers.plural(window.days, 'day')})"
    text.append(span if window.exact else f"{span}, whole hours", style="dim")
    for finding in report.reasons[:MOST_REASONS]:
        text.append(f"\n  • {finding.text}")
    if len(report.reasons) > MOST_REASONS:
        text.append(f"\n  • and {len(report.reasons) - MOST_REASONS} more", style="dim")
    return text


@dataclass(frozen=True)
class Column:
    """One column: what it shows of a row, and the terminal width from which there is room for it."""

    heading: str
    cell: Callable[[HealthRow], Text]
    from_width: int = 0


COLUMNS = (
    Column("success", lambda row: Text(numbers.share(row.tally.success_rate))),
    Column("target", lambda row: Text(numbers.share(row.target), style="dim"), from_width=100),
    Column("runs", lambda row: Text(f"{row.tally.runs:,}"), from_width=125),
    Column("ok", lambda row: Text(f"{row.tally.succeeded:,}"), from_width=90),
    Column("real", lambda row: _count(row.tally.real, "red")),
    Column("unknown", lambda row: _count(row.tally.unknown, "magenta"), from_width=110),
    Column("expected", lambda row: Text(f"{row.tally.expected:,}", style="dim")),
    Column("zero", lambda row: _count(row.tally.zero_on_game_days, "yellow"), from_width=118),
    Column("p50", lambda row: Text(numbers.seconds(row.durations.p50 if row.durations else None)), from_width=132),
    Column("p95", lambda row: Text(numbers.seconds(row.durations.p95 if row.durations else None))),
    Column("30 d", lambda row: _trend(row)),
)
"""`expected` are failures that are no fault, `zero` successes without records on dates with data due, `30 d` the change
of the p95 against the 30-day baseline."""


def _table(first: str, rows: Sequence[HealthRow], width: int) -> Table:
    table = Table(header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    columns = [column for column in COLUMNS if width >= column.from_width]
    table.add_column(first, overflow="ellipsis", no_wrap=True)
    table.add_column("status", no_wrap=True, min_width=6)
    for column in columns:
        table.add_column(column.heading, justify="right", no_wrap=True, min_width=len(column.heading))
    for row in rows:
        status = Text(row.status, style=STYLES[row.status])
        table.add_row(Text(row.name), status, *(column.cell(row) for column in columns))
    return table


def _footer(report: HealthReport) -> list[Text]:
    noise = report.noise
    by = ", ".join(f"{category} {runs:,}" for category, runs in noise.by_category.items())
    lines = [
        Text(
            f"Noise: {noise.raw_failures:,} failed runs, {noise.kept_quiet:,} kept quiet"
            f"{f' ({by})' if by else ''}, {noise.alerts:,} alerts."
        )
    ]
    lines += [Text(f"! {warning}", style="yellow") for warning in report.warnings]
    if not report.window.exact:
        lines.append(
            Text(f"Durations within {RELATIVE_ERROR:.0%}. SQL: fireline query health_counts_live", style="dim")
        )
    return lines


def _count(runs: int, style: str) -> Text:
    return Text(f"{runs:,}", style=style if runs else "dim")


def _trend(row: HealthRow) -> Text:
    """p95 against the 30-day baseline."""
    if row.durations is None or row.baseline_durations is None or not row.baseline_durations.p95:
        return Text("-", style="dim")
    change = row.durations.p95 / row.baseline_durations.p95 - 1
    return Text(f"{change:+.0%}", style="yellow" if change > 0.2 else "dim")


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
