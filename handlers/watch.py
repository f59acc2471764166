"""/watch: before and after a fix, day by day; its result is posted once when its days are over."""

from collections.abc import Callable, Mapping
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
            answer = await reply.work(_changed, services, payloads.text(command), place.user, place.channel or "")
        finally:
            await ack()
        card, public = await reply.work(answer)
        await (reply.send(card) if public else reply.privately(card))


def _changed(services: AppServices, text: str, user: str, channel: str) -> Callable[[], tuple[Card, bool]]:
    """What changes is done. What it gives reads the answer, day by day, and whether it is for everyone there: longer
    than Slack waits.
    """
    now, words = services.now(), text.split()
    who = services.responses.who(user, now)
    if not words or words == ["list"]:
        return lambda: (watch.listed(services.watches.standing()), False)
    if words[0] == "end" and len(words) == 2:
        ended = services.watches.end(words[1], who, now)
        return lambda: (watch.ended(ended, who.name), True)
    asked = questions(services).watch(text)
    request = WatchRequest(asked.processor, asked.since, asked.days)
    made = services.watches.start(request, channel, who, now)
    return lambda: (watch.card(services.watches.of(request, now), made), True)
