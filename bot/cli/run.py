"""`fireline run`: the Slack app in one process."""

import asyncio
import logging
import os
import signal
import threading
from typing import TYPE_CHECKING, Any

from bot.cli import logs
from bot.cli.context import errors_for_people, settings_of
from bot.cli.options import Home

if TYPE_CHECKING:
    from bot.bootstrap import Serving
    from bot.config.settings import Settings

log = logging.getLogger("fireline")
LONGEST_STOP_S = 9.0
"""Hosts wait ten seconds between asking a process to stop and killing it."""


def run(home: Home = None) -> None:
    """Run the Slack app and watch the pipeline. SLACK_APP_TOKEN: Socket Mode; else HTTP, with SLACK_SIGNING_SECRET."""
    from bot.bootstrap import serving
    from bot.config.slack_tokens import SlackTokens

    logs.set_up(logging.INFO)
    with errors_for_people():
        settings = settings_of(home)
        tokens = SlackTokens.of(settings)
        if tokens.app and tokens.secret:
            log.info("SLACK_APP_TOKEN is set: Socket Mode; SLACK_SIGNING_SECRET is not used")
        with serving(settings) as duties:
            try:
                asyncio.run(_serve(settings, duties))
            except (KeyboardInterrupt, asyncio.CancelledError):
                log.info("stopped")


async def _serve(settings: "Settings", duties: "Serving") -> None:
    from bot.cli.load import answer_load
    from bot.cli.local_api import local_api
    from bot.scheduler import lanes_of, running
    from bot.slack.serving import serve

    _stop_at_sigterm()
    services, vitals = duties.services, duties.vitals

    def load(given: dict[str, Any]) -> str:
        return answer_load(duties.loading, settings, given, services.now())

    async with local_api(settings.socket, services, load, vitals.wrong):
        lanes = running(lanes_of(duties.on_watch, duties.checks), vitals, duties.on_watch.stop)
        await serve(settings, services, lanes, vitals.wrong)


def _stop_at_sigterm() -> None:
    serving = asyncio.current_task()
    assert serving is not None

    def stop() -> None:
        serving.cancel()
        end = threading.Timer(LONGEST_STOP_S, _end)
        end.daemon = True
        end.start()

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)


def _end() -> None:
    """Whatever still runs may be cut off at any moment: what is not finished is done again at the next start."""
    log.warning("stopping took more than %.0f s: the process was ended", LONGEST_STOP_S)
    logging.shutdown()
    os._exit(0)
