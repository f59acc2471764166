"""/impact: what a processor feeds, with the picture of it and the list as CSV."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.services.app import AppServices
from bot.views import action_ids, graph, impact_csv
from handlers import payloads
from handlers.answers import answer, answer_command
from handlers.modals import show_queries
from handlers.replies import Document, Reply

Payload = Mapping[str, Any]


def register(app: AsyncApp, services: AppServices) -> None:
    answer_command(app, services, "/impact", lambda questions: questions.impact)

    @app.action(action_ids.IMPACT_REFRESH)
    async def refresh(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        await reply.edit(await answer(reply, services, payloads.clicked_impact(action)))

    @app.action(action_ids.IMPACT_PICTURE)
    async def picture(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        found = await reply.work(services.impact.of, payloads.clicked_impact(action), services.now())
        drawn = await reply.work(graph.draw, found)
        await reply.upload([drawn], graph.comment(found))

    @app.action(action_ids.IMPACT_CSV)
    async def table(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        found = await reply.work(services.impact.of, payloads.clicked_impact(action), services.now())
        document = Document(f"impact-{found.data_date}.csv", "Impact", impact_csv.impact_csv(found).encode())
        await reply.upload([document], graph.comment(found))

    @app.action(action_ids.IMPACT_QUERY)
    async def show_query(ack: AsyncAck, action: Payload, body: Payload, reply: Reply) -> None:
        await ack()
        request = payloads.clicked_impact(action)
        await show_queries(reply, body, services.queries.of_impact, request, services.now())
