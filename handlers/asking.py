"""Mentions and direct messages, and the buttons that choose between what a question may mean."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import BadInput
from bot.services.app import AppServices
from bot.views import action_ids
from handlers import payloads
from handlers.answers import answer, help_card, questions
from handlers.questions import Request
from handlers.replies import Reply

Payload = Mapping[str, Any]
NOT_TAKEN = (
    "Nothing is acknowledged by that: I cannot tell which incident is meant. Write `ack` in the thread of its page or "
    "its card, or type `/incident INC-42 ack` with its number."
)


def register(app: AsyncApp, services: AppServices) -> None:
    async def said(event: Payload, reply: Reply) -> None:
        if not payloads.is_for_us(event):
            return
        if payloads.means_to_take(event):
            raise BadInput(NOT_TAKEN)
        request = await reply.work(questions(services).mention, payloads.text(event))
        if request is None:
            await reply.privately(help_card(services))
            return
        await reply.send(await answer(reply, services, request))

    app.event("app_mention")(said)
    app.event("message")(said)

    for action_id, read in (
        (action_ids.CHOOSE_HEALTH, payloads.clicked),
        (action_ids.CHOOSE_IMPACT, payloads.clicked_impact),
        (action_ids.CHOOSE_VALIDATE, payloads.clicked_validation),
    ):
        _answer_choice(app, services, action_id, read)


def _answer_choice(app: AsyncApp, services: AppServices, action_id: str, read: Callable[[Payload], Request]) -> None:
    @app.action(action_id)
    async def chosen(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        await reply.instead(await answer(reply, services, read(action)))
