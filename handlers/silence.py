"""/silence and /window: what it would have hidden, then a button that sets it; those that hold, and their end."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.gate.silence_words import SilenceAct
from bot.domain.gate.silences import Kind, Standing
from bot.services.app import AppServices
from bot.views import action_ids, silence
from bot.views.blocks import Card
from handlers import payloads
from handlers.answers import help_card, questions
from handlers.replies import Reply

Payload = Mapping[str, Any]


def register(app: AsyncApp, services: AppServices) -> None:
    for kind in Kind:
        _command(app, services, kind)

    @app.action(action_ids.SILENCE_CONFIRM)
    async def confirm(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        try:
            card = await reply.work(_confirmed, services, payloads.value(action), reply.place.user)
        finally:
            await ack()
        await reply.instead(card)


def _command(app: AsyncApp, services: AppServices, kind: Kind) -> None:
    @app.command(f"/{kind}")
    async def ask(ack: AsyncAck, command: Payload, reply: Reply) -> None:
        if payloads.wants_help(command):
            await ack()
            await reply.privately(help_card(services))
            return
        try:
            card, public = await reply.work(_asked, services, kind, payloads.text(command), reply.place.user)
        finally:
            await ack()
        await (reply.send(card) if public else reply.privately(card))


def _asked(services: AppServices, kind: Kind, text: str, user: str) -> tuple[Card, bool]:
    """The answer, and whether it is for everyone there: a preview is for the asker alone."""
    now, asking = services.now(), questions(services)
    asked = asking.silence(text) if kind is Kind.SILENCE else asking.window(text, now)
    who = services.responses.who(user, now)
    match asked.words.act:
        case SilenceAct.LIST:
            return silence.listed(services.silences.standing(now, kind), now, kind), False
        case SilenceAct.END:
            return silence.ended(services.silences.end(asked.words.name, who, now, kind), who.name), True
        case SilenceAct.PROPOSE:
            found = services.silences.propose(asked.target, asked.when, asked.words.reason, who, now)
            return silence.preview(found), False


def _confirmed(services: AppServices, silence_id: str, user: str) -> Card:
    now = services.now()
    set_ = services.silences.confirm(silence_id, services.responses.who(user, now), now)
    return silence.set_now(Standing(set_, 0))
