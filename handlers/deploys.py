"""/deploys: what is deployed of each service, how it differs from the registry, and what can be done about it."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.services.app import AppServices
from bot.views import action_ids, deploys
from bot.views.blocks import Card
from handlers import payloads
from handlers.answers import help_card
from handlers.replies import Reply

Payload = Mapping[str, Any]


def register(app: AsyncApp, services: AppServices) -> None:
    @app.command("/deploys")
    async def ask(ack: AsyncAck, command: Payload, reply: Reply) -> None:
        await ack()
        if payloads.wants_help(command):
            await reply.privately(help_card(services))
            return
        await reply.send(await reply.work(_card, services, payloads.text(command)))

    @app.action(action_ids.DEPLOYS_REFRESH)
    async def refresh(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        value = payloads.value(action)
        await reply.instead(await reply.work(_card, services, "" if value == deploys.ALL else value))

    @app.action(action_ids.DEPLOYS_SERVICE)
    async def look(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        await reply.privately(await reply.work(_card, services, payloads.value(action)))


def _card(services: AppServices, name: str) -> Card:
    now, single = services.now(), bool(name.strip())
    found = services.deploys.of(name.strip(), now)
    waiting = services.operations.waiting(found.rows[0].service.name, now) if single and found.rows else ()
    return deploys.card(found, single=single, waiting=waiting)
