"""What is done to a service: shown to who asks, approved by a second person where it has to be, never done unasked."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import BadInput
from bot.domain.incidents.incident import MessageRef
from bot.domain.operations.operation import Kind, Operation, Stage
from bot.services.app import AppServices
from bot.services.operations import Hand
from bot.views import action_ids, operations
from bot.views.blocks import Card
from handlers import payloads
from handlers.replies import Reply

Payload = Mapping[str, Any]
OLD = "This button is from an older message. Type `/deploys SERVICE` for a fresh one."


def register(app: AsyncApp, services: AppServices) -> None:
    for kind, action_id in operations.ASKED_BY.items():
        _opening(app, services, kind, action_id)

    @app.action(action_ids.OPERATION_ASK)
    async def ask(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        try:
            found = await reply.work(_asked, services, payloads.value(action), reply.place.user)
        finally:
            await ack()
        await _for_everyone(services, reply, found)

    @app.action(action_ids.OPERATION_APPROVE)
    async def approve(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        try:
            found = await reply.work(_approved, services, payloads.value(action), reply.place.user)
        finally:
            await ack()
        await reply.instead(operations.under_way(found))

    @app.action(action_ids.OPERATION_WITHDRAW)
    async def withdraw(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        try:
            found, was = await reply.work(_withdrawn, services, payloads.value(action), reply.place.user)
        finally:
            await ack()
        card = operations.withdrawn(found)
        await (reply.edit(card) if was is Stage.SHOWN else reply.instead(card))


async def _for_everyone(services: AppServices, reply: Reply, found: Operation) -> None:
    """Where it was asked for; of an incident in its thread."""
    card = operations.waiting(found) if found.stage is Stage.WAITING else operations.under_way(found)
    message = await reply.work(_message, services, found.incident) if found.incident else None
    if message is None:
        await reply.instead(card)
        return
    await reply.in_thread_of(message).send(card)
    await reply.edit(operations.asked(found))


def _message(services: AppServices, incident: str) -> MessageRef | None:
    return services.incidents.get(incident).message


def _opening(app: AsyncApp, services: AppServices, kind: Kind, action_id: str) -> None:
    @app.action(action_id)
    async def show(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        await reply.privately(await reply.work(_shown, services, _hand(kind, action), reply.place.user))


def _hand(kind: Kind, action: Payload) -> Hand:
    """Of a button the service; of the choice of a limit also that."""
    value = payloads.value(action)
    if kind is not Kind.TIMEOUT:
        return Hand(kind, value)
    seconds, _, service = value.partition(":")
    if not (seconds.isascii() and seconds.isdigit() and service) or len(seconds) > 5:
        raise BadInput(OLD)
    return Hand(kind, service, seconds=int(seconds))


def _shown(services: AppServices, hand: Hand, user: str) -> Card:
    now = services.now()
    return operations.preview(services.operations.propose(hand, services.responses.who(user, now), now))


def _asked(services: AppServices, operation_id: str, user: str) -> Operation:
    now = services.now()
    return services.operations.ask(operation_id, services.responses.who(user, now), now)


def _approved(services: AppServices, operation_id: str, user: str) -> Operation:
    now = services.now()
    return services.operations.approve(operation_id, services.responses.who(user, now), now)


def _withdrawn(services: AppServices, operation_id: str, user: str) -> tuple[Operation, Stage]:
    """And what it was before."""
    now = services.now()
    was = services.operations.get(operation_id).stage
    return services.operations.withdraw(operation_id, services.responses.who(user, now), now), was
