"""The buttons of a digest: what they show is read when they are pressed, and shown to whoever pressed."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.services.app import AppServices
from bot.views import action_ids, health, impact, oncall, response
from bot.views.blocks import Card
from handlers import payloads
from handlers.replies import Reply

Payload = Mapping[str, Any]
Answer = Callable[[AppServices, str], Card]


def register(app: AsyncApp, services: AppServices) -> None:
    def shown(action_id: str, answer: Answer) -> None:
        @app.action(action_id)
        async def show(ack: AsyncAck, action: Payload, reply: Reply) -> None:
            await ack()
            await reply.privately(await reply.work(answer, services, payloads.value(action)))

    shown(action_ids.REPORT_INCIDENT, _incident)
    shown(action_ids.REPORT_HEALTH, _health)
    shown(action_ids.REPORT_IMPACT, _impact)
    shown(action_ids.REPORT_ONCALL, _oncall)


def _incident(services: AppServices, value: str) -> Card:
    now = services.now()
    return response.card(services.responses.overview(services.responses.incident(value), now), now)


def _health(services: AppServices, value: str) -> Card:
    request = action_ids.decode(value)
    return health.card(services.health.of(request, services.now()), request)


def _impact(services: AppServices, value: str) -> Card:
    return impact.card(services.impact.of(action_ids.decode_impact(value), services.now()))


def _oncall(services: AppServices, _value: str) -> Card:
    return oncall.card(services.oncall.overview(services.now()))
