"""`fireline health`: the true state of the pipeline."""

import shutil
import sys
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.context import AsJson, Home, errors_for_people, now, parse_moment, settings_of

if TYPE_CHECKING:
    from datetime import datetime

    from bot.services.health import HealthService


@dataclass(frozen=True)
class HealthQuestion:
    """What was typed, and how the answer is to look: JSON, or a table for a terminal of that width."""

    days: int
    phase: int | None
    processor: str | None
    as_of: str | None
    everything: bool
    as_json: bool
    width: int
    colour: bool


def health(
    days: Annotated[int, typer.Option(help="How many days back the window reaches.")] = 7,
    phase: Annotated[int | None, typer.Option(help="Only this phase.", show_default=False)] = None,
    processor: Annotated[str | None, typer.Option(help="Only this processor.", show_default=False)] = None,
    as_of: Annotated[
        str | None, typer.Option(help="Exactly as it was known then (UTC unless it has an offset).", show_default=False)
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="List the healthy processors too.")] = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Say how the pipeline is: what failed for real, what was expected, and why it has its colour."""
    from bot.cli.local_client import ask_running

    width, colour = shutil.get_terminal_size().columns, sys.stdout.isatty()
    question = HealthQuestion(days, phase, processor, as_of, everything, as_json, width, colour)
    with errors_for_people():
        settings = settings_of(home)
        answer = ask_running(settings.socket, "health", asdict(question))
        if answer is None:
            from bot.bootstrap import reading

            with reading(settings) as services:
                answer = answer_health(services.health, question, now())
    print(answer, end="")


def answer_health(service: "HealthService", question: HealthQuestion, moment: "datetime") -> str:
    """The whole printed answer. Raises BadInput for a question that makes no sense."""
    from bot.domain.health.model import HealthRequest

    as_of = parse_moment(question.as_of) if question.as_of is not None else None
    request = HealthRequest(days=question.days, phase=question.phase, processor=question.processor, as_of=as_of)
    report = service.of(request, moment)
    if question.as_json:
        from bot.cli.health_json import health_json

        return health_json(report) + "\n"
    from bot.cli.health_table import print_health
    from bot.cli.tables import rendered

    chosen = question.phase is not None or question.processor is not None
    printed = partial(print_health, report, everything=question.everything or chosen)
    return rendered(printed, width=question.width, colour=question.colour)


def question_of(given: dict[str, Any]) -> HealthQuestion:
    """A question that came over the socket. Raises TypeError for one of another version."""
    return HealthQuestion(**given)
