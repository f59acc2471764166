"""What can be done about an incident: chosen behind its evidence, shown to who chose it, done in its thread."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import BadInput
from bot.domain.findings.hands import Hand, Offer
from bot.domain.incidents.incident import Incident
from bot.domain.operations.operation import Kind
from bot.services.app import AppServices
from bot.services.circuits import MOST_REASON
from bot.views import action_ids, hands, operations
from bot.views.blocks import Card
from handlers import payloads
from handlers.replies import Reply

Payload = Mapping[str, Any]
OLD = "That is not offered for this incident any more. Open its evidence again."


def register(app: AsyncApp, services: AppServices) -> None:
    @app.action(action_ids.INCIDENT_HAND)
    async def chosen(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        hand, name = action_ids.decode_hand(payloads.value(action))
        try:
            card, about = await reply.work(_chosen, services, hand, name, reply.place.user)
        finally:
            await ack()
        if about.message is None:
            await reply.privately(card)
        elif hand is Hand.OPEN_CIRCUIT:
            await reply.in_thread_of(about.message).send(card)
        else:  # a thread that nobody has answered yet shows no ephemeral message
            there = replace(reply.place, channel=about.message.channel)
            await replace(reply, place=there).privately(card)

    @app.action(action_ids.CIRCUIT_CLOSE)
    async def close(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        try:
            card = await reply.work(_closed, services, payloads.value(action), reply.place.user)
        finally:
            await ack()
        await reply.instead(card)

    @app.action(action_ids.REPROCESS_CIRCUITS)
    async def listed(ack: AsyncAck, reply: Reply) -> None:
        await ack()
        await reply.privately(hands.circuits(await reply.work(services.operations.circuits.all)))


def _chosen(services: AppServices, hand: Hand, name: str, user: str) -> tuple[Card, Incident]:
    now = services.now()
    incident, who = services.incidents.get(name), services.responses.who(user, now)
    offers = services.hands.of(incident, services.deploys.correlated(incident, now))
    offer = next((each for each in offers if each.hand is hand), Offer(Hand.BY_HAND))
    if hand is Hand.OPEN_CIRCUIT and offer.hand is hand:
        because = f"{incident.label}: {incident.headline.explanation}"[:MOST_REASON]
        return hands.circuit_opened(services.operations.circuits.open(offer.about, because, who, now)), incident
    if offer.hand is not hand or hand.value not in set(Kind):
        raise BadInput(OLD)
    return operations.preview(services.operations.for_incident(offer, Kind(hand.value), incident, who, now)), incident


def _closed(services: AppServices, processor: str, user: str) -> Card:
    now = services.now()
    who = services.responses.who(user, now)
    return hands.circuit_closed(services.operations.circuits.close(processor, who, now), who.name)
