"""What people do about an incident: each change is stored before Slack is answered, and once."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.response import Response
from bot.services.app import AppServices
from bot.services.responses import NotYours
from bot.views import action_ids, incident, response
from bot.views.blocks import Card
from handlers import payloads
from handlers.answers import help_card
from handlers.replies import Reply

Payload = Mapping[str, Any]
Change = Callable[[Incident, str, datetime], Response]


def register(app: AsyncApp, services: AppServices) -> None:
    def changed(name: str, user: str, change: Change) -> Response:
        found, now = services.responses.incident(name), services.now()
        return change(found, services.responses.who(user, now), now)

    async def act(ack: AsyncAck, action: Payload, reply: Reply, change: Change) -> None:
        try:
            await reply.work(changed, payloads.value(action), reply.place.user, change)
        finally:
            await ack()

    @app.action(action_ids.INCIDENT_ACKNOWLEDGE)
    async def acknowledge(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        try:
            await act(ack, action, reply, services.responses.acknowledge)
        except NotYours as error:
            await reply.privately(incident.take_over(error.incident, str(error)))

    @app.action(action_ids.INCIDENT_TAKE_OVER)
    async def take_over(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await act(ack, action, reply, services.responses.take_over)
        taken = await reply.work(services.responses.incident, payloads.value(action))
        await reply.edit(response.taken(taken))

    @app.action(action_ids.INCIDENT_MITIGATE)
    async def mitigate(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await act(ack, action, reply, services.responses.mitigate)

    @app.command("/incident")
    async def command(ack: AsyncAck, command: Payload, reply: Reply) -> None:
        if payloads.wants_help(command):
            await ack()
            await reply.privately(help_card(services))
            return
        try:
            card = await reply.work(_asked, services, payloads.incident(command), reply.place.user)
        finally:
            await ack()
        await reply.privately(card)


def _asked(services: AppServices, asked: payloads.IncidentCommand, user: str) -> Card:
    """Do what the word says, and show the incident."""
    people, now = services.responses, services.now()
    found, who = people.incident(asked.name), people.who(user, now)
    match asked.word:
        case "ack":
            people.acknowledge(found, who, now)
        case "mitigated":
            people.mitigate(found, who, now)
        case "resolve":
            people.resolve(found, who, now, asked.more)
        case "handover":
            people.hand_over(found, who, asked.more, now)
    return response.card(people.overview(found, now), now)
