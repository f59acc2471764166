"""App Home: health at a glance."""

import logging
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import FirelineError
from bot.domain.health.model import HealthRequest
from bot.services.app import AppServices
from bot.views import action_ids, home
from handlers.replies import Reply
from handlers.slack_calls import Refused, asked

Payload = Mapping[str, Any]
log = logging.getLogger("fireline.slack")
LEFT = frozenset({"user_not_found", "user_disabled", "team_not_found"})
NOT_TAKEN = frozenset({"invalid_arguments", "invalid_blocks", "invalid_blocks_format", "view_too_large"})
"""https://docs.slack.dev/reference/methods/views.publish#errors"""


def register(app: AsyncApp, services: AppServices) -> None:
    async def publish(reply: Reply, client: AsyncWebClient) -> None:
        try:
            report = await reply.work(services.health.of, HealthRequest(), services.now())
            on_call = await reply.work(services.oncall.turns, services.now())
            silenced = await reply.work(services.silences.standing, services.now())
            pinned = await reply.work(services.deploys.pinned)
            view = home.glance(report, reply.workspace, on_call, silenced, pinned)
        except FirelineError as error:
            await _put(client, reply.place.user, home.unavailable(str(error)))
            return
        await _put(client, reply.place.user, view, home.small(report))

    @app.event("app_home_opened")
    async def opened(event: Payload, reply: Reply, client: AsyncWebClient) -> None:
        if event.get("tab") == "home":
            await publish(reply, client)

    @app.action(action_ids.HOME_REFRESH)
    async def refresh(ack: AsyncAck, reply: Reply, client: AsyncWebClient) -> None:
        await ack()
        await publish(reply, client)


async def _put(client: AsyncWebClient, user: str, view: dict[str, Any], small: dict[str, Any] | None = None) -> None:
    """The small view where Slack does not take the whole one. Raises Refused and Unconfirmed; somebody who has left is
    nobody's trouble.
    """
    try:
        await asked("views.publish", client.views_publish(user_id=user, view=view))
    except Refused as no:
        if no.reason in LEFT:
            log.info("%s: nobody is there to see the Home of %s", no, user)
            return
        if small is None or no.reason not in NOT_TAKEN:
            raise
        log.warning("%s: the Home of %s is the small one", no, user)
        await _put(client, user, small)
