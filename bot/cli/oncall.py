"""`fireline oncall`: whose turn it is and why, the turns to come, and those of nobody."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.context import errors_for_people, now, settings_of
from bot.cli.options import AsJson, Home
from bot.cli.outputs import check_writable, write_output

if TYPE_CHECKING:
    from bot.domain.oncall.schedule import Shift
    from bot.services.oncall import OncallService

oncall = typer.Typer(help="Whose turn it is and why, the turns to come, and those of nobody.")
Days = Annotated[int, typer.Option(help="So many days ahead.", min=1, max=366)]
Rota = Annotated[str | None, typer.Option(help="This rota only.", show_default=False)]


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
    if context.invoked_subcommand is not None:
        return
    from bot.cli.oncall_table import overview_json, print_overview

    with _service(home) as service:
        found = service.overview(_moment(service, at))
        if as_json:
            print(json.dumps(overview_json(found), indent=2, ensure_ascii=False))
        else:
            _print(partial(print_overview, found))


@oncall.command()
def shifts(rota: Rota = None, days: Days = 28, as_json: AsJson = False, home: Home = None) -> None:
    """The turns to come, those of nobody among them."""
    from bot.cli.oncall_table import print_shifts, shift_json

    with _service(home) as service:
        found = list(_shifts(service, rota, days))
        if as_json:
            print(json.dumps([shift_json(shift) for shift in found], indent=2, ensure_ascii=False))
        else:
            _print(partial(print_shifts, found, service.plan.zone))


@oncall.command()
def gaps(as_json: AsJson = False, home: Home = None) -> None:
    """The turns of nobody in the next 60 days. Exit code 1 if there is one."""
    from bot.cli.oncall_table import print_shifts, shift_json

    with _service(home) as service:
        found = service.gaps(now())
        if as_json:
            print(json.dumps([shift_json(shift) for shift in found], indent=2, ensure_ascii=False))
        elif found:
            _print(partial(print_shifts, found, service.plan.zone))
        else:
            print("Somebody is on call in every rota for the next 60 days.")
    if found:
        raise SystemExit(1)


@oncall.command()
def calendar(
    out: Annotated[Path, typer.Option(help="The .ics file to write.", show_default=False)],
    rota: Rota = None,
    days: Days = 60,
    home: Home = None,
) -> None:
    """Write the turns to come as an iCalendar file. Read again, each turn is there once."""
    from bot.views.oncall_calendar import calendar as drawn

    with _service(home) as service:
        check_writable(out)
        write_output(out, drawn(_shifts(service, rota, days), now()))


@contextmanager
def _service(home: Path | None) -> "Iterator[OncallService]":
    from bot.state_adapters import oncall_to_read

    with errors_for_people(), oncall_to_read(settings_of(home)) as service:
        yield service


def _moment(service: "OncallService", text: str | None) -> datetime:
    return now() if text is None else service.moment(text)


def _shifts(service: "OncallService", rota: str | None, days: int) -> "Iterator[Shift]":
    moment = now()
    for name in [rota] if rota is not None else list(service.plan.rota_by_name):
        yield from service.ahead(name, moment, moment + timedelta(days=days))


def _print(printed: Any) -> None:
    import shutil
    import sys

    from bot.cli.tables import rendered

    width, colour = shutil.get_terminal_size().columns, sys.stdout.isatty()
    print(rendered(printed, width=width, colour=colour), end="")
