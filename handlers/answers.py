"""From a request to the card that answers it; the same for commands, mentions, direct messages and buttons."""

from collections.abc import Callable

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.dates import DateReader
from bot.domain.health.model import HealthRequest
from bot.domain.impact.report import ImpactRequest
from bot.domain.verdicts.validation import ValidationRequest
from bot.services.app import AppServices
from bot.views import health, help, impact, validate
from bot.views.blocks import Card
from handlers import payloads
from handlers.questions import Questions, Request
from handlers.replies import Reply


async def answer(reply: Reply, services: AppServices, request: Request) -> Card:
    """Raises FirelineError where it cannot be answered."""
    match request:
        case HealthRequest():
            report = await reply.work(services.health.of, request, services.now())
            return health.card(report, request, reply.workspace)
        case ImpactRequest():
            return impact.card(await reply.work(services.impact.of, request, services.now()))
        case ValidationRequest():
            return validate.card(await reply.work(services.validation.of, request, services.now()))


def questions(services: AppServices) -> Questions:
    """Reads what people type, with dates as of the moment that answers speak of."""
    return Questions(services.registry, lambda: services.health.dates(services.now()), services.health.seen)


def help_card(services: AppServices) -> Card:
    return help.card(services.registry, DateReader(services.now(), services.registry.zone))


def answer_command(
    app: AsyncApp, services: AppServices, name: str, read: Callable[[Questions], Callable[[str], Request]]
) -> None:
    """Answer a slash command: `read` chooses how its text is read."""

    @app.command(name)
    async def command(ack: AsyncAck, command: payloads.Payload, reply: Reply) -> None:
        await ack()
        if payloads.wants_help(command):
            await reply.privately(help_card(services))
            return
        request = await reply.work(read(questions(services)), payloads.text(command))
        await reply.send(await answer(reply, services, request))
