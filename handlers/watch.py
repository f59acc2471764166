"""/watch: before and after a fix, day by day; its result is posted once when its days are over."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.services.app import AppServices
from bot.services.watches import WatchRequest
from bot.views import watch
from bot.views.blocks import Card
from handlers import payloads
from handlers.answers import help_card, questions
from handlers.replies import Reply

Payload = Mapping[str, Any]


def register(app: AsyncApp, services: AppServices) -> None:
    @app.command("/watch")
    async def ask(ack: AsyncAck, command: Payload, reply: Reply) -> None:
        if payloads.wants_help(command):
            await ack()
            await reply.privately(help_card(services))
            return
        try:
            place = reply.place
            card, public = await reply.work(_asked, services, payloads.text(command), place.user, place.channel or "")
        finally:
            await ack()
        await (reply.send(card) if public else reply.privately(card))


def _asked(services: AppServices, text: str, user: str, channel: str) -> tuple[Card, bool]:
    """The answer, and whether it is for everyone there."""
    now, words = services.now(), text.split()
    who = services.responses.who(user, now)
    if not words or words == ["list"]:
        return watch.listed(services.watches.standing()), False
    if words[0] == "end" and len(words) == 2:
        return watch.ended(services.watches.end(words[1], who, now), who.name), True
    asked = questions(services).watch(text)
    request = WatchRequest(asked.processor, asked.since, asked.days)
    found, made = services.watches.start(request, channel, who, now)
    return watch.card(found, made), True
