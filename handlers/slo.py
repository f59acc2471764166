"""/slo: what is left of each budget, how it burns, compliance by month."""

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import BadInput
from bot.services.app import AppServices
from bot.views import slo
from bot.views.blocks import Card
from handlers import payloads
from handlers.answers import help_card
from handlers.replies import Reply

Payload = Mapping[str, Any]
_PHASE = re.compile(r"(?:phase\s+)?(\d{1,2})", re.ASCII | re.IGNORECASE)


def register(app: AsyncApp, services: AppServices) -> None:
    @app.command("/slo")
    async def show(ack: AsyncAck, command: Payload, reply: Reply) -> None:
        await ack()
        if payloads.wants_help(command):
            await reply.privately(help_card(services))
            return
        await reply.send(await reply.work(_answer, services, str(command.get("text") or "").strip()))


def _answer(services: AppServices, text: str) -> Card:
    found = _PHASE.fullmatch(text)
    if text and found is None:
        raise BadInput(f"{text!r} is no phase. Write `/slo` for all of them, or `/slo phase 2`.")
    return slo.card(services.slo.of(services.now(), None if found is None else int(found[1])))
