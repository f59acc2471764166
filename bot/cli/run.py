"""`fireline run`: the Slack app in one process."""

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.cli import logs
from bot.cli.context import errors_for_people, settings_of
from bot.cli.options import Home
from bot.cli.stopping import Stopping, stoppable

if TYPE_CHECKING:
    from bot.bootstrap import Serving
    from bot.config.settings import Settings

log = logging.getLogger("fireline")


def run(home: Home = None) -> None:
    """Run the Slack app and watch the pipeline. SLACK_APP_TOKEN: Socket Mode; else HTTP, with SLACK_SIGNING_SECRET."""
    from bot.bootstrap import serving
    from bot.config.slack_tokens import SlackTokens

    with stoppable(lambda: log.info("stopped")) as stopping, errors_for_people():
        settings = settings_of(home)
        logs.set_up(logging.INFO, settings.log_format)
        tokens = SlackTokens.of(settings)
        if tokens.app and tokens.secret:
            log.info("SLACK_APP_TOKEN is set: Socket Mode; SLACK_SIGNING_SECRET is not used")
        with serving(settings) as duties:
            asyncio.run(_serve(settings, duties, stopping))


async def _serve(settings: "Settings", duties: "Serving", stopping: Stopping) -> None:
    from bot.cli.load import answer_load
    from bot.cli.local_api import Answer, local_api
    from bot.cli.sources import answer_sources
    from bot.scheduler import lanes_of, running, source_lanes
    from bot.slack.serving import serve

    stopping.cancels_this_task()
    services = duties.services

    def load(given: dict[str, Any]) -> str:
        return answer_load(duties.loading, settings, services.registry, given, services.now(), follows=True)

    sources = duties.sources
    takes_in: dict[str, Answer] = {"load": load, "sources": partial(answer_sources, sources, services.blindness.policy)}
    async with local_api(settings.socket, services, takes_in, duties.probe):
        lanes = (*lanes_of(duties.on_watch, duties.checks), *source_lanes(sources))
        working = running(lanes, duties.vitals, duties.on_watch.stop, duties.metrics)
        await serve(settings, services, working, duties.probe)
