"""The buttons of an incident's message: its impact, the evidence and the SQL behind it, and whether it was of use."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import FirelineError
from bot.ports.warehouse import AskedQuery
from bot.services.app import AppServices
from bot.views import action_ids, impact, incident, incident_evidence
from handlers import payloads
from handlers.modals import show_queries
from handlers.replies import Reply
from handlers.slack_calls import asked

Payload = Mapping[str, Any]


def register(app: AsyncApp, services: AppServices) -> None:
    @app.action(action_ids.INCIDENT_IMPACT)
    async def show_impact(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        request = await reply.work(services.incidents.impact, payloads.value(action))
        found = await reply.work(services.impact.of, request, services.now())
        below = replace(reply.place, thread_ts=reply.place.thread_ts or reply.place.message_ts)
        await replace(reply, place=below).send(impact.card(found))

    @app.action(action_ids.INCIDENT_EVIDENCE)
    async def show_evidence(
        ack: AsyncAck, action: Payload, body: Payload, reply: Reply, client: AsyncWebClient
    ) -> None:
        await ack()
        opening = client.views_open(trigger_id=str(body.get("trigger_id", "")), view=incident_evidence.loading())
        opened = await asked("views.open", opening)
        try:
            found = await reply.work(services.incidents.evidence, payloads.value(action), services.now())
            view = incident_evidence.shown(found)
        except FirelineError as error:
            view = incident_evidence.failed(str(error))
        await asked("views.update", client.views_update(view_id=opened["view"]["id"], view=view))

    def queries(incident_id: str, now: datetime) -> Sequence[AskedQuery]:
        return services.queries.of_validation(services.incidents.dates(incident_id), now)

    @app.action(action_ids.INCIDENT_SQL)
    async def show_query(ack: AsyncAck, action: Payload, body: Payload, reply: Reply) -> None:
        await ack()
        await show_queries(reply, body, queries, payloads.value(action), services.now())

    async def say(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        word, name = payloads.feedback(action)
        about = await reply.work(services.incidents.say, name, reply.place.user, word, services.now())
        await reply.privately(incident.thanks(about, word))

    for action_id in (action_ids.INCIDENT_FEEDBACK, action_ids.INCIDENT_USEFUL, action_ids.INCIDENT_NOISE):
        app.action(action_id)(say)
