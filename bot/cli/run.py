"""`fireline run`: the Slack app in one process."""

import asyncio
import logging
import signal
from typing import TYPE_CHECKING

from bot.cli.context import errors_for_people, settings_of
from bot.cli.options import Home

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.services.app import AppServices
    from bot.services.on_watch import OnWatch

log = logging.getLogger("fireline")


def run(home: Home = None) -> None:
    """Run the Slack app and watch the pipeline. SLACK_APP_TOKEN: Socket Mode; else HTTP, with SLACK_SIGNING_SECRET."""
    from bot.bootstrap import serving
    from bot.config.slack_tokens import SlackTokens

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it names its plugins; an upgrade is logged by ourselves
    with errors_for_people():
        settings = settings_of(home)
        tokens = SlackTokens.of(settings)
        if tokens.app and tokens.secret:
            log.info("SLACK_APP_TOKEN is set: Socket Mode; SLACK_SIGNING_SECRET is not used")
        with serving(settings) as (services, on_watch):
            try:
                asyncio.run(_serve(settings, services, on_watch))
            except (KeyboardInterrupt, asyncio.CancelledError):
                log.info("stopped")


async def _serve(settings: "Settings", services: "AppServices", on_watch: "OnWatch") -> None:
    from bot.cli.local_api import local_api
    from bot.scheduler import lanes_of, running
    from bot.slack.serving import serve

    serving = asyncio.current_task()
    assert serving is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, serving.cancel)
    async with local_api(settings.socket, services):
        await serve(settings, services, running(lanes_of(on_watch), on_watch.stop))
