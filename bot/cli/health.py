"""`fireline health`: the true state of the pipeline."""

import shutil
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from bot.cli.context import errors_for_people, settings_of
from bot.cli.health_answer import HealthQuestion, answer_here
from bot.cli.local_client import ask_running
from bot.cli.options import AsJson, Home


def health(
    about: Annotated[
        list[str] | None,
        typer.Argument(help="A processor (a part of its name is enough) or `phase N`; a window such as 2w."),
    ] = None,
    days: Annotated[
        str | None,
        typer.Option(
            help="How far back the window reaches: 7, 2w, yesterday; 7 days unless given.", show_default=False
        ),
    ] = None,
    phase: Annotated[int | None, typer.Option(help="Only this phase.", show_default=False)] = None,
    processor: Annotated[str | None, typer.Option(help="Only this processor.", show_default=False)] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            help="As it was known then: UTC unless it has an offset; of a day (yesterday, 2026-02-10) its end.",
            show_default=False,
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="List the healthy processors too.")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Say how the pipeline is: what failed for real, what was expected, and why it has its colour."""
    width, colour = shutil.get_terminal_size().columns, sys.stdout.isatty()
    question = HealthQuestion(" ".join(about or ()), days, phase, processor, as_of, everything, as_json, width, colour)
    with errors_for_people():
        answer = ask_running(settings_of(home).socket, "health", asdict(question))
        print(answer if answer is not None else answer_here(question, home), end="")
