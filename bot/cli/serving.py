"""What `fireline run` and `fireline demo` do until they are stopped: answer Slack and the command line."""

from contextlib import AbstractContextManager
from typing import Any

from bot.bootstrap import Serving
from bot.cli.load import answer_load
from bot.cli.local_api import Answer, local_api
from bot.cli.paging_answers import answer_paging, question_of
from bot.cli.sources import answer_sources
from bot.config.settings import Settings
from bot.responding import paging_rules_of
from bot.services.app import AppServices
from bot.slack.serving import serve


def whom_pages_reach(settings: Settings, services: AppServices) -> Answer:
    """By the configuration, the channels and the clock of this process."""

    def answer(given: dict[str, Any]) -> str:
        return answer_paging(paging_rules_of(settings, services.oncall), question_of(given), services.now())

    return answer


async def serve_all(settings: Settings, duties: Serving, working: AbstractContextManager[None]) -> None:
    """Ends when cancelled. `working`: what goes on by itself while it serves."""
    services = duties.services

    def load(given: dict[str, Any]) -> str:
        return answer_load(duties.loading, settings, services.registry, given, services.now())

    def sources(given: dict[str, Any]) -> str:
        return answer_sources(duties.sources, services.blindness.policy, given)

    echo = duties.responding.echo
    takes_in: dict[str, Answer] = {"load": load, "sources": sources}
    async with local_api(settings.socket, services, takes_in, whom_pages_reach(settings, services), duties.probe):
        await serve(
            settings, services, working, duties.probe, duties.callbacks, anew=None if echo is None else echo.anew
        )
