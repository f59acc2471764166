"""/validate: what really happened to each date, with the evidence and what to do."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.services.app import AppServices
from bot.views import action_ids
from handlers import payloads
from handlers.answers import answer, answer_command
from handlers.modals import show_queries
from handlers.replies import Reply

Payload = Mapping[str, Any]


def register(app: AsyncApp, services: AppServices) -> None:
    answer_command(app, services, "/validate", lambda questions: questions.validation)

    @app.action(action_ids.VALIDATE_OPEN)
    async def opened(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        await reply.below(await answer(reply, services, payloads.clicked_validation(action)))

    @app.action(action_ids.VALIDATE_REFRESH)
    async def refresh(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        await reply.edit(await answer(reply, services, payloads.clicked_validation(action)))

    @app.action(action_ids.VALIDATE_QUERY)
    async def show_query(ack: AsyncAck, action: Payload, body: Payload, reply: Reply) -> None:
        await ack()
        request = payloads.clicked_validation(action)
        await show_queries(reply, body, services.queries.of_validation, request, services.now())
