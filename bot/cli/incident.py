"""`fireline incident`: an incident by its number, and taking it where Slack delivers no clicks."""

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.context import errors_for_people, now, settings_of
from bot.cli.options import AsJson, Home

if TYPE_CHECKING:
    from bot.domain.incidents.standing import Overview
    from bot.services.responses import ResponseService

incident = typer.Typer(help="An incident by its number: what was done, and taking it.", no_args_is_help=True)
Number = Annotated[str, typer.Argument(help="Its number, as INC-42.", show_default=False)]
By = Annotated[
    str | None, typer.Option("--as", help="Who you are in oncall.yaml; your login name.", show_default=False)
]
TakeOver = Annotated[bool, typer.Option("--take-over", help="Take it, though others were paged.")]


@incident.command()
def show(number: Number, as_json: AsJson = False, home: Home = None) -> None:
    """What it is, who has it, what comes next, and its timeline."""
    with _service(home) as service:
        _print(service.overview(service.incident(number), now()), as_json=as_json)


@incident.command()
def ack(number: Number, by: By = None, take_over: TakeOver = False, home: Home = None) -> None:
    """Acknowledge it: nobody else is paged while that holds."""
    with _service(home) as service:
        found, moment = service.incident(number), now()
        service.acknowledge(found, by or getpass.getuser(), moment, take_over=take_over)
        _print(service.overview(found, moment))


@incident.command()
def mitigated(number: Number, by: By = None, home: Home = None) -> None:
    """Say that the harm has stopped: nobody is paged, unless it becomes worse."""
    with _service(home) as service:
        found, moment = service.incident(number), now()
        service.mitigate(found, by or getpass.getuser(), moment)
        _print(service.overview(found, moment))


@contextmanager
def _service(home: Path | None) -> "Iterator[ResponseService]":
    from bot.state_adapters import responses_to_change

    with errors_for_people(), responses_to_change(settings_of(home)) as service:
        yield service


def _print(found: "Overview", *, as_json: bool = False) -> None:
    from bot.cli.terminal import shown
    from bot.views.incident import PLAIN
    from bot.views.response_words import line

    incident_, response = found.incident, None if found.standing is None else found.standing.response
    state = incident_.state if response is None else response.state
    if as_json:
        timeline = [{"at": each.at.isoformat(), "kind": each.kind, "text": each.text} for each in found.timeline]
        owner = None if response is None else response.owner or None
        said = {"incident": incident_.label, "severity": incident_.severity, "state": state, "owner": owner}
        print(json.dumps({**said, "timeline": timeline}, indent=2, ensure_ascii=False))
        return
    print(shown(f"{incident_.label} {incident_.severity} {state}: {incident_.headline.explanation}"))
    following = line(found.standing, now(), PLAIN)
    if following:
        print(shown(f"{following}."))
    for entry in found.timeline:
        print(shown(f"{entry.at:%Y-%m-%d %H:%M} UTC  {entry.text}"))
