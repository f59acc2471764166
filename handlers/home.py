"""App Home: published when it is opened, and again where what it shows has changed."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.services.app import AppServices
from bot.views import action_ids
from handlers.homes import Homes
from handlers.replies import Reply

Payload = Mapping[str, Any]


def register(app: AsyncApp, services: AppServices) -> None:
    homes = Homes(services)

    @app.event("app_home_opened")
    async def opened(event: Payload, reply: Reply) -> None:
        if event.get("tab") == "home":
            await homes.opened(reply)

    @app.action(action_ids.HOME_REFRESH)
    async def refresh(ack: AsyncAck, reply: Reply) -> None:
        await ack()
        await homes.opened(reply)
