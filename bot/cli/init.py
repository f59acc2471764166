"""`fireline init`: from the place of a run history to a configuration that works."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.cli.context import errors_for_people, settings_of
from bot.cli.sources import unlogged
from bot.cli.terminal import say, say_folded, shown
from bot.domain.counts import plural

if TYPE_CHECKING:
    from bot.first_draft import FirstRead
    from bot.first_source import FirstSource, Wish
    from bot.services.registry_draft import DraftRegistry

FILES = ("sources.yaml", "registry.yaml", "policy.yaml", "slos.yaml")
MOST_SHOWN = 16
MOST_REASONS = 5
UNKNOWN_STATUS = (
    "failures, perhaps: rows with an unknown status are set aside. Say in sources.yaml what each such word means, for "
    "example `statuses: {failed: [KO]}`; then they are read by themselves"
)
NONE_READ = {
    "bigquery": "a first read goes back 30 days: for older runs set `days` in sources.yaml",
    "files": "a file counts 2 s after it was written",
}
"""Why a place with runs may give none, by the kind of source."""


def init(
    source: Annotated[str, typer.Option("--from", help="A database address, a folder, or a BigQuery table.")],
    out: Annotated[Path, typer.Option(help="The folder to write.")] = Path("fireline-config"),
    query: Annotated[str | None, typer.Option(help="A SELECT that gives the runs.", show_default=False)] = None,
    table: Annotated[str | None, typer.Option(help="The table of the runs.", show_default=False)] = None,
    level: Annotated[Literal["task", "dag"], typer.Option(help="Airflow: what is a processor.")] = "task",
    timezone: Annotated[
        str | None, typer.Option(help="The zone of moments that are written without one.", show_default=False)
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="OURS=THEIRS", help="What a column is called there; once for each.", show_default=False),
    ] = None,
) -> None:
    """Write a configuration folder from what the data shows. It never overwrites a file."""
    from bot.first_source import Wish

    with errors_for_people(), TemporaryDirectory(prefix="fireline-") as scratch, unlogged():
        _refuse_existing(out)
        wish = Wish(query, table, level, timezone, _columns(column or []))
        found, drafted, read = _looked_at(source, wish, Path(scratch))
        _written(Path(scratch), out)
    _print(found, drafted, read, out)


def _columns(given: list[str]) -> dict[str, str]:
    from bot.domain.errors import BadInput

    pairs = [each.partition("=") for each in given]
    for ours, _, theirs in pairs:
        if not ours.strip() or not theirs.strip():
            raise BadInput(f"--column {ours}: write OURS=THEIRS, as processor_name=job.")
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}


def _refuse_existing(out: Path) -> None:
    from bot.domain.errors import BadInput

    there = [name for name in FILES if (out / name).exists()]
    if there:
        raise BadInput(f"{out} holds {', '.join(there)} already. Name another folder with --out.")


def _looked_at(source: str, wish: "Wish", folder: Path) -> "tuple[FirstSource, DraftRegistry, FirstRead]":
    """Write the files into `folder`, from one read of the whole history into a warehouse that is gone afterwards."""
    from bot.config.bundled import bundled
    from bot.config.check import check_folder
    from bot.first_draft import first_draft
    from bot.first_source import recognised
    from bot.services.first_configuration import policy_text, slos_text, sources_text

    settings = settings_of(None)
    found = recognised(source, wish, settings.bigquery_project, settings.bigquery_endpoint)
    (folder / "sources.yaml").write_text(sources_text([found.fields, *found.others]))
    (folder / "policy.yaml").write_text(policy_text(bundled("config/nba/policy.yaml").read_text()))
    drafted, read = first_draft(settings, folder, found.platform)
    (folder / "registry.yaml").write_text(drafted.text)
    (folder / "slos.yaml").write_text(slos_text(drafted))
    check_folder(folder)
    return found, drafted, read


def _written(folder: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        with (out / name).open("x") as stream:
            stream.write((folder / name).read_text())


def _print(found: "FirstSource", drafted: "DraftRegistry", first: "FirstRead", out: Path) -> None:
    from bot.services.first_configuration import summary

    said, report = summary(drafted, first.names), first.report
    rows = f"{plural(report.rows, 'row')}, which tell of " if report.rows > first.runs else ""
    read = f"{rows}{plural(first.runs, 'run')} of {plural(len(drafted.processors), 'processor')}"
    say_folded(f"Read {read}. Written to {out}: {', '.join(FILES)}.")
    missing = [*found.missing, *report.warnings, *said.missing]
    if not first.runs:
        why = NONE_READ.get(str(found.fields["kind"]))
        missing.insert(0, "; ".join(filter(None, ("runs: none was read, so the registry is empty", why))))
    if report.rejected:
        missing[:0] = [f"set aside, {reason}" for reason in report.reasons[:MOST_REASONS]]
        if any("status '" in reason for reason in report.reasons):
            missing.insert(0, UNKNOWN_STATUS)
    for title, lines in (
        ("Sure", [*found.sure, *said.sure]),
        ("Guessed", [*found.guessed, *said.guessed]),
        ("Missing", missing),
    ):
        say_folded(f"{title}:")
        for line in lines[:MOST_SHOWN] or ["nothing"]:
            say_folded(f"  {shown(line)}")
        if len(lines) > MOST_SHOWN:
            say_folded(f"  and {len(lines) - MOST_SHOWN} more")
    say_folded("In shadow: everything. Nothing is sent until you say so in policy.yaml; `fireline shadow` lists it.")
    say(_next_steps(out.absolute(), anything=first.runs > 0))


def _next_steps(out: Path, *, anything: bool) -> str:
    """Commands to copy; where no run was read the registry is drafted when there are some."""
    begin = f"\n  export FIRELINE_CONFIG={out}\n  fireline sources sync"
    if anything:
        return f"Next:{begin}\n  fireline health"
    drafted = f"{out}/registry.yaml"
    return f"Next, when there are runs:{begin}\n  rm {drafted}\n  fireline registry draft --out {drafted}"
