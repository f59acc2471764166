"""The sources as a table that a person reads in a terminal."""

import shutil
import sys
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.cli.tables import NONE, Column, listing, rendered

SIZES = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))
Source = dict[str, Any]


def print_sources(found: list[Source]) -> None:
    width, colour = shutil.get_terminal_size().columns, sys.stdout.isatty()

    def show(console: Console) -> None:
        console.print(listing(_COLUMNS, found, console))

    print(rendered(show, width=width, colour=colour), end="")


def _span(seconds: float | None) -> str:
    """`42 s`, `5 min`, `3 h`, `2 days`."""
    if seconds is None:
        return NONE
    for size, unit in ((86_400 * 2, "days"), (3_600 * 2, "h"), (120, "min")):
        if seconds >= size:
            return f"{seconds / {'days': 86_400, 'h': 3_600, 'min': 60}[unit]:.0f} {unit}"
    return f"{max(0, seconds):.0f} s"


def _billed(count: int) -> str:
    for size, unit in SIZES:
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} B" if count else NONE


def _state(source: Source) -> Text:
    if source["failing_since"]:
        return Text(
            f"failing since {source['failing_since'][:16].replace('T', ' ')} UTC: {source['error']}", style="red"
        )
    if source["synced_at"] is None:
        return Text("not read yet", style="yellow")
    if source["warnings"]:
        return Text(f"not all: {'; '.join(source['warnings'])}", style="yellow")
    return Text("ok", style="green")


_COLUMNS = (
    Column[Source]("source", lambda source: Text(source["source"])),
    Column[Source]("kind", lambda source: Text(source["kind"]), spare=2),
    Column[Source]("feeds", lambda source: Text(source["feeds"] or "by name"), spare=1),
    Column[Source]("read", lambda source: Text(_span(source["age_seconds"])), right=True),
    Column[Source]("newest row", lambda source: Text(_span(source["lag_seconds"])), right=True),
    Column[Source]("rows", lambda source: Text(f"{source['rows']:,}"), right=True),
    Column[Source]("rejected", lambda source: Text(f"{source['rejected']:,}"), right=True),
    Column[Source]("billed", lambda source: Text(_billed(source["bytes_billed"])), right=True, spare=1),
    Column[Source]("state", _state, sentence=True),
)
