"""`fireline incident`: an incident by its number, and taking it where Slack delivers no clicks."""

import getpass
import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.context import errors_for_people, now, settings_of
from bot.cli.options import AsJson, Home
from bot.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.config.settings import Settings
    from bot.domain.access import Actor
    from bot.domain.escalation.pages import Targets
    from bot.domain.incidents.figures import Figures
    from bot.domain.incidents.incident import Incident
    from bot.domain.incidents.retrospect import IncidentMemory
    from bot.domain.incidents.standing import Overview
    from bot.services.oncall import OncallService
    from bot.services.responses import ResponseService

incident = typer.Typer(help="An incident by its number: what was done, and taking it.", no_args_is_help=True)
Number = Annotated[str, typer.Argument(help="Its number, as INC-42.", show_default=False)]
By = Annotated[
    str | None, typer.Option("--as", help="Who you are in oncall.yaml; your login name.", show_default=False)
]
TakeOver = Annotated[bool, typer.Option("--take-over", help="Take it, though others were paged.")]


class Act(StrEnum):
    LIST = "list"
    SHOW = "show"
    ACK = "ack"
    MITIGATED = "mitigated"
    RESOLVE = "resolve"
    HANDOVER = "handover"
    REOPEN = "reopen"
    SEVERITY = "severity"


@dataclass(frozen=True)
class IncidentQuestion:
    """What was typed by the user `login` of the operating system; `by` is who that is in oncall.yaml, `more` a reason
    or a name.
    """

    act: str
    number: str
    by: str
    login: str = ""
    take_over: bool = False
    more: str = ""
    severity: str = ""
    as_json: bool = False


@incident.command()
def show(number: Number, as_json: AsJson = False, home: Home = None) -> None:
    """What it is, who has it, what comes next, and its timeline."""
    _ask(home, IncidentQuestion(Act.SHOW, number, "", as_json=as_json))


@incident.command()
def ack(number: Number, by: By = None, take_over: TakeOver = False, as_json: AsJson = False, home: Home = None) -> None:
    """Acknowledge it: nobody else is paged while that holds."""
    _ask(home, IncidentQuestion(Act.ACK, number, by or "", take_over=take_over, as_json=as_json))


@incident.command()
def mitigated(number: Number, by: By = None, as_json: AsJson = False, home: Home = None) -> None:
    """Say that the harm has stopped: nobody is paged, unless it becomes worse."""
    _ask(home, IncidentQuestion(Act.MITIGATED, number, by or "", as_json=as_json))


