"""`fireline oncall test`: page somebody for practice, and say what each channel made of it."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.context import errors_for_people, now, settings_of, wait
from bot.cli.incident import By, login_name
from bot.cli.options import AsJson, Home
from bot.cli.terminal import say
from bot.domain.delivery import PRACTICE_LOOKS_S as LOOKS_S
from bot.domain.errors import BadInput

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.services.practice import PracticeService
    from bot.services.responses import ResponseService


@dataclass(frozen=True)
class PracticeQuestion:
    """`name` is whom; `key` is of what was begun before. `by` is who asks, as oncall.yaml calls them, `login` as the
    operating system does.
    """

    name: str
    by: str = ""
    login: str = ""
    key: str = ""


@dataclass(frozen=True)
class Practised:
    """`over`: it does not change any more; `taken`: every channel of the policy has accepted it."""

    key: str
    lines: tuple[str, ...]
    pages: tuple[dict[str, str], ...]
    unreached: tuple[str, ...]
    over: bool
    taken: bool


def page_for_practice(
    name: Annotated[str, typer.Argument(help="A person of oncall.yaml.", show_default=False)],
    by: By = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Page somebody for practice, marked TEST, by every channel that wakes them. Exit code 1 unless all accept it."""
    with errors_for_people():
        settings = settings_of(home)
        found = _asked(settings, PracticeQuestion(name, by or ""))
        for seconds in LOOKS_S:
            if found.over:
                break
            wait(seconds)
            found = _asked(settings, PracticeQuestion(name, key=found.key))
    if as_json:
        said = {key: value for key, value in asdict(found).items() if key not in ("key", "lines")}
        print(json.dumps(said, indent=2, ensure_ascii=False))
    else:
        say("\n".join(found.lines))
    if not found.taken:
        raise SystemExit(1)


def answer_practice(
    service: "PracticeService", people: "ResponseService", question: PracticeQuestion, moment: datetime
) -> str:
    """A Practised as JSON. Raises BadInput."""
    from bot.domain.access import Actor, Way
    from bot.views.page_words import shown
    from bot.views.practice import report_lines

    if question.key:
        found = service.report(question.key, moment)
    else:
        name = people.person(question.by, moment) if question.by else question.login
        found = service.begin(question.name, Actor(question.login, name, Way.TERMINAL), moment)
    pages = tuple({"channel": each.page.channel, "state": shown(each)} for each in found.pages)
    key = found.pages[0].page.dedup_key
    return json.dumps(
        asdict(Practised(key, tuple(report_lines(found)), pages, found.unreached, found.over, found.taken))
    )


def question_of(given: dict[str, Any]) -> PracticeQuestion:
    """A question that came over the socket. Raises TypeError for one of another version."""
    return PracticeQuestion(**given)


def _asked(settings: "Settings", question: PracticeQuestion) -> Practised:
    """Of the process that serves, when one runs; else of the state that others serve."""
    from bot.cli.local_client import ask_running

    question = replace(question, login=login_name())
    said = ask_running(settings.socket, "practice", asdict(question))
    if said is None:
        from bot.state_adapters import embedded_state

        if embedded_state(settings):
            raise BadInput(f"No process serves {settings.home}, so nothing would send it. Start `fireline run` first.")
        from bot.declaring import acting

        with acting(settings) as acts:
            said = answer_practice(acts.practice, acts.responses, question, now())
    return Practised(**json.loads(said))
