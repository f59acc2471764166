"""App Home: health at a glance."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import FirelineError
from bot.domain.health.model import HealthRequest
from bot.services.app import AppServices
from bot.views import action_ids, home
from handlers.replies import Reply
from handlers.slack_calls import asked

Payload = Mapping[str, Any]


def register(app: AsyncApp, services: AppServices) -> None:
    async def publish(reply: Reply, client: AsyncWebClient) -> None:
        try:
            report = await reply.work(services.health.of, HealthRequest(), services.now())
            on_call = await reply.work(services.oncall.turns, services.now())
            silenced = await reply.work(services.silences.standing, services.now())
            pinned = await reply.work(services.deploys.pinned)
            view = home.glance(report, reply.workspace, on_call, silenced, pinned)
        except FirelineError as error:
            view = home.unavailable(str(error))
        await asked("views.publish", client.views_publish(user_id=reply.place.user, view=view))

    @app.event("app_home_opened")
    async def opened(event: Payload, reply: Reply, client: AsyncWebClient) -> None:
        if event.get("tab") == "home":
            await publish(reply, client)

    @app.action(action_ids.HOME_REFRESH)
    async def refresh(ack: AsyncAck, reply: Reply, client: AsyncWebClient) -> None:
        await ack()
        await publish(reply, client)
