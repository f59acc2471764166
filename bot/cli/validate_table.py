"""Verdicts as a table that a person reads in a terminal."""

from rich.console import Console
from rich.text import Text

from bot.cli.tables import Column, listing
from bot.domain.verdicts.judge import SOUND
from bot.domain.verdicts.validation import Validation
from bot.views import validate_words
from bot.views.validate_words import VerdictRows

MOST_ROWS = 40
"""Of more findings, those that are alike share a row."""


def print_validation(validation: Validation, console: Console, *, everything: bool) -> None:
    """Print the findings, the worst first, and how much is in order; with `everything` each date."""
    span = f"  {validate_words.span(validation)}, as of {validation.as_of:%Y-%m-%d %H:%M} UTC"
    console.print(Text.assemble((validate_words.headline(validation), "bold"), (span, "dim")))
    alone = len(validation.rows) == 1
    rows = validation.rows if everything or alone else validation.findings
    if rows:
        console.print()
        groups = validate_words.groups(rows, len(rows) if everything else MOST_ROWS)
        console.print(listing(COLUMNS[:-1] if alone else COLUMNS, groups, console))
    if alone:
        console.print(Text(f"Evidence: {' · '.join(validate_words.evidence(rows[0]))}."))
    console.print()
    console.print(Text(validate_words.sound(validation)))
    for note in validation.notes:
        console.print(Text(f"! {note}", style="yellow"))


def _verdict(group: VerdictRows) -> Text:
    verdict = group.first.verdict
    return Text(validate_words.verdict(verdict), style="dim" if verdict in SOUND else "red")


def _because(group: VerdictRows) -> Text:
    return Text("; ".join(filter(None, [group.first.judged.because, group.first.hint])))


COLUMNS = (
    Column[VerdictRows]("processor", lambda group: Text(group.first.processor.name)),
    Column[VerdictRows]("date", lambda group: Text(group.dates)),
    Column[VerdictRows]("verdict", _verdict),
    Column[VerdictRows]("action", lambda group: Text(validate_words.action(group.first.judged))),
    Column[VerdictRows]("because", _because, sentence=True),
    Column[VerdictRows](
        "evidence", lambda group: Text(" · ".join(validate_words.evidence(group.first))), spare=1, sentence=True
    ),
)
