"""/health: the true state of the pipeline, and the buttons below it."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.services.app import AppServices
from bot.views import action_ids, charts, options
from handlers import payloads
from handlers.answers import answer, answer_command
from handlers.modals import show_queries
from handlers.replies import Reply

Payload = Mapping[str, Any]


def register(app: AsyncApp, services: AppServices) -> None:
    answer_command(app, services, "/health", lambda questions: questions.health)

    async def show(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        await reply.edit(await answer(reply, services, payloads.clicked(action)))

    for action_id in (
        action_ids.HEALTH_REFRESH,
        action_ids.HEALTH_OVERVIEW,
        action_ids.HEALTH_PHASE,
        action_ids.HEALTH_PROCESSOR,
    ):
        app.action(action_id)(show)

    @app.options(action_ids.HEALTH_PROCESSOR)
    async def processors(ack: AsyncAck, payload: Payload) -> None:
        found = services.registry.matching(payloads.typed(payload))
        await ack(options=options.processors(found, payloads.window(payload)))

    @app.action(action_ids.HEALTH_TREND)
    async def trend(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        request = payloads.clicked(action)
        trends = await reply.work(services.trends.of, request, services.now())
        drawn = await reply.work(charts.draw, trends)
        await reply.upload(drawn, charts.comment(trends))

    @app.action(action_ids.HEALTH_QUERY)
    async def show_query(ack: AsyncAck, action: Payload, body: Payload, reply: Reply) -> None:
        await ack()
        request = payloads.clicked(action)
        await show_queries(reply, body, services.queries.of_health, request, services.now())
