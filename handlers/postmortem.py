"""The draft of a postmortem: a file in the thread of the incident."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.incidents.incident import Incident
from bot.services.app import AppServices
from bot.views import action_ids, postmortem
from handlers import payloads
from handlers.replies import Document, Reply

Payload = Mapping[str, Any]


def register(app: AsyncApp, services: AppServices) -> None:
    @app.action(action_ids.INCIDENT_POSTMORTEM)
    async def draft(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        await send(services, reply, payloads.value(action))


async def send(services: AppServices, reply: Reply, name: str) -> None:
    """Where the incident's message is; where it has none, where it was asked for."""
    found, text = await reply.work(_drafted, services, name)
    if found.message is not None:
        reply = reply.in_thread_of(found.message)
    document = Document(postmortem.filename(found), f"{found.label}: draft of a postmortem", text.encode())
    await reply.upload(
        [document], f"{found.label}: a draft of its postmortem. What only people know is left to be written."
    )


def _drafted(services: AppServices, name: str) -> tuple[Incident, str]:
    found = services.responses.incident(name)
    return found, postmortem.markdown(services.retrospect.of(found, services.now()))
