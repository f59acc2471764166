"""Verdicts as a table that a person reads in a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.domain.verdicts.judge import SOUND
from bot.domain.verdicts.validation import Validation
from bot.views import validate_words
from bot.views.validate_words import VerdictRows

MOST_ROWS = 40
"""Of more findings, those that are alike share a row."""
ROOMY = 110
"""From this width on there is room for how many sources agree."""
WIDE = 200
"""From this width on there is room for the evidence beside the reason."""


def print_validation(validation: Validation, *, everything: bool, console: Console) -> None:
    """Print the findings, the worst first, and how much is in order; with `everything` each date."""
    span = f"  {validate_words.span(validation)}, as of {validation.as_of:%Y-%m-%d %H:%M} UTC"
    console.print(Text.assemble((validate_words.headline(validation), "bold"), (span, "dim")))
    alone = len(validation.rows) == 1
    rows = validation.rows if everything or alone else validation.findings
    if rows:
        console.print()
        groups = validate_words.groups(rows, len(rows) if everything else MOST_ROWS)
        console.print(_table(groups, console.width))
    if alone:
        console.print(Text(f"Evidence: {' · '.join(validate_words.evidence(rows[0].proof))}."))
    console.print()
    console.print(Text(validate_words.sound(validation)))
    for note in validation.notes:
        console.print(Text(f"! {note}", style="yellow"))


def _table(groups: Sequence[VerdictRows], width: int) -> Table:
    table = Table(header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("processor", overflow="ellipsis", no_wrap=True, max_width=max(12, width // 4))
    for heading in ("date", "verdict", "action"):
        table.add_column(heading, min_width=9)
    if width >= ROOMY:
        table.add_column("sources", no_wrap=True)
    table.add_column("because", overflow="fold", min_width=16)
    if width >= WIDE:
        table.add_column("evidence", overflow="fold")
    for group in groups:
        row = group.first
        style = "dim" if row.verdict in SOUND else "red"
        cells = [
            Text(row.processor.name),
            Text(group.dates),
            Text(validate_words.verdict(row.verdict), style=style),
            Text(validate_words.action(row.judged)),
        ]
        if width >= ROOMY:
            cells.append(Text(f"{row.proof.agreeing}/{len(row.proof.words)}"))
        cells.append(Text("; ".join(filter(None, [row.judged.because, row.hint]))))
        if width >= WIDE:
            cells.append(Text(" · ".join(validate_words.evidence(row.proof)[:-1])))
        table.add_row(*cells)
    return table
