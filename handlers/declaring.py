"""Incidents that people declare, and pages on purpose: the forms, and what is answered when they are sent."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.delivery import LOOKS_S, Queued, settled
from bot.domain.errors import BadInput
from bot.domain.findings.severity import Severity
from bot.domain.gate.declared import Wanted, severity_of
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.standing import Overview
from bot.services.app import AppServices
from bot.views import action_ids, declaring
from handlers import forms, payloads
from handlers.answers import help_card
from handlers.forms import Form
from handlers.modals import chosen, entered
from handlers.replies import Reply
from handlers.slack_calls import Refused, asked

Payload = Mapping[str, Any]


def register(app: AsyncApp, services: AppServices) -> None:
    @app.shortcut(action_ids.INCIDENT_DECLARE)
    async def form(ack: AsyncAck, body: Payload, reply: Reply) -> None:
        await ack()
        await open_form(services, reply, body)

    @app.options(action_ids.INCIDENT_PROCESSORS)
    async def processors(ack: AsyncAck, payload: Payload) -> None:
        await ack(options=declaring.processors(services.registry.matching(payloads.typed(payload))))

    @app.view(action_ids.INCIDENT_DECLARE_AS)
    async def declare(ack: AsyncAck, view: Payload, reply: Reply) -> None:
        form = Form(ack, reply, view)
        try:
            found = await form.work(_declared, services, _entered(view), view, reply.place.user)
        except BadInput as error:
            await form.wrong(declaring.TITLE, str(error))
            return
        await _answer(services, form, reply, found, view)

    @app.command("/page")
    async def ask(ack: AsyncAck, command: Payload, reply: Reply) -> None:
        await ack()
        if payloads.wants_help(command):
            await reply.privately(help_card(services))
            return
        wanted = payloads.page(command)
        await forms.open_form(reply, command, "Page", _previewed, services, wanted, reply.place.user)

    @app.view(action_ids.INCIDENT_PAGE_NOW)
    async def page(ack: AsyncAck, view: Payload, reply: Reply) -> None:
        form = Form(ack, reply, view)
        try:
            found = await form.work(_declared, services, _kept_in(view), view, reply.place.user)
        except BadInput as error:
            await form.show(declaring.refused(str(error)))
            return
        await _answer(services, form, reply, found, view)

    @app.action(action_ids.INCIDENT_PAGES)
    async def refresh(ack: AsyncAck, action: Payload, body: Payload, reply: Reply) -> None:
        await ack()
        found = await reply.work(services.incidents.get, payloads.value(action))
        shown = declaring.opened(*await reply.work(_shown, services, found))
        view_id = str(payloads.mapping(body.get("view")).get("id"))
        await asked("views.update", reply.client.views_update(view_id=view_id, view=shown))


async def open_form(services: AppServices, reply: Reply, body: Payload, title: str = "") -> None:
    """Raises NotAllowed before anything is written into it."""
    await forms.open_form(reply, body, declaring.DECLARE, _form, services, reply.place.user, title)


def _form(services: AppServices, user: str, title: str) -> dict[str, Any]:
    services.declaring.check(services.responses.who(user, services.now()))
    plan = services.oncall.plan
    whom = [*(each.name for each in plan.rotas), *(each.name for each in plan.people)]
    return declaring.form(services.declaring.ladders, whom, title)


def _previewed(services: AppServices, asked: payloads.PageCommand, user: str) -> dict[str, Any]:
    """Whom the page would reach. Raises NotAllowed, and BadInput for somebody who is not there."""
    now, service = services.now(), services.declaring
    service.check(services.responses.who(user, now))
    severity = severity_of(asked.severity) if asked.severity else Severity.P1
    wanted = service.cleaned(Wanted(title=asked.text, severity=severity, page=asked.whom))
    whom = service.named(wanted, now)
    wanted = replace(wanted, page=whom)
    return declaring.page(wanted, whom, service.preview(wanted, now), now, json.dumps(asdict(wanted)))


def _kept_in(view: Payload) -> Wanted:
    """What the page was asked for with: between the two requests Slack keeps it, in the view. Raises BadInput."""
    try:
        kept = json.loads(str(view.get("private_metadata") or ""))
        severity = severity_of(kept["severity"])
        return Wanted(title=kept["title"], severity=severity, page=kept["page"])
    except (ValueError, TypeError, KeyError):
        raise BadInput("This form is from an older release. Write `/page` again.") from None


def _entered(view: Payload) -> Wanted:
    """Raises BadInput."""
    page = entered(view, declaring.PAGE)
    return Wanted(
        title=entered(view, declaring.TITLE),
        severity=severity_of(entered(view, declaring.SEVERITY)),
        because=entered(view, declaring.REASON),
        processors=chosen(view, declaring.PROCESSORS),
        page="" if page == declaring.POLICY else page,
    )


def _declared(services: AppServices, wanted: Wanted, view: Payload, user: str) -> Incident:
    """The same view is the same incident, however often it is sent."""
    now = services.now()
    return services.declaring.declare(wanted, services.responses.who(user, now), now, key=str(view.get("id")))


async def _answer(services: AppServices, form: Form, reply: Reply, found: Incident, view: Payload) -> None:
    await form.show(declaring.opened(*await form.work(_shown, services, found)))
    await _follow(services, reply, found, str(view.get("id")))


def _shown(services: AppServices, found: Incident) -> tuple[Overview, list[Queued], datetime]:
    now = services.now()
    return services.responses.overview(found, now), list(services.declaring.pages(found)), now


async def _follow(services: AppServices, reply: Reply, found: Incident, view_id: str) -> None:
    """Say what becomes of the pages: in the modal, or directly to whoever has closed it."""
    for seconds in LOOKS_S:
        await asyncio.sleep(seconds)
        shown = await reply.work(_shown, services, found)
        if settled(shown[1]):
            break
    try:
        view = declaring.opened(*shown)
        await asked("views.update", reply.client.views_update(view_id=view_id, view=view))
    except Refused:
        await reply.to(reply.place.user, declaring.declared(*shown))
