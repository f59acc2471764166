"""An impact as a table that a person reads in a terminal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.domain.impact.dependents import Affected
from bot.domain.impact.report import Impact
from bot.domain.platform.registry import Criticality
from bot.views import impact_words

STYLES = {Criticality.CRITICAL: "bold red", Criticality.HIGH: "yellow", Criticality.MEDIUM: "", Criticality.LOW: "dim"}


def print_impact(impact: Impact, console: Console) -> None:
    """Print it whole: dependents hop by hop, the worst first within each."""
    subject = impact.subject
    state = impact_words.STALE[subject.staleness]
    console.print(
        Text.assemble(
            ("Impact of ", "bold"),
            (subject.processor.name, "bold"),
            (f"  data date {impact.data_date}, {state}, as of {impact.as_of:%Y-%m-%d %H:%M} UTC", "dim"),
        )
    )
    for line in [impact_words.headline(impact), *impact_words.deadline_lines(impact)]:
        console.print(Text(line))
    if impact.dependents:
        console.print()
        console.print(_table(sorted(impact.dependents, key=lambda item: item.hops), console.width))
    console.print()
    for line in filter(None, [impact_words.upstream(impact), impact_words.left_out(impact)]):
        console.print(Text(line))
    for note in impact.notes:
        console.print(Text(f"! {note}", style="yellow"))


@dataclass(frozen=True)
class Column:
    """One column, and the terminal width from which there is room for it."""

    heading: str
    cell: Callable[[Affected], Text]
    from_width: int = 0


COLUMNS = (
    Column("hops", lambda item: Text(str(item.hops))),
    Column("criticality", lambda item: _level(item.processor.criticality)),
    Column("phase", lambda item: Text(str(item.processor.phase)), from_width=110),
    Column("owner", lambda item: Text(item.processor.owner or "-"), from_width=130),
    Column("stale", lambda item: _stale(item)),
    Column("deadline", lambda item: Text(f"{item.deadline.due_at:%d %H:%M}" if item.deadline else "-")),
    Column("breach", lambda item: _breach(item)),
    Column("start by", lambda item: Text(f"{item.deadline.latest_start:%d %H:%M}" if item.deadline else "-")),
    Column("next slot", lambda item: Text(f"{item.next_slot:%d %H:%M}" if item.next_slot else "-"), from_width=100),
    Column("table", lambda item: Text(item.processor.bigquery_table or "-"), from_width=150),
)


def _table(rows: Sequence[Affected], width: int) -> Table:
    table = Table(header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    columns = [column for column in COLUMNS if width >= column.from_width]
    table.add_column("processor", overflow="ellipsis", no_wrap=True)
    for column in columns:
        table.add_column(column.heading, no_wrap=True, min_width=len(column.heading))
    for row in rows:
        table.add_row(Text(row.processor.name), *(column.cell(row) for column in columns))
    return table


def _level(level: Criticality | None) -> Text:
    return Text(level or "-", style=STYLES[level] if level else "dim")


def _stale(item: Affected) -> Text:
    stale = item.staleness.stale
    return Text(impact_words.STALE[item.staleness], style="red" if stale else "dim")


def _breach(item: Affected) -> Text:
    if item.deadline is None:
        return Text("-", style="dim")
    minutes = item.deadline.minutes_to_breach
    return Text(impact_words.until(minutes), style="red" if minutes < 0 else "")
