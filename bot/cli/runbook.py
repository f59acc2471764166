"""`fireline runbook`: the runbooks that there are, one of them to be read, and what is wrong with their files."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.context import errors_for_people, settings_of
from bot.cli.options import AsJson
from bot.cli.terminal import say_folded, shown
from bot.domain.counts import plural

if TYPE_CHECKING:
    from bot.config.runbooks import LoadedRunbooks
    from bot.domain.runbooks.runbook import Runbook

runbook = typer.Typer(help="Runbooks: what to do, step by step.", no_args_is_help=True)
Folder = Annotated[Path | None, typer.Argument(help="A folder of runbooks; else the one in use.", show_default=False)]


@runbook.command(name="list")
def list_(as_json: AsJson = False) -> None:
    """Every runbook: its name, severity, owner and what it is for."""
    with errors_for_people():
        found = _loaded(None)[1]
        _warn(found)
        if as_json:
            print(json.dumps([_said(each) for each in found.runbooks], indent=2, ensure_ascii=False))
            return
        for each in found.runbooks:
            kinds = ", ".join(each.kinds) or "started by name"
            say_folded(shown(f"{each.id}  {each.severity}  {each.title}  ({each.owner}; {kinds})"))


@runbook.command()
def show(
    words: Annotated[list[str], typer.Argument(help="Its name, or words to look for.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """One runbook with its steps; of several that fit, their names."""
    from bot.domain.runbooks.suggestions import looked_for

    with errors_for_people():
        fitting = looked_for(_loaded(None)[1].runbooks, " ".join(words))
        if as_json:
            print(json.dumps([_said(each) for each in fitting], indent=2, ensure_ascii=False))
        elif len(fitting) == 1:
            for line in _lines(fitting[0]):
                say_folded(shown(line))
        else:
            for each in fitting:
                say_folded(shown(f"{each.id}  {each.title}"))


@runbook.command()
def lint(folder: Folder = None, as_json: AsJson = False) -> None:
    """Check every runbook. Each problem is reported, with file and line; exit code 1 if there is one."""
    with errors_for_people():
        chosen, found = _loaded(folder)
        if as_json:
            problems = [{"where": each.where, "message": each.message} for each in found.problems]
            said = {"ok": not problems, "runbooks": len(found.runbooks), "problems": problems}
            print(json.dumps(said, indent=2, ensure_ascii=False))
        else:
            for problem in found.problems:
                say_folded(shown(str(problem)), error=True)
            ending = f"{plural(len(found.problems), 'problem')}" if found.problems else "no problem found"
            say_folded(f"{chosen}: {plural(len(found.runbooks), 'runbook')}; {ending}.")
        if found.problems:
            raise SystemExit(1)


def _loaded(folder: Path | None) -> tuple[Path, "LoadedRunbooks"]:
    from bot.config.runbooks import load_runbooks, runbook_folder

    chosen = folder if folder is not None else runbook_folder(settings_of(None).config)
    return chosen, load_runbooks(chosen)


def _warn(found: "LoadedRunbooks") -> None:
    for problem in found.problems:
        say_folded(f"warning: left out: {shown(str(problem))}", error=True)


def _lines(found: "Runbook") -> list[str]:
    from bot.domain.runbooks.runbook import StepKind
    from bot.views.incident_words import lasting

    after = f", more are paged after {lasting(found.escalate_after)}" if found.escalate_after is not None else ""
    head = f"{found.severity} {found.title} ({found.id}); {found.owner}, reviewed {found.reviewed_on}{after}"
    lines = [head, *found.about.split("\n")] if found.about else [head]
    for step in found.steps:
        first, *rest = step.text.split("\n")
        lines += [f"{step.number}. {first}", *(f"   {line}" for line in rest)]
        if step.kind is StepKind.CHECK:
            lines.append(f"   check {step.call}: expects {step.expect}; else {step.on_fail}")
        elif step.kind is StepKind.ACTION:
            lines.append(f"   action {step.call}: needs a {step.approval.replace('_', ' ')}")
    return lines


def _said(found: "Runbook") -> dict[str, Any]:
    from pydantic import TypeAdapter

    from bot.domain.runbooks.runbook import Runbook

    said: dict[str, Any] = TypeAdapter(Runbook).dump_python(found, mode="json")
    return said
