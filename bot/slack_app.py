"""Build the Bolt app: one middleware, every handler, one place where errors become answers."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import ClientError
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

import handlers.health
import handlers.home
import handlers.impact
import handlers.validate
from bot.domain.errors import FirelineError
from bot.services.app import AppServices
from bot.views import failure
from handlers.replies import Place, Reply, WorkPool

Payload = Mapping[str, Any]
log = logging.getLogger("fireline.slack")
TIMEOUT_S = 10
ACK_SEEN_S = 0.02
"""Bolt looks for an acknowledgement every 10 ms, and loses it when a listener and its error handler end before that."""


def build(client: AsyncWebClient, services: AppServices, pool: WorkPool, signing_secret: str = "") -> AsyncApp:
    """The app with all its handlers. Requests over HTTP are verified before they reach it (bot.http_front)."""
    app = AsyncApp(
        client=client,
        signing_secret=signing_secret,
        request_verification_enabled=False,
        ignoring_self_events_enabled=True,
        logger=_bolt_log(),
    )
    _answer_through(app, pool)
    for feature in (handlers.health, handlers.home, handlers.impact, handlers.validate):
        feature.register(app, services)
    _answer_old_buttons(app)
    app.error(_tell)
    return app


def _bolt_log() -> logging.Logger:
    """Warnings only: on INFO, Bolt writes whole request bodies."""
    bolt = logging.getLogger("fireline.bolt")
    bolt.setLevel(logging.WARNING)
    return bolt


def web_client(token: str, api_url: str) -> AsyncWebClient:
    """A client that never posts twice by itself: only a 429, a definite no, is tried again after its Retry-After."""
    retries: list[AsyncRetryHandler] = [AsyncRateLimitErrorRetryHandler(max_retry_count=2)]
    return AsyncWebClient(token=token, base_url=api_url, timeout=TIMEOUT_S, retry_handlers=retries)


def _answer_through(app: AsyncApp, pool: WorkPool) -> None:
    @app.use
    async def attach_reply(context: AsyncBoltContext, body: Payload, next: Callable[[], Awaitable[Any]]) -> None:
        context["reply"] = Reply(app.client, context.response_url, pool, Place.of(body))
        await next()


def _answer_old_buttons(app: AsyncApp) -> None:
    """Messages outlive releases: a button that nothing handles any more gets an answer too."""

    @app.action(re.compile(".*"))
    async def outdated(ack: AsyncAck, reply: Reply) -> None:
        await ack()
        await reply.privately(failure.outdated())


async def _tell(error: Exception, context: AsyncBoltContext, body: Payload) -> None:
    """The edge: what people can act on is told to the one who asked; the rest is logged, and an apology sent."""
    await asyncio.sleep(ACK_SEEN_S)
    reply = context.get("reply")
    if isinstance(error, FirelineError):
        card = failure.explained(str(error), retryable=error.retryable)
    else:
        log.error("unhandled error in a listener (payload type %s)", body.get("type", "command"), exc_info=error)
        card = failure.unexpected()
    if not isinstance(reply, Reply):
        return
    try:
        await reply.privately(card)
    except (SlackApiError, ClientError, OSError) as lost:
        log.warning("could not tell the user: %r", lost)
