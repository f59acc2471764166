"""`fireline incident declare` and `fireline page`: an incident that Fireline did not find, and a page on purpose."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.context import errors_for_people, now, settings_of, wait
from bot.cli.incident import By, incident, login_name
from bot.cli.options import AsJson, Home
from bot.cli.terminal import say
from bot.domain.delivery import LOOKS_S, settled
from bot.domain.delivery import Act as PageAct

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.services.declaring import DeclaringService
    from bot.services.responses import ResponseService

WAITS = "note: no process serves here: nobody is paged until `fireline run` does."
Severity = Annotated[str, typer.Option(help="P0, P1 or P2.")]
Because = Annotated[str, typer.Option(help="Why this severity.", show_default=False)]


class Act(StrEnum):
    DECLARE = "declare"
    PREVIEW = "preview"
    SHOW = "show"


@dataclass(frozen=True)
class DeclareQuestion:
    """What was typed by the user `login` of the operating system; `by` is who that is in oncall.yaml. `page`: whom
    first; `number` is of what was declared before.
    """

    act: str
    title: str = ""
    severity: str = "P1"
    because: str = ""
    processors: tuple[str, ...] = ()
    page: str = ""
    by: str = ""
    login: str = ""
    number: str = ""


@dataclass(frozen=True)
class Declared:
    """`settled`: every page has an outcome."""

    text: str
    number: str = ""
    severity: str = ""
    state: str = ""
    pages: tuple[dict[str, str], ...] = ()
    settled: bool = False


@incident.command()
def declare(
    title: Annotated[str, typer.Option(help="What is wrong, in one line.", show_default=False)],
    severity: Severity = "P1",
    because: Because = "",
    processor: Annotated[
        list[str] | None, typer.Option(help="One that it concerns; several times.", show_default=False)
    ] = None,
    page: Annotated[str, typer.Option(help="A person or a rota to page first.", show_default=False)] = "",
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Open an incident that Fireline has not found: with a number, a message, and pages by the policy."""
    asked = DeclareQuestion(Act.DECLARE, title, severity, because, tuple(processor or ()), page, by or "")
    _declare(home, asked, as_json=as_json)


def page(
    whom: Annotated[str, typer.Argument(help="A person or a rota of oncall.yaml.", show_default=False)],
    text: Annotated[str, typer.Argument(help="What they have to know, in one line.", show_default=False)],
    severity: Severity = "P1",
    because: Because = "",
    yes: Annotated[bool, typer.Option("--yes", help="Page; else only who would be paged is shown.")] = False,
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Page somebody on purpose: an incident that pages them first. Without --yes, who would be paged by what."""
    asked = DeclareQuestion(Act.DECLARE, text, severity, because, page=whom, by=by or "")
    if yes:
        _declare(home, asked, as_json=as_json)
        return
    with errors_for_people():
        answer, _ = _asked(settings_of(home), replace(asked, act=Act.PREVIEW))
    if as_json:
        print(json.dumps({"paged": False, "preview": answer.text.splitlines()}, indent=2, ensure_ascii=False))
    else:
        say(f"{answer.text}Nobody is paged: add --yes.")


def answer_declare(
    service: "DeclaringService", people: "ResponseService", question: DeclareQuestion, moment: datetime
) -> str:
    """A Declared as JSON. Raises BadInput."""
    from bot.domain.access import Actor, Way
    from bot.domain.gate.declared import Wanted, severity_of
    from bot.views.declared_words import will_be_paged
    from bot.views.incident import PLAIN

    if question.act == Act.SHOW:
        return _said(service, people, question.number, moment)
    severity = severity_of(question.severity)
    wanted = Wanted(question.title, severity, question.because, tuple(question.processors), question.page)
    if question.act == Act.PREVIEW:
        lines = will_be_paged(service.preview(wanted, moment), moment, PLAIN)
        return json.dumps(asdict(Declared("".join(f"{line}\n" for line in lines))))
    name = people.person(question.by, moment) if question.by else question.login
    found = service.declare(wanted, Actor(question.login, name, Way.TERMINAL), moment)
    return _said(service, people, found.label, moment)


def question_of(given: dict[str, Any]) -> DeclareQuestion:
    """A question that came over the socket. Raises TypeError for one of another version."""
    return DeclareQuestion(**given)


def _said(service: "DeclaringService", people: "ResponseService", number: str, moment: datetime) -> str:
    from bot.views.declared_words import opened
    from bot.views.incident import PLAIN
    from bot.views.page_words import shown

    found = people.overview(people.incident(number), moment)
    pages = [each for each in service.pages(found.incident) if each.page.act is PageAct.TRIGGER]
    text = "".join(f"{line}\n" for line in opened(found, pages, moment, PLAIN))
    told = tuple({"person": one.page.person, "channel": one.page.channel, "state": shown(one)} for one in pages)
    facts = found.severity.value, found.state.value
    return json.dumps(asdict(Declared(text, found.incident.label, *facts, told, settled(pages))))


def _declare(home: Path | None, question: DeclareQuestion, *, as_json: bool) -> None:
    """And wait for a while until the pages have an outcome, where a process serves."""
    with errors_for_people():
        settings = settings_of(home)
        answer, served = _asked(settings, question)
        for seconds in LOOKS_S if served else ():
            if answer.settled:
                break
            wait(seconds)
            answer, _ = _asked(settings, DeclareQuestion(Act.SHOW, number=answer.number))
    if not served:
        from bot.state_adapters import embedded_state

        if embedded_state(settings):
            say(WAITS, error=True)
    if as_json:
        said = {name: value for name, value in asdict(answer).items() if name not in ("text", "settled")}
        print(json.dumps(said, indent=2, ensure_ascii=False))
    else:
        say(answer.text.removesuffix("\n"))


def _asked(settings: "Settings", question: DeclareQuestion) -> tuple[Declared, bool]:
    """Of the process that serves, when one runs: then True; else of the state itself."""
    from bot.cli.local_client import ask_running

    question = replace(question, login=login_name())
    said = ask_running(settings.socket, "declare", asdict(question))
    if said is not None:
        return Declared(**json.loads(said)), True
    from bot.declaring import acting

    with acting(settings, names=bool(question.processors)) as acts:
        return Declared(**json.loads(answer_declare(acts.declaring, acts.responses, question, now()))), False
