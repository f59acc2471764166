"""What people do about an incident: each change is stored before Slack is answered, and once."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.access import Actor
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.response import Response
from bot.services.access import NotYours
from bot.services.app import AppServices
from bot.views import action_ids, incident, response
from bot.views.blocks import Card
from handlers import payloads
from handlers.answers import help_card
from handlers.replies import Reply

Payload = Mapping[str, Any]
Change = Callable[[Incident, Actor, datetime], Response]


def register(app: AsyncApp, services: AppServices) -> None:
    @app.action(action_ids.INCIDENT_ACKNOWLEDGE)
    async def acknowledge(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await _act(services, ack, action, reply, services.responses.acknowledge)

    @app.action(action_ids.INCIDENT_TAKE_OVER)
    async def take_over(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        if await _act(services, ack, action, reply, services.responses.take_over):
            await reply.edit(response.taken(await reply.work(services.responses.incident, payloads.value(action))))

    @app.action(action_ids.INCIDENT_WATCH)
    async def watch(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        await reply.edit(response.watching(await reply.work(services.responses.incident, payloads.value(action))))

    @app.action(action_ids.INCIDENT_MITIGATE)
    async def mitigate(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await _act(services, ack, action, reply, services.responses.mitigate)

    @app.command("/incident")
    async def command(ack: AsyncAck, command: Payload, reply: Reply) -> None:
        if payloads.wants_help(command):
            await ack()
            await reply.privately(help_card(services))
            return
        try:
            card = await reply.work(_asked, services, payloads.incident(command), reply.place.user)
        except NotYours as error:
            card = incident.take_over(error.incident, str(error))
        finally:
            await ack()
        await reply.privately(card)


async def _act(services: AppServices, ack: AsyncAck, action: Payload, reply: Reply, change: Change) -> bool:
    """False: it would take something from others, and whoever pressed the button was asked whether that is meant."""
    try:
        await reply.work(_changed, services, payloads.value(action), reply.place.user, change)
    except NotYours as error:
        asked = incident.take_over(error.incident, str(error))
    else:
        return True
    finally:
        await ack()
    await reply.privately(asked)
    return False


def _changed(services: AppServices, name: str, user: str, change: Change) -> Response:
    found, now = services.responses.incident(name), services.now()
    return change(found, services.responses.who(user, now), now)


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
