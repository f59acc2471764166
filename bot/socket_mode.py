"""The Socket Mode way in: connect, stay connected, say when not."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from aiohttp import ClientError
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.domain.errors import BadInput
from handlers.replies import code_of

log = logging.getLogger("fireline.socket")
REFUSED = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "not_allowed_token_type"})
"""Trying again cannot help: https://docs.slack.dev/reference/methods/apps.connections.open#errors"""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
CHECK_S = 5.0
PING_S = 10.0
CONNECT_S = 15.0
LOST_S = 60.0
"""The SDK reconnects by itself, but with one address for ever, and Slack takes an address once: after so long, anew."""
Pause = Callable[[float], Awaitable[None]]


async def stay_connected(app: AsyncApp, app_token: str, *, pause: Pause = asyncio.sleep) -> None:
    """Connect and keep watch until cancelled. Raises BadInput for a refused token."""
    while True:
        handler = AsyncSocketModeHandler(app, app_token, ping_interval=PING_S)
        try:
            await _connect(app, app_token, handler, pause)
            await _watch(handler, pause)
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]


async def _watch(handler: AsyncSocketModeHandler, pause: Pause) -> None:
    """Say when the connection is gone and when it is back; return when the SDK has not brought it back."""
    lost_for = 0.0
    while lost_for < LOST_S:
        await pause(CHECK_S)
        connected = await handler.client.is_connected()
        if connected and lost_for:
            log.warning("connected to Slack again")
        elif not connected and not lost_for:
            log.warning("the connection to Slack is gone; reconnecting")
        lost_for = 0.0 if connected else lost_for + CHECK_S


async def _connect(app: AsyncApp, app_token: str, handler: AsyncSocketModeHandler, pause: Pause) -> None:
    wait = FIRST_PAUSE_S
    while True:
        try:
            # Asked for here: the SDK's own connect() asks for ever with a token that is refused, and fails on a 503.
            opened = await app.client.apps_connections_open(app_token=app_token)
            handler.client.wss_uri = str(opened["url"])
            await asyncio.wait_for(handler.connect_async(), CONNECT_S)  # type: ignore[no-untyped-call]
            log.info("connected to Slack")
            return
        except SlackApiError as error:
            reason = code_of(error)
            if reason in REFUSED:
                remedy = "Use the app-level token (xapp-…) with connections:write."
                raise BadInput(f"Slack refused SLACK_APP_TOKEN ({reason}). {remedy}") from error
            log.warning("Slack does not accept a connection (%s); trying again in %.0f s", reason, wait)
        except (ClientError, OSError) as error:
            log.warning("Slack cannot be reached (%r); trying again in %.0f s", error, wait)
        await pause(wait)
        wait = min(2 * wait, LONGEST_PAUSE_S)
