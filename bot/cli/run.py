"""`fireline run`: the Slack app in one process."""

import asyncio
import logging
from typing import TYPE_CHECKING

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
            asyncio.run(_until_stopped(settings, duties, stopping))


async def _until_stopped(settings: "Settings", duties: "Serving", stopping: Stopping) -> None:
    from bot.cli.serving import serve_all
    from bot.source_lanes import at_work

    stopping.cancels_this_task()
    await serve_all(settings, duties, at_work(duties))
