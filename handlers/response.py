"""What people do about an incident: each change is stored before Slack is answered, and once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.access import Act, Actor
from bot.domain.incidents.incident import Incident
from bot.services.access import NotYours
from bot.services.app import AppServices
from bot.services.responses import Outdated, ResponseService
from bot.views import action_ids, figures, incident, response, shadow
from bot.views.blocks import Card
from handlers import declaring, payloads, postmortem, severity
from handlers.answers import help_card
from handlers.replies import Reply

Payload = Mapping[str, Any]
DAYS_OF_FIGURES, DAYS_OF_SHADOW = 30, 7
WITHOUT_CARD = ("declare", "postmortem")
"""What a word of the command is answered with is a modal, or a file."""


@dataclass(frozen=True)
class Pressed:
    """A button for `act`; `value` is its grant. `about`: it is of the question whether somebody takes over that; None:
    of no question.
    """

    value: str
    act: Act
    about: str | None = None


def register(app: AsyncApp, services: AppServices) -> None:
    @app.action(action_ids.INCIDENT_ACKNOWLEDGE)
    async def acknowledge(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await _act(services, ack, Pressed(payloads.value(action), Act.ACKNOWLEDGE), reply)

    @app.action(action_ids.INCIDENT_TAKE_OVER)
    async def take_over(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        name, about = action_ids.decode_take_over(payloads.value(action))
        taken = await _act(services, ack, Pressed(name, Act.ACKNOWLEDGE, about), reply)
        if taken is not None:
            await reply.edit(response.taken(taken))

    @app.action(action_ids.INCIDENT_WATCH)
    async def watch(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        await reply.edit(response.watching(await reply.work(services.responses.incident, payloads.value(action))))

    @app.action(action_ids.INCIDENT_MITIGATE)
    async def mitigate(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await _act(services, ack, Pressed(payloads.value(action), Act.MITIGATE), reply)

    @app.action(action_ids.INCIDENT_RESOLVE)
    async def resolve(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await _act(services, ack, Pressed(payloads.value(action), Act.RESOLVE), reply)

    @app.command("/incident")
    async def command(ack: AsyncAck, command: Payload, reply: Reply) -> None:
        if payloads.wants_help(command):
            await ack()
            await reply.privately(help_card(services))
            return
        await _answer(services, ack, reply, command)


async def _answer(services: AppServices, ack: AsyncAck, reply: Reply, command: Payload) -> None:
    try:
        asked = payloads.incident(command)
        if asked.word == "severity":
            await severity.by_command(services, reply, command, asked)
            return
        card = None if asked.word in WITHOUT_CARD else await _answered(services, reply, asked)
    finally:
        await ack()
    if asked.word == "declare":
        await declaring.open_form(services, reply, command, asked.more)
    elif card is None:
        await postmortem.send(services, reply, asked.name)
    else:
        await reply.privately(card)


async def _answered(services: AppServices, reply: Reply, asked: payloads.IncidentCommand) -> Card:
    try:
        return await reply.work(_asked, services, asked, reply.place.user)
    except NotYours as error:
        return incident.take_over(error.incident, str(error), error.about)


async def _act(services: AppServices, ack: AsyncAck, pressed: Pressed, reply: Reply) -> Incident | None:
    """What was changed; None: whoever pressed the button was asked whether that is meant, or told what has changed."""
    try:
        return await reply.work(_changed, services, pressed, reply.place.user)
    except NotYours as error:
        answer, redrawn = incident.take_over(error.incident, str(error), error.about), None
    except Outdated as error:
        shown = error.incident.message == reply.place.message
        redrawn = None if shown else await reply.work(_card, services, error.incident)
        answer = response.outdated(str(error))
    finally:
        await ack()
    await reply.privately(answer)
    if redrawn is not None:
        await reply.edit(redrawn)
    return None


def _changed(services: AppServices, pressed: Pressed, user: str) -> Incident:
    people, now = services.responses, services.now()
    who = people.who(user, now)
    found = people.granted(pressed.value, pressed.act, who, meant=pressed.about is not None)
    of_card = pressed.about is None
    match pressed.act:
        case Act.ACKNOWLEDGE:
            people.acknowledge(found, who, now, take_over=not of_card, about=pressed.about, of_card=of_card)
        case Act.RESOLVE:
            people.resolve(found, who, now)
        case _:
            people.mitigate(found, who, now, of_card=of_card)
    return found


def _card(services: AppServices, found: Incident) -> Card:
    return response.card(services.responses.overview(found, services.now()), services.now())


def _asked(services: AppServices, asked: payloads.IncidentCommand, user: str) -> Card:
    """Do what the word says, and show the incident."""
    people, now = services.responses, services.now()
    if asked.word == "list":
        return response.listing(people.overviews(now), now)
    if asked.word == "figures":
        days = payloads.days(asked, DAYS_OF_FIGURES)
        return figures.card(services.retrospect.figures(days, now), days)
    if asked.word == "shadow":
        return shadow.card(services.retrospect.shadow(payloads.days(asked, DAYS_OF_SHADOW), now))
    found, who = people.incident(asked.name), people.who(user, now)
    if asked.word == "timeline":
        return response.timeline(people.overview(found, now), now)
    _do(people, found, who, asked, now)
    return response.card(people.overview(found, now), now)


def _do(people: ResponseService, found: Incident, who: Actor, asked: payloads.IncidentCommand, now: datetime) -> None:
    match asked.word:
        case "ack":
            people.acknowledge(found, who, now)
        case "mitigated":
            people.mitigate(found, who, now)
        case "resolve":
            people.resolve(found, who, now, asked.more)
        case "reopen":
            people.reopen(found, who, asked.more, now)
        case "handover":
            people.hand_over(found, who, asked.more, now)
