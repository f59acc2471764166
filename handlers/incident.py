"""The buttons of an incident's message: its impact, the evidence and the SQL behind it, and whether it was of use."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import FirelineError
from bot.ports.warehouse import AskedQuery
from bot.services.app import AppServices
from bot.views import action_ids, charts, impact, incident, incident_evidence, response
from bot.views.action_ids import More
from handlers import payloads, reprocessing, runbook, severity
from handlers.modals import show_queries
from handlers.replies import Reply
from handlers.slack_calls import asked

Payload = Mapping[str, Any]


def register(app: AsyncApp, services: AppServices) -> None:
    @app.action(action_ids.INCIDENT_IMPACT)
    async def show_impact(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        await _impact(services, reply, payloads.value(action))

    @app.action(action_ids.INCIDENT_EVIDENCE)
    async def show_evidence(ack: AsyncAck, action: Payload, body: Payload, reply: Reply) -> None:
        await ack()
        await _evidence(services, body, reply, payloads.value(action))

    @app.action(action_ids.INCIDENT_STORM)
    async def show_storm(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        await _storm(services, reply, payloads.value(action))

    @app.action(action_ids.INCIDENT_SQL)
    async def show_query(ack: AsyncAck, action: Payload, body: Payload, reply: Reply) -> None:
        await ack()
        await _queries(services, body, reply, payloads.value(action))

    @app.action(action_ids.INCIDENT_MORE)
    async def more(ack: AsyncAck, action: Payload, body: Payload, reply: Reply) -> None:
        await ack()
        await _more(services, body, reply, *action_ids.decode_more(payloads.value(action)))

    @app.action(action_ids.INCIDENT_CHECK)
    async def check(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        found = await reply.work(services.incidents.checked, payloads.value(action), services.now())
        await reply.below(response.checked(found))

    async def say(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        word, name = payloads.feedback(action)
        about = await reply.work(services.incidents.say, name, reply.place.user, word, services.now())
        await reply.privately(incident.thanks(about, word))

    for action_id in (action_ids.INCIDENT_FEEDBACK, action_ids.INCIDENT_USEFUL, action_ids.INCIDENT_NOISE):
        app.action(action_id)(say)


async def _more(services: AppServices, body: Payload, reply: Reply, what: More, name: str) -> None:
    match what:
        case More.EVIDENCE:
            await _evidence(services, body, reply, name)
        case More.SQL:
            await _queries(services, body, reply, name)
        case More.IMPACT:
            await _impact(services, reply, name)
        case More.TIMELINE:
            await _timeline(services, reply, name)
        case More.REPROCESS:
            await reprocessing.of_incident(services, reply, name)
        case More.RUNBOOK:
            await runbook.suggest(services, reply, name)
        case More.SEVERITY:
            await severity.ask(services, reply, body, name)


async def _impact(services: AppServices, reply: Reply, name: str) -> None:
    request = await reply.work(services.incidents.impact, name)
    found = await reply.work(services.impact.of, request, services.now())
    below = replace(reply.place, thread_ts=reply.place.thread_ts or reply.place.message_ts)
    await replace(reply, place=below).send(impact.card(found))


async def _storm(services: AppServices, reply: Reply, name: str) -> None:
    """Into its thread, where it has one."""
    found = await reply.work(services.incidents.storm, name)
    chart = await reply.work(charts.storm(found, services.reports.zone).drawn)
    message = found.incident.message
    await (reply if message is None else reply.in_thread_of(message)).upload([chart], f"{chart.title}.")


async def _timeline(services: AppServices, reply: Reply, name: str) -> None:
    now = services.now()
    found = await reply.work(services.responses.incident, name)
    await reply.privately(response.card(await reply.work(services.responses.overview, found, now), now))


async def _evidence(services: AppServices, body: Payload, reply: Reply, name: str) -> None:
    """The modal opens at once and is filled when all is collected."""
    trigger = str(body.get("trigger_id", ""))
    opening = reply.client.views_open(trigger_id=trigger, view=incident_evidence.loading())
    opened = await asked("views.open", opening)
    try:
        view = await reply.work(_collected, services, name)
    except FirelineError as error:
        view = incident_evidence.failed(str(error))
    await asked("views.update", reply.client.views_update(view_id=opened["view"]["id"], view=view))


def _collected(services: AppServices, name: str) -> dict[str, Any]:
    now = services.now()
    found = services.incidents.evidence(name, now)
    deployed = services.deploys.evidence(found.incident, now)
    offers = services.hands.of(found.incident, deployed.correlations)
    return incident_evidence.shown(found, deployed, offers)


async def _queries(services: AppServices, body: Payload, reply: Reply, name: str) -> None:
    def queries(incident_id: str, now: datetime) -> Sequence[AskedQuery]:
        return services.queries.of_validation(services.incidents.dates(incident_id), now)

    await show_queries(reply, body, queries, name, services.now())