@incident.command()
def resolve(
    number: Number,
    because: Annotated[str, typer.Option(help="Why, though the data is not right.", show_default=False)] = "",
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Resolve it, if the data is right; else what is still wrong is named. Asked of the serving process."""
    _ask(home, IncidentQuestion(Act.RESOLVE, number, by or "", more=because, as_json=as_json))


@incident.command()
def handover(
    number: Number,
    to: Annotated[str, typer.Argument(help="Who has it from now on.", show_default=False)],
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Give it to somebody else, who has it from now on."""
    _ask(home, IncidentQuestion(Act.HANDOVER, number, by or "", more=to, as_json=as_json))


@incident.command()
def reopen(
    number: Number,
    because: Annotated[str, typer.Option(help="Why it is not over.", show_default=False)],
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Say that it is not over: a new episode, which pages from step 1."""
    _ask(home, IncidentQuestion(Act.REOPEN, number, by or login_name(), more=because, as_json=as_json))


@incident.command()
def severity(
    number: Number,
    to: Annotated[str, typer.Argument(help="P0, P1 or P2.", show_default=False)],
    because: Annotated[str, typer.Option(help="Why.", show_default=False)],
    by: By = None,
    take_over: TakeOver = False,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Raise it: paging begins at step 1. Or lower it, until the facts show more than they do now."""
    asked = IncidentQuestion(
        Act.SEVERITY, number, by or "", take_over=take_over, more=because, severity=to, as_json=as_json
    )
    _ask(home, asked)


def answer_incident(service: "ResponseService", question: IncidentQuestion, moment: datetime) -> str:
    """Do what was asked, and say how it is then. Raises BadInput."""
    from bot.domain.access import Actor, Way
    from bot.services.access import NotYours

    if question.act == Act.LIST:
        return _listed(service, moment, as_json=question.as_json)
    found, act = service.incident(question.number), Act(question.act)
    name = question.by or question.login
    who = Actor(question.login, name if act is Act.SHOW else service.person(name, moment), Way.TERMINAL)
    try:
        _acted(service, act, found, who, question, moment)
    except NotYours as error:
        add = act in (Act.ACK, Act.SEVERITY)
        instead = "add --take-over" if add else f"take it first: fireline incident ack {found.label} --take-over"
        raise BadInput(f"{error} If that is meant, {instead}.") from error
    known = service.incident(question.number)
    overview, memory = service.overview(known, moment), service.memory(known) if act is Act.SHOW else None
    return _json(overview, memory) if question.as_json else _text(overview, memory, moment)


def _acted(
    service: "ResponseService",
    act: Act,
    found: "Incident",
    who: "Actor",
    question: IncidentQuestion,
    moment: datetime,
) -> None:
    """Raises NotYours where it would stop pages to others; BadInput."""
    from bot.domain.gate.declared import severity_of
    from bot.services.responses import Said

    match act:
        case Act.ACK:
            service.acknowledge(found, who, moment, take_over=question.take_over)
        case Act.MITIGATED:
            service.mitigate(found, who, moment)
        case Act.RESOLVE:
            service.resolve(found, who, moment, question.more)
        case Act.REOPEN:
            service.reopen(found, who, question.more, moment)
        case Act.HANDOVER:
            service.hand_over(found, who, question.more, moment)
        case Act.SEVERITY:
            said = Said(severity_of(question.severity), question.more)
            service.set_severity(found, who, said, moment, meant=question.take_over)


def question_of(given: dict[str, Any]) -> IncidentQuestion:
    """A question that came over the socket. Raises TypeError for one of another version."""
    return IncidentQuestion(**given)


@incident.command()
def postmortem(number: Number, home: Home = None) -> None:
    """A draft of its postmortem, in Markdown."""
    from bot.state_adapters import incidents_to_read
    from bot.views.postmortem import markdown

    with errors_for_people(), incidents_to_read(settings_of(home)) as (people, past, moment):
        print(markdown(past.of(people.incident(number), moment)), end="")


@incident.command()
def figures(
    days: Annotated[int, typer.Option(help="How far back.")] = 30, as_json: AsJson = False, home: Home = None
) -> None:
    """How soon incidents are detected, acknowledged and resolved: median and 90th percentile, per severity."""
    from bot.cli.terminal import say_folded
    from bot.state_adapters import incidents_to_read

    with errors_for_people(), incidents_to_read(settings_of(home)) as (_, past, moment):
        found = past.figures(days, moment)
    print(_figures_json(found), end="") if as_json else say_folded(_figures_text(found, days))


@incident.command(name="list")
def list_(as_json: AsJson = False, home: Home = None) -> None:
    """What is open, the worst first."""
    from bot.cli.local_client import ask_running
    from bot.cli.terminal import say_folded
    from bot.state_adapters import has_state, incidents_to_read

    question = IncidentQuestion(Act.LIST, "", "", as_json=as_json)
    with errors_for_people():
        settings = settings_of(home)
        answer = ask_running(settings.socket, "incident", asdict(question))
        if answer is None and not has_state(settings):
            nothing = f"No incident is open: `fireline run` or `fireline demo` detects them in {settings.home}."
            answer = "[]\n" if as_json else nothing
        elif answer is None:
            with incidents_to_read(settings, _reached(settings)) as (people, _, moment):
                answer = answer_incident(people, question, moment)
        print(answer, end="") if as_json else say_folded(answer.rstrip("\n"))


def _listed(service: "ResponseService", moment: datetime, *, as_json: bool) -> str:
    from bot.cli.terminal import shown
    from bot.views.response import listed

    found = service.overviews(moment)
    if as_json:
        return json.dumps([_facts(each) for each in found], indent=2, ensure_ascii=False) + "\n"
    return "".join(f"{shown(listed(each, moment))}\n" for each in found) or "No incident is open.\n"


def _figures_text(found: "list[Figures]", days: int) -> str:
    from bot.views import figures as view

    return "\n".join([*view.text(found), view.NOTE] if found else [f"No incident of the last {days} days."])


def _figures_json(found: "list[Figures]") -> str:
    from bot.cli.review_json import figures_json

    return json.dumps(figures_json(found), indent=2) + "\n"


def _ask(home: Path | None, question: IncidentQuestion) -> None:
    """Of the process that serves, when one runs; else of the state itself: an acknowledgement needs no process."""
    from bot.cli.local_client import ask_running
    from bot.cli.terminal import say_folded

    with errors_for_people():
        settings = settings_of(home)
        question = replace(question, login=login_name())
        answer = ask_running(settings.socket, "incident", asdict(question))
        if answer is None:
            from bot.state_adapters import responses_to_change

            with responses_to_change(settings, _reached(settings)) as service:
                answer = answer_incident(service, question, now())
        if question.as_json:
            print(answer, end="")
        else:
            say_folded(answer.rstrip("\n"))


def _reached(settings: "Settings") -> "Callable[[OncallService], Targets]":
    """Whom pages reach; what of that is not known here is said on standard error."""
    from bot.cli.terminal import say_folded
    from bot.responding import reached_here

    return partial(reached_here, settings, partial(say_folded, error=True))


def login_name() -> str:
    """In a container the user may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def _json(found: "Overview", memory: "IncidentMemory | None") -> str:
    timeline = [{"at": each.at.isoformat(), "kind": each.kind, "text": each.text} for each in found.timeline]
    before = None if memory is None else _remembered(memory)
    answer = {**_facts(found), "before": before, "timeline": timeline}
    return json.dumps(answer, indent=2, ensure_ascii=False) + "\n"


def _remembered(memory: "IncidentMemory") -> dict[str, Any]:
    median = None if memory.median is None else memory.median.total_seconds()
    return {"similar": memory.similar, "ended": dict(memory.means), "median_seconds_of_first": median}


def _facts(found: "Overview") -> dict[str, Any]:
    standing = found.standing
    response, coming = (None, ()) if standing is None else (standing.response, standing.coming)
    return {
        "incident": found.incident.label,
        "severity": found.severity,
        "severity_by_facts": found.incident.severity,
        "state": found.state,
        "owner": None if response is None else response.owner or None,
        "watched_until": None if found.watched_until is None else found.watched_until.isoformat(),
        "next": [{"at": each.at.isoformat(), "pages": list(each.people)} for each in coming],
    }


def _text(found: "Overview", memory: "IncidentMemory | None", moment: datetime) -> str:
    from bot.cli.terminal import shown
    from bot.views import incident_memory
    from bot.views.incident import PLAIN
    from bot.views.response import watched_text
    from bot.views.response_words import line

    incident_ = found.incident
    following = line(found.standing, moment, PLAIN)
    back = [] if found.watched_until is None else [f"{watched_text(found.watched_until, moment, PLAIN)}."]
    lines = [
        f"{incident_.label} {found.severity} {found.state}: {incident_.headline.explanation}",
        *back,
        *([f"{following}."] if following else []),
        *([] if memory is None else [f"{incident_memory.sentence(memory)}."]),
        *(f"{entry.at:%Y-%m-%d %H:%M} UTC  {entry.text}" for entry in found.timeline),
    ]
    return "".join(f"{shown(each)}\n" for each in lines)
