"""`fireline load`: take in a data directory."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.context import errors_for_people, now, settings_of
from bot.cli.options import AsJson, Home
from bot.cli.terminal import say, shown
from bot.domain.counts import plural
from bot.domain.errors import BadInput

if TYPE_CHECKING:
    from datetime import datetime

    from bot.config.settings import Settings
    from bot.domain.platform.registry import Registry
    from bot.ports.warehouse import LoadReport, Progress
    from bot.services.loading import LoadingService

MOST_REJECTED = 20
OTHER = (
    "Nothing was loaded: a running process keeps its registry. Stop it, load, and start it again; "
    "or load another pipeline's data into a --home of its own."
)
LONGEST_LOAD_S = 3_600.0
"""So long the running process may take."""


def load(
    directory: Annotated[Path, typer.Argument(help="Folder with runs.parquet (or .csv, .ndjson) and its companions.")],
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Load a data directory. Loading the same files again changes nothing; later files add and correct rows."""
    from bot.cli.local_client import ask_running

    with errors_for_people():
        settings = settings_of(home)
        given = {"directory": str(directory.absolute())}
        text = ask_running(settings.socket, "load", given, LONGEST_LOAD_S)
        if text is None:
            text = _loaded_here(settings, directory, quiet=as_json)
    if as_json:
        say(text)
    else:
        _print_report(json.loads(text))


def _loaded_here(settings: "Settings", directory: Path, *, quiet: bool) -> str:
    from bot.first_draft import registry_to_load
    from bot.opening import loading

    with loading(settings) as service:
        registry, warnings = registry_to_load(settings, directory, service.stored_registry)
        return report_json(service.load(directory, registry, now(), _progress(quiet=quiet)), warnings)


def answer_load(
    service: "LoadingService",
    settings: "Settings",
    served: "Registry",
    given: dict[str, Any],
    moment: "datetime",
) -> str:
    """The report of a load that was asked for over the socket. Raises BadInput for files that make no sense. Another
    registry than the one `served` is taken over; one with no processor in common is another pipeline's, and refused.
    """
    from bot.domain.platform.registry_changes import changes
    from bot.first_draft import registry_to_load

    directory = Path(str(given["directory"]))
    registry, warnings = registry_to_load(settings, directory, service.stored_registry)
    differs = changes(served, registry)
    if differs and not served.by_name.keys().isdisjoint(registry.by_name):
        warnings = (f"the running process takes over the registry of {directory.name} ({differs})", *warnings)
    elif differs:
        raise BadInput(f"{directory} comes with another registry than the one that is served ({differs}). {OTHER}")
    report = service.load(directory, registry, moment, lambda _step, _rows: None)
    return report_json(report, warnings)


def report_json(report: "LoadReport", registry_warnings: Sequence[str]) -> str:
    document = {**asdict(report), "registry_warnings": registry_warnings}
    return json.dumps(document, indent=2, default=str)


def _progress(*, quiet: bool) -> "Progress":
    visible = sys.stderr.isatty() and not quiet

    def tell(step: str, rows: int) -> None:
        if visible:
            counted = f" ({plural(rows, 'row')})" if rows else ""
            say(f"  {step}{counted} …", error=True)

    return tell


def _print_report(report: dict[str, Any]) -> None:
    """`report` as it is written in JSON: it may come from the running process."""
    from bot.ports.warehouse import FileReport, RejectedRow

    for file in (FileReport(**each) for each in report["files"]):
        if file.already_loaded:
            say(f"{shown(file.file)}: already loaded, nothing changed")
        else:
            counts = f"{file.added:,} new, {file.corrected:,} corrected, {file.unchanged:,} already there"
            bad = f", {file.rejected:,} rejected" if file.rejected else ""
            say(f"{shown(file.file)}: {plural(file.rows, 'row')}: {counts}{bad}")
    for row in [RejectedRow(**each) for each in report["rejected"][:MOST_REJECTED]]:
        say(f"rejected: {shown(row)}", error=True)
    more = sum(each["rejected"] for each in report["files"]) - MOST_REJECTED
    if more > 0:
        say(f"rejected: {plural(more, 'more row')} (--json names up to 10,000)", error=True)
    for warning in (*report["registry_warnings"], *report["warnings"]):
        say(f"warning: {shown(warning)}", error=True)
