"""Run the Slack app until told to stop: Socket Mode with an app token, else signed HTTP."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext

from aiohttp import ClientError, web
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import slack_app
from bot.adapters.clock import system_clock
from bot.config.settings import Settings
from bot.domain.errors import BadInput
from bot.http_front import web_app
from bot.services.app import AppServices
from bot.socket_mode import REFUSED, stay_connected
from bot.views.chart_style import load_matplotlib
from handlers.replies import WorkPool, code_of

log = logging.getLogger("fireline.serving")
WARM_UP_AFTER_S = 3.0
"""First comes the first answer."""
SWITCH_INTERVAL_S = 0.0005
"""Work on other threads must not keep the event loop from sending an acknowledgement: the default is 5 ms."""


async def serve(settings: Settings, services: AppServices, duties: AbstractContextManager[None] | None = None) -> None:
    """Serve until cancelled; `duties` are done meanwhile. Raises BadInput when a token is missing or refused."""
    bot_token = settings.slack_bot_token.get_secret_value()
    app_token = settings.slack_app_token.get_secret_value()
    secret = settings.slack_signing_secret.get_secret_value()
    if not bot_token:
        raise BadInput("SLACK_BOT_TOKEN is not set. Use the bot token (xoxb-…), or try `fireline demo`.")
    if not app_token and not secret:
        raise BadInput("Set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP); neither is set.")
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    client = slack_app.web_client(bot_token, settings.slack_api_url)
    await _greet(client)
    pool = WorkPool()
    app = slack_app.build(client, services, pool, signing_secret=secret)
    warming = asyncio.create_task(_warm_up(pool))
    try:
        with duties or nullcontext():
            if app_token:
                await stay_connected(app, app_token)
            else:
                async with http_site(app, secret, settings.port) as port:
                    log.info("waiting for Slack on port %d", port)
                    await asyncio.Event().wait()
    finally:
        warming.cancel()
        pool.close()


async def _warm_up(pool: WorkPool) -> None:
    """Loading takes a second, and on a new machine many: not when someone waits for a chart."""
    await asyncio.sleep(WARM_UP_AFTER_S)
    await pool.run(load_matplotlib)


async def _greet(client: AsyncWebClient) -> None:
    """Ask who we are: a wrong token is told at once. A workspace that cannot be reached yet is waited for later."""
    try:
        await client.auth_test()
    except SlackApiError as error:
        reason = code_of(error)
        if reason in REFUSED:
            remedy = "Use the bot token (xoxb-…) of this app."
            raise BadInput(f"Slack refused SLACK_BOT_TOKEN ({reason}). {remedy}") from error
        log.warning("Slack does not answer yet: %s", reason)
    except (ClientError, OSError) as error:
        log.warning("Slack cannot be reached yet: %r", error)


@asynccontextmanager
async def http_site(app: AsyncApp, secret: str, port: int, host: str = "0.0.0.0") -> AsyncIterator[int]:
    """The HTTP front on a port (0: any free one); yields the port."""
    runner = web.AppRunner(web_app(app, secret, lambda: system_clock().timestamp()), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
