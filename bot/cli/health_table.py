"""A health report as tables that a person reads in a terminal."""

from datetime import datetime

from rich.console import Console, Group
from rich.text import Text

from bot.cli.tables import Column, listing
from bot.domain.counts import plural
from bot.domain.health.model import Colour, HealthReport, HealthRow
from bot.domain.health.sketch import RELATIVE_ERROR
from bot.views import baseline_words, health_words, numbers

STYLES = {Colour.RED: "bold red", Colour.YELLOW: "bold yellow", Colour.GREEN: "green", Colour.GREY: "dim"}
WORST_FIRST = [Colour.RED, Colour.YELLOW, Colour.GREEN, Colour.GREY]
MOST_REASONS = 8
BULLET = "  • "


def print_health(report: HealthReport, out: Console, *, everything: bool) -> None:
    """Print the report; with `everything`, healthy processors are listed too."""
    out.print(
        Text.assemble(
            ("Pipeline ", "bold"), (report.overall, STYLES[report.overall]), f"  {health_words.trend(report)}"
        )
    )
    out.print(Text(_span(report), style="dim"))
    for reason in report.reasons[:MOST_REASONS]:
        for at, line in enumerate(Text(reason.text).wrap(out, max(1, out.width - len(BULLET)), overflow="fold")):
            out.print(Text(" " * len(BULLET) if at else BULLET) + line)
    if len(report.reasons) > MOST_REASONS:
        out.print(Text(f"  • and {len(report.reasons) - MOST_REASONS} more", style="dim"))
    out.print()
    if report.phases:
        out.print(listing(_columns("phase"), report.phases, out))
    ranked = sorted(report.processors, key=lambda row: (WORST_FIRST.index(row.status), -row.tally.real, row.name))
    shown = [row for row in ranked if everything or row.status in (Colour.RED, Colour.YELLOW)]
    if shown:
        out.print()
        out.print(listing(_columns("processor"), shown, out))
    if len(shown) < len(ranked):
        unseen = plural(len(ranked) - len(shown), "healthy or idle processor")
        hidden = f"{unseen} not shown; --all lists them."
        out.print(Text(hidden, style="dim"))
    out.print()
    complete = health_words.completeness(report)
    if complete is not None:
        out.print(Text(f"Data: {complete}."))
    if report.baseline is not None:
        out.print(Group(*map(Text, baseline_words.table(report.baseline))))
    out.print(Group(*_footer(report)))


def _span(report: HealthReport) -> str:
    window = report.window
    return f"{_shown(window.since)} to {_shown(window.ends_at)} UTC{'' if window.exact else ', from a whole hour on'}"


def _columns(first: str) -> list[Column[HealthRow]]:
    """`expected` are failures that are no fault, `zero` successes without records on dates with data due, `30 d` the
    change of the p95 against the 30-day baseline.
    """
    return [
        Column(first, lambda row: Text(row.name)),
        Column("status", lambda row: Text(row.status, style=STYLES[row.status])),
        Column("why", lambda row: Text(health_words.why(row))),
        Column("success", lambda row: Text(numbers.share(row.tally.success_rate)), right=True),
        Column("target", lambda row: Text(numbers.share(row.target), style="dim"), spare=5, right=True),
        Column("runs", lambda row: Text(f"{row.tally.runs:,}"), spare=8, right=True),
        Column("ok", lambda row: Text(f"{row.tally.succeeded:,}"), spare=4, right=True),
        Column("real", lambda row: _count(row.tally.real, "red"), right=True),
        Column("unknown", lambda row: _count(row.tally.unknown, "magenta"), spare=6, right=True),
        Column("expected", lambda row: Text(f"{row.tally.expected:,}", style="dim"), spare=1, right=True),
        Column("zero", lambda row: _count(row.tally.zero_on_game_days, "yellow"), spare=7, right=True),
        Column("p50", lambda row: _seconds(row.durations.p50 if row.durations else None), spare=9, right=True),
        Column("p95", lambda row: _seconds(row.durations.p95 if row.durations else None), spare=2, right=True),
        Column("30 d", lambda row: _trend(row), spare=3, right=True),
    ]


def _footer(report: HealthReport) -> list[Text]:
    real = health_words.real(report)
    lines = [Text(f"Noise: {health_words.noise(report)}.")]
    lines += [Text(f"{each}.") for each in (real, health_words.findings(report)) if each is not None]
    read = health_words.sources(report)
    lines += [Text(f"Sources: {read}.")] if read is not None else []
    lines += [Text(f"! {note}", style="yellow") for note in health_words.notes(report)]
    if not report.window.exact:
        lines.append(
            Text(f"Durations within {RELATIVE_ERROR:.0%}. SQL: fireline query health_counts_live", style="dim")
        )
    return lines


def _seconds(value: float | None) -> Text:
    return Text(numbers.seconds(value))


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
