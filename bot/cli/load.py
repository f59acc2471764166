"""`fireline load`: take in a data directory."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.context import errors_for_people, now, settings_of
from bot.cli.options import AsJson, Home
from bot.cli.terminal import say, shown

if TYPE_CHECKING:
    from bot.ports.warehouse import LoadReport

MOST_REJECTED = 20


def load(
    directory: Annotated[Path, typer.Argument(help="Folder with runs.parquet (or .csv, .ndjson) and its companions.")],
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Load a data directory. Loading the same files again changes nothing; later files add and correct rows."""
    from bot.bootstrap import loading, registry_of

    with errors_for_people():
        settings = settings_of(home)
        registry, warnings = registry_of(settings, directory)
        with loading(settings) as service:
            report = service.load(directory, registry, now(), _progress(quiet=as_json))
    if as_json:
        print(json.dumps({**asdict(report), "registry_warnings": warnings}, indent=2, default=str))
        return
    _print_report(report, warnings)


def _progress(*, quiet: bool):  # type: ignore[no-untyped-def]
    shown = sys.stderr.isatty() and not quiet

    def tell(step: str, rows: int) -> None:
        if shown:
            print(f"  {step}{f' ({rows:,} rows)' if rows else ''} …", file=sys.stderr)

    return tell


def _print_report(report: "LoadReport", registry_warnings: tuple[str, ...]) -> None:
    for file in report.files:
        if file.already_loaded:
            say(f"{shown(file.file)}: already loaded, nothing changed")
        else:
            counts = f"{file.added:,} new, {file.corrected:,} corrected, {file.unchanged:,} already there"
            say(f"{shown(file.file)}: {file.rows:,} rows: {counts}")
    for row in report.rejected[:MOST_REJECTED]:
        say(f"rejected: {shown(row)}", error=True)
    if len(report.rejected) > MOST_REJECTED:
        say(f"rejected: {len(report.rejected) - MOST_REJECTED:,} more rows (--json lists all)", error=True)
    for warning in (*registry_warnings, *report.warnings):
        say(f"warning: {shown(warning)}", error=True)
