"""The sources as a table that a person reads in a terminal."""

import shutil
import sys
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.cli.tables import NONE, Column, listing, rendered
from bot.views import numbers

SIZES = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))
Source = dict[str, Any]


def print_sources(found: list[Source]) -> None:
    width, colour = shutil.get_terminal_size().columns, sys.stdout.isatty()

    def show(console: Console) -> None:
        console.print(listing(_COLUMNS, found, console))

    print(rendered(show, width=width, colour=colour), end="")


def _span(seconds: float | None) -> str:
    return NONE if seconds is None else numbers.span(timedelta(seconds=seconds))


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
    if source["blind"]:
        return Text(source["blind"], style="red")
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
