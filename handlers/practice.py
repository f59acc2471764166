"""Pages for practice: `/oncall test @person`, and the choice below `/oncall readiness`."""

import asyncio
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.delivery import PRACTICE_LOOKS_S as LOOKS_S
from bot.domain.escalation.practice import Practice
from bot.services.app import AppServices
from bot.views import action_ids, practice
from handlers import payloads
from handlers.replies import Reply

Payload = Mapping[str, Any]


def register(app: AsyncApp, services: AppServices) -> None:
    @app.action(action_ids.ONCALL_TEST)
    async def chosen(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        try:
            found = await begun(services, reply, payloads.value(action))
        finally:
            await ack()
        await follow(services, reply, found)

    @app.action(action_ids.ONCALL_TESTED)
    async def refresh(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        found = await reply.work(services.practice.report, payloads.value(action), services.now())
        await reply.edit(practice.report(found))


async def show(services: AppServices, reply: Reply) -> None:
    await reply.privately(practice.readiness(await reply.work(services.practice.readiness, services.now())))


async def begun(services: AppServices, reply: Reply, name: str) -> Practice:
    """It is stored before Slack is answered."""
    return await reply.work(_begun, services, name, reply.place.user)


async def follow(services: AppServices, reply: Reply, found: Practice) -> None:
    """What each channel has made of it, and again when that is known."""
    await reply.privately(practice.report(found))
    if found.over:
        return
    for seconds in LOOKS_S:
        await asyncio.sleep(seconds)
        found = await reply.work(services.practice.report, found.pages[0].page.dedup_key, services.now())
        if found.over:
            break
    await reply.privately(practice.report(found))


def _begun(services: AppServices, name: str, user: str) -> Practice:
    now = services.now()
    return services.practice.begin(name, services.responses.who(user, now), now)
