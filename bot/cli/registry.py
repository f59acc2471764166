"""`fireline registry draft`: write a registry from the run history."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.context import errors_for_people, settings_of
from bot.cli.options import AsJson, Home
from bot.cli.terminal import say, shown

registry = typer.Typer(help="The registry of processors.", no_args_is_help=True)


@registry.callback()
def _group() -> None:
    """A group of its own, so that `draft` keeps its name while it is the only command."""


@registry.command()
def draft(
    out: Annotated[Path | None, typer.Option(help="Write here instead of printing.", show_default=False)] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Draft a registry from the run history: slots, polling, record range, timeout. Every value is a proposal."""
    from bot.domain.platform.draft import compare
    from bot.reading import reading
    from bot.services.registry_draft import draft as draft_registry

    with errors_for_people():
        with reading(settings_of(home)) as services:
            facts, registered = services.warehouse.processor_facts(), services.registry
        drafted = draft_registry(facts, registered)
        compared = compare(registered.by_name, (fact.name for fact in facts))
        if out is not None:
            _write_new(out, drafted.text)
        elif not as_json:
            print(drafted.text, end="")
    if as_json:
        said = {"draft": drafted.text, "not_registered": compared.not_registered, "never_seen": compared.never_seen}
        print(json.dumps(said, indent=2, ensure_ascii=False))
        return
    for text, names in (
        ("ran, but not registered", compared.not_registered),
        ("registered, but never seen", compared.never_seen),
    ):
        say(f"{text}: {', '.join(map(shown, names)) or 'none'}", error=True)


def _write_new(path: Path, text: str) -> None:
    """Write a new file; one that exists may hold a person's work."""
    from bot.domain.errors import BadInput, reason_of

    try:
        with path.open("x") as stream:
            stream.write(text)
    except FileExistsError:
        raise BadInput(f"{path} exists already. Move it away, or name another file.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {reason_of(error)}.") from error
