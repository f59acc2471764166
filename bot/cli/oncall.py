"""`fireline oncall`: whose turn it is and why, the turns to come, and those of nobody."""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.context import errors_for_people, now, settings_of
from bot.cli.options import AsJson, Home
from bot.cli.outputs import check_writable, write_output
from bot.cli.terminal import say
from bot.domain.counts import plural

if TYPE_CHECKING:
    from bot.domain.oncall.schedule import Shift
    from bot.services.oncall import OncallService

oncall = typer.Typer(help="Whose turn it is and why, the turns to come, and those of nobody.")
Days = Annotated[int, typer.Option(help="So many days ahead.", min=1, max=366)]
Rota = Annotated[str | None, typer.Option(help="This rota only.", show_default=False)]
NO_GAPS = "Somebody is on call in every rota for the next 60 days.\n"
NO_GAPS_JSON = "[]\n"


class Act(StrEnum):
    STATUS = "status"
    SHIFTS = "shifts"
    GAPS = "gaps"
    CALENDAR = "calendar"


@dataclass(frozen=True)
class OncallQuestion:
    """What was typed. `width` and `colour` are those of the terminal."""

    act: str
    at: str | None = None
    rota: str | None = None
    days: int = 28
    as_json: bool = False
    width: int = 80
    colour: bool = False


@oncall.callback(invoke_without_command=True)
def status(
    context: typer.Context,
    at: Annotated[
        str | None, typer.Option(help="Another moment, by the clock of oncall.yaml.", show_default=False)
    ] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Each rota: who is on call, why, until when, and who comes next."""
    if context.invoked_subcommand is None:
        print(_asked(home, Act.STATUS, at=at, as_json=as_json), end="")


@oncall.command()
def shifts(rota: Rota = None, days: Days = 28, as_json: AsJson = False, home: Home = None) -> None:
    """The turns to come, those of nobody among them."""
    print(_asked(home, Act.SHIFTS, rota=rota, days=days, as_json=as_json), end="")


@oncall.command()
def gaps(as_json: AsJson = False, home: Home = None) -> None:
    """The turns of nobody in the next 60 days. Exit code 1 if there is one."""
    said = _asked(home, Act.GAPS, as_json=as_json)
    print(said, end="")
    if said not in (NO_GAPS, NO_GAPS_JSON):
        raise SystemExit(1)


@oncall.command()
def calendar(
    out: Annotated[Path, typer.Option(help="The .ics file to write.", show_default=False)],
    rota: Rota = None,
    days: Days = 60,
    home: Home = None,
) -> None:
    """Write the turns to come as an iCalendar file. Read again, each turn is there once."""
    with errors_for_people():
        check_writable(out)
        written = _asked(home, Act.CALENDAR, rota=rota, days=days)
        write_output(out, written.encode())
    turns = written.count("BEGIN:VEVENT")
    say(f"{out}: {plural(turns, 'turn')} in the next {plural(days, 'day')}." + ("" if turns else " It is empty."))


@oncall.command()
def readiness(as_json: AsJson = False, home: Home = None) -> None:
    """Per person and severity: can they be reached, and by what not. Exit code 1 if somebody cannot be at all."""
    from bot.cli.paging_answers import Act as Paging
    from bot.cli.paging_answers import ask_paging

    ask_paging(home, Paging.READINESS, as_json=as_json)


def answer_oncall(service: "OncallService", question: OncallQuestion, moment: datetime) -> str:
    """The whole answer in its form. Raises BadInput for a question that makes no sense."""
    from bot.cli.oncall_table import overview_json, print_overview, print_shifts, shifts_json
    from bot.cli.tables import rendered

    drawn = partial(rendered, width=question.width, colour=question.colour)
    match Act(question.act):
        case Act.STATUS:
            found = service.overview(moment if question.at is None else service.moment(question.at, moment))
            return overview_json(found) if question.as_json else drawn(partial(print_overview, found))
        case Act.SHIFTS:
            turns = list(_ahead(service, question, moment))
            return shifts_json(turns) if question.as_json else drawn(partial(print_shifts, turns, service.plan.zone))
        case Act.GAPS:
            holes = service.gaps(moment)
            if question.as_json:
                return shifts_json(holes)
            return drawn(partial(print_shifts, holes, service.plan.zone)) if holes else NO_GAPS
        case Act.CALENDAR:
            from bot.views.oncall_calendar import calendar

            return calendar(_ahead(service, question, moment), moment).decode()


def question_of(given: dict[str, Any]) -> OncallQuestion:
    """A question that came over the socket. Raises TypeError for one of another version."""
    return OncallQuestion(**given)


def _asked(home: Path | None, act: Act, **more: Any) -> str:
    """Of the process that serves, when one runs: it has the covers, and its own clock."""
    from bot.cli.local_client import ask_running

    with errors_for_people():
        settings = settings_of(home)
        width, colour = shutil.get_terminal_size().columns, sys.stdout.isatty()
        question = OncallQuestion(act, width=width, colour=colour, **more)
        answer = ask_running(settings.socket, "oncall", asdict(question))
        if answer is not None:
            return answer
        from bot.state_adapters import oncall_to_read

        with oncall_to_read(settings) as service:
            return answer_oncall(service, question, now())


def _ahead(service: "OncallService", question: OncallQuestion, moment: datetime) -> "Iterator[Shift]":
    until = moment + timedelta(days=question.days)
    for name in [question.rota] if question.rota is not None else list(service.plan.rota_by_name):
        yield from service.ahead(name, moment, until)
