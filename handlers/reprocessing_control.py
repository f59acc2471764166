"""Buttons of a repair that runs: pause, resume, stop, retry, receipt. Who presses is checked when they press."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.access import Actor
from bot.domain.reprocessing.repair import Repair
from bot.services.app import AppServices
from bot.services.repair_control import RepairControl
from bot.views import action_ids, receipts, reprocessing_progress
from bot.views.blocks import Card
from handlers import payloads
from handlers.replies import Reply

Payload = Mapping[str, Any]
ACTS: dict[str, Callable[[RepairControl, str, Actor], Repair]] = {
    action_ids.REPROCESS_PAUSE: RepairControl.pause,
    action_ids.REPROCESS_RESUME: RepairControl.resume,
    action_ids.REPROCESS_STOP: RepairControl.stop,
    action_ids.REPROCESS_RETRY: RepairControl.retry,
}


def register(app: AsyncApp, services: AppServices) -> None:
    for action_id in ACTS:
        _acts(app, services, action_id)

    @app.action(action_ids.REPROCESS_RECEIPT)
    async def receipt(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        await reply.privately(receipts.card(await reply.work(services.repair_work.receipts.of, payloads.value(action))))


def _acts(app: AsyncApp, services: AppServices, action_id: str) -> None:
    """Done before it is acknowledged: Slack asks again where it was not."""

    @app.action(action_id)
    async def press(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        try:
            shown = await reply.work(_done, services, action_id, payloads.value(action), reply)
        finally:
            await ack()
        await reply.edit(shown)


def _done(services: AppServices, action_id: str, repair: str, reply: Reply) -> Card:
    """For the message whose button was pressed."""
    now = services.now()
    control = services.repair_work.control
    done = ACTS[action_id](control, repair, services.responses.who(reply.place.user, now))
    shown = reprocessing_progress.card(done, control.progress(done), now)
    if done.message in (None, reply.place.message):
        return shown
    return reprocessing_progress.copied(shown, done, now, reply.workspace)
