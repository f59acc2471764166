"""`fireline impact`: what a processor feeds, and what is at stake there."""

import shutil
import sys
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.context import errors_for_people, now_of, settings_of
from bot.cli.options import AsJson, Home
from bot.cli.outputs import check_writable, write_output

if TYPE_CHECKING:
    from datetime import datetime

    from bot.config.settings import Settings
    from bot.services.impact import ImpactService


class Form(StrEnum):
    """How an answer is to look."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    PICTURE = "picture"
    """A PNG in base64."""


@dataclass(frozen=True)
class ImpactQuestion:
    """What was typed. `form` is a Form; `width` and `colour` are those of the terminal."""

    processor: str
    date: str | None
    form: str
    width: int
    colour: bool
    everything: bool


def impact(
    processor: Annotated[str, typer.Argument(help="Whose impact.", show_default=False)],
    date: Annotated[
        str | None, typer.Argument(help="Data date; the newest with a slot by now.", show_default=False)
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="List the dependents that are not affected too.")] = False,
    as_json: AsJson = False,
    csv: Annotated[Path | None, typer.Option(help="Write the list to this file.", show_default=False)] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Draw the graph into this file (PNG).", show_default=False)
    ] = None,
    home: Home = None,
) -> None:
    """Say what a processor feeds, hop by hop: how critical, what is stale, which deadline is next."""
    width, colour = shutil.get_terminal_size().columns, sys.stdout.isatty()
    with errors_for_people():
        settings = settings_of(home)
        for file in filter(None, (csv, picture)):
            check_writable(file)
        form = Form.JSON if as_json else Form.TABLE
        question = ImpactQuestion(processor, date, form, width, colour, everything)
        print(_answer(settings, question), end="")
        if csv is not None:
            write_output(csv, _answer(settings, replace(question, form=Form.CSV)).encode())
        if picture is not None:
            write_output(picture, b64decode(_answer(settings, replace(question, form=Form.PICTURE))))


def _answer(settings: "Settings", question: ImpactQuestion) -> str:
    """Of the process that owns the warehouse, when one runs; else from the warehouse itself."""
    from bot.cli.local_client import ask_running

    answer = ask_running(settings.socket, "impact", asdict(question))
    if answer is not None:
        return answer
    from bot.reading import reading

    with reading(settings) as services:
        return answer_impact(services.impact, question, now_of(services))


def answer_impact(service: "ImpactService", question: ImpactQuestion, moment: "datetime") -> str:
    """The whole answer in its form. Raises BadInput for a question that makes no sense."""
    from bot.domain.impact.report import ImpactRequest

    data_date = service.dates(moment).day(question.date) if question.date is not None else None
    found = service.of(ImpactRequest(question.processor, data_date), moment)
    match Form(question.form):
        case Form.JSON:
            from bot.cli.impact_json import impact_json

            return impact_json(found) + "\n"
        case Form.CSV:
            from bot.views.impact_csv import impact_csv

            return impact_csv(found)
        case Form.PICTURE:
            from bot.views import graph

            return b64encode(graph.draw(found).png).decode()
        case Form.TABLE:
            from bot.cli.impact_table import print_impact
            from bot.cli.tables import rendered

            printed = partial(print_impact, found, everything=question.everything)
            return rendered(printed, width=question.width, colour=question.colour)


def question_of(given: dict[str, Any]) -> ImpactQuestion:
    """A question that came over the socket. Raises TypeError for one of another version."""
    return ImpactQuestion(**given)
