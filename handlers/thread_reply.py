"""`ack` written in the thread of an incident takes it: stored before Slack is answered, as with the button."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp, AsyncBoltContext

from bot.domain.errors import FirelineError
from bot.domain.incidents.incident import MessageRef
from bot.services.access import NotYours
from bot.services.app import AppServices
from bot.views import incident, response
from bot.views.blocks import Card
from handlers import payloads
from handlers.replies import Reply

Payload = Mapping[str, Any]
CARD = "thread_reply"


def register(app: AsyncApp, services: AppServices) -> None:
    async def says_so(event: Payload) -> bool:
        return payloads.acknowledged_thread(event) is not None

    async def take(event: Payload, context: AsyncBoltContext, reply: Reply, next: Callable[[], Awaitable[Any]]) -> None:
        thread = payloads.acknowledged_thread(event)
        assert thread is not None
        try:
            context[CARD] = await reply.work(_taken, services, thread, reply.place.user)
        except FirelineError as error:
            context[CARD] = error
        if context[CARD] is not None:
            await next()

    @app.event("message", matchers=[says_so], middleware=[take])
    async def answer(context: AsyncBoltContext, reply: Reply) -> None:
        match context[CARD]:
            case NotYours() as error:
                await reply.privately(incident.take_over(error.incident, str(error), error.about))
            case FirelineError() as error:
                raise error
            case card:
                await reply.send(card)


def _taken(services: AppServices, thread: MessageRef, user: str) -> Card | None:
    """None: the thread is not about an incident."""
    people, now = services.responses, services.now()
    found = people.incident_of_thread(thread)
    if found is None:
        return None
    people.acknowledge(found, people.who(user, now), now)
    return response.acknowledged(people.overview(found, now), now)
