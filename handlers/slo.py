"""/slo: what is left of each budget, how it burns, compliance by month."""

import re
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import BadInput
from bot.domain.reports.objectives import SloReport
from bot.services.app import AppServices
from bot.views import action_ids, charts, slo
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
        found = await reply.work(_asked, services, str(command.get("text") or "").strip())
        await reply.send(slo.card(found))

    @app.action(action_ids.SLO_BURN_DOWN)
    async def burn_down(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        whose = payloads.value(action)
        report = await reply.work(_asked, services, "" if whose == slo.ALL else whose)
        chart = await reply.work(charts.burn_down, report)
        if chart is None:
            raise BadInput("Nothing is known of any budget now.")
        await reply.upload([chart], f"{chart.title}.")


def _asked(services: AppServices, text: str) -> SloReport:
    found = _PHASE.fullmatch(text)
    if text and found is None:
        raise BadInput(f"{text!r} is no phase. Write `/slo` for all of them, or `/slo phase 2`.")
    return services.slo.of(services.now(), None if found is None else int(found[1]))
