"""`fireline slo`: what is left of each budget, how it burns, compliance by month."""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.context import errors_for_people, now_of, settings_of
from bot.cli.options import AsJson, Home

if TYPE_CHECKING:
    from datetime import datetime

    from bot.config.settings import Settings
    from bot.services.slo import SloService


@dataclass(frozen=True)
class SloQuestion:
    """What was typed."""

    phase: int | None = None
    as_json: bool = False


def slo(
    phase: Annotated[int | None, typer.Option(help="Only this phase.", show_default=False)] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Say what is left of each budget, how fast it burns, and what its alert can see: counted in processor dates."""
    from bot.cli.local_client import ask_running
    from bot.cli.terminal import say_folded

    question = SloQuestion(phase, as_json)
    with errors_for_people():
        settings = settings_of(home)
        answer = ask_running(settings.socket, "slo", asdict(question))
        answer = _answered_here(settings, question) if answer is None else answer
        print(answer, end="") if as_json else say_folded(answer.rstrip("\n"))


def answer_slo(service: "SloService", question: SloQuestion, moment: "datetime") -> str:
    """The whole printed answer. Raises BadInput for a question that makes no sense."""
    found = service.of(moment, question.phase)
    if question.as_json:
        from bot.cli.slo_json import slo_json

        return json.dumps(slo_json(found), indent=2) + "\n"
    from bot.views import slo as views

    return views.text(found) + "\n"


def question_of(given: dict[str, Any]) -> SloQuestion:
    """A question that came over the socket. Raises TypeError for one of another version."""
    return SloQuestion(**given)


def _answered_here(settings: "Settings", question: SloQuestion) -> str:
    from bot.reading import reading

    with reading(settings) as found:
        return answer_slo(found.slo, question, now_of(found))
