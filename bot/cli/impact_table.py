"""An impact as a table that a person reads in a terminal."""

from datetime import datetime

from rich.console import Console
from rich.text import Text

from bot.cli.tables import NONE, Column, listing
from bot.domain.impact.dependents import Affected
from bot.domain.impact.report import Impact
from bot.domain.platform.registry import Criticality
from bot.views import impact_words

STYLES = {Criticality.CRITICAL: "bold", Criticality.HIGH: "bold", Criticality.MEDIUM: "", Criticality.LOW: "dim"}


def print_impact(impact: Impact, console: Console, *, everything: bool) -> None:
    """Print the next deadline, then what is affected hop by hop, the worst first; with `everything` all dependents."""
    state = impact_words.STATES[impact.subject.staleness]
    span = f"  data date {impact.data_date}, {state}, as of {impact.as_of:%Y-%m-%d %H:%M} UTC"
    console.print(Text.assemble((f"Impact of {impact.subject.processor.name}", "bold"), (span, "dim")))
    for line in [*impact_words.deadline_lines(impact), impact_words.headline(impact)]:
        console.print(Text(line))
    listed = impact.dependents if everything else impact.listed
    if listed:
        console.print()
        console.print(listing(_columns(impact), sorted(listed, key=lambda item: item.hops), console))
    console.print()
    for line in filter(
        None, [None if everything else _fine(impact), impact_words.upstream(impact), impact_words.left_out(impact)]
    ):
        console.print(Text(line))
    for note in impact.notes:
        console.print(Text(f"! {note}", style="yellow"))


def _fine(impact: Impact) -> str | None:
    said = impact_words.fine(impact)
    return f"{said} --all lists them too." if said else None


def _level(item: Affected) -> Text:
    level = item.processor.criticality
    return Text(level or NONE, style=STYLES[level] if level else "dim")


def _state(item: Affected, *, listed: bool) -> Text:
    if not listed:
        return Text(impact_words.STATES[item.staleness], style="dim")
    return Text(impact_words.state(item), style="red" if item.staleness.stale else "yellow")


def _clock(moment: datetime | None, now: datetime) -> str:
    """In UTC, as the column's head says; the year where it is another."""
    if moment is None:
        return NONE
    return f"{moment:%-d %b %H:%M}" if moment.year == now.year else f"{moment:%-d %b %Y %H:%M}"


def _deadline(item: Affected, now: datetime) -> Text:
    if item.deadline is None:
        return Text(NONE)
    minutes = item.deadline.minutes_to_breach
    said = f"{_clock(item.deadline.due_at, now)}, {impact_words.until(minutes)}"
    return Text(said, style="red" if minutes < 0 else "")


def _columns(impact: Impact) -> tuple[Column[Affected], ...]:
    listed, now = {item.processor.name for item in impact.listed}, impact.as_of

    def start_by(item: Affected) -> Text:
        return Text(_clock(item.deadline.latest_start if item.deadline else None, now))

    return (
        Column("processor", lambda item: Text(item.processor.name)),
        Column("hops", lambda item: Text(str(item.hops)), right=True),
        Column("state", lambda item: _state(item, listed=item.processor.name in listed)),
        Column("criticality", _level),
        Column("due (UTC)", lambda item: _deadline(item, now)),
        Column("start by (UTC)", start_by, spare=1),
        Column("next slot (UTC)", lambda item: Text(_clock(item.next_slot, now)), spare=2),
        *OF_THE_REGISTRY,
    )


OF_THE_REGISTRY = (
    Column[Affected]("owner", lambda item: Text(item.processor.owner or NONE), spare=3),
    Column[Affected](
        "phase", lambda item: Text(NONE if item.processor.phase is None else str(item.processor.phase)), spare=4
    ),
    Column[Affected]("table", lambda item: Text(item.processor.bigquery_table or NONE), spare=5),
)
