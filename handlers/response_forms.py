"""The modals in which an incident is handed over, or reopened: what is entered is stored before Slack is answered."""

import logging
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.access import Act
from bot.domain.errors import BadInput
from bot.domain.incidents.incident import Incident
from bot.services.access import NotYours
from bot.services.app import AppServices
from bot.services.responses import Outdated
from bot.views import action_ids, forms, incident, response, response_forms
from handlers import payloads
from handlers.forms import Form, open_form
from handlers.modals import entered
from handlers.replies import Reply
from handlers.slack_calls import Refused

Payload = Mapping[str, Any]
log = logging.getLogger("fireline.slack")


def register(app: AsyncApp, services: AppServices) -> None:
    @app.action(action_ids.INCIDENT_HAND_OVER)
    async def ask_whom(ack: AsyncAck, action: Payload, body: Payload, reply: Reply) -> None:
        await ack()
        grant = payloads.value(action)
        try:
            await open_form(reply, body, response_forms.HAND_OVER, _to_hand_over, services, grant, reply.place.user)
        except NotYours as error:
            await reply.privately(incident.take_over(error.incident, str(error), error.about))

    @app.view(action_ids.INCIDENT_HAND_OVER_TO)
    async def hand_over(ack: AsyncAck, view: Payload, reply: Reply) -> None:
        form, name = Form(ack, reply, view), entered(view, response_forms.PERSON)
        try:
            found = await form.work(_handed_over, services, _grant_of(view), reply.place.user, name)
        except BadInput as error:
            await _not_taken(form, reply, response_forms.PERSON, error)
            return
        await form.close()
        await _tell(services, reply, found, name)

    @app.action(action_ids.INCIDENT_REOPEN)
    async def ask_why(ack: AsyncAck, action: Payload, body: Payload, reply: Reply) -> None:
        await ack()
        grant = payloads.value(action)
        await open_form(reply, body, response_forms.REOPEN, _to_reopen, services, grant, reply.place.user)

    @app.view(action_ids.INCIDENT_REOPEN_FOR)
    async def reopen(ack: AsyncAck, view: Payload, reply: Reply) -> None:
        form, why = Form(ack, reply, view), entered(view, response_forms.REASON)
        try:
            await form.work(_reopened, services, _grant_of(view), reply.place.user, why)
        except BadInput as error:
            await _not_taken(form, reply, response_forms.REASON, error)
            return
        await form.close()


def _granted(services: AppServices, grant: str, act: Act, user: str) -> Incident:
    """Raises Outdated for a button of an older state."""
    people = services.responses
    return people.granted(grant, act, people.who(user, services.now()))


def _to_hand_over(services: AppServices, grant: str, user: str) -> dict[str, Any]:
    """Raises NotYours and NotAllowed before anything is entered."""
    people, now = services.responses, services.now()
    found = _granted(services, grant, Act.HAND_OVER, user)
    people.check(Act.HAND_OVER, found, people.who(user, now), now)
    return response_forms.hand_over(found, grant, [each.name for each in services.oncall.plan.people])


def _to_reopen(services: AppServices, grant: str, user: str) -> dict[str, Any]:
    return response_forms.reopen(_granted(services, grant, Act.REOPEN, user), grant)


def _handed_over(services: AppServices, grant: str, user: str, name: str) -> Incident:
    people, now = services.responses, services.now()
    found = _granted(services, grant, Act.HAND_OVER, user)
    people.hand_over(found, people.who(user, now), name, now)
    return found


def _reopened(services: AppServices, grant: str, user: str, why: str) -> None:
    people, now = services.responses, services.now()
    people.reopen(_granted(services, grant, Act.REOPEN, user), people.who(user, now), why, now)


async def _not_taken(form: Form, reply: Reply, field: str, error: BadInput) -> None:
    """What was wrong stands below the field; what has changed meanwhile, and the question whether somebody takes it
    over, are said beside the modal, which closes.
    """
    match error:
        case Outdated():
            answer = response.outdated(str(error))
        case NotYours():
            answer = incident.take_over(error.incident, str(error), error.about)
        case _:
            await form.wrong(field, str(error))
            return
    await form.close(f"{forms.NOT_TAKEN} {forms.BESIDE}")
    await reply.privately(answer)


async def _tell(services: AppServices, reply: Reply, found: Incident, name: str) -> None:
    """Whom it was handed to hears of it; the card says so to all."""
    by = services.responses.who(reply.place.user, services.now()).name
    slack = services.oncall.plan.by_name[name].slack
    if not slack or name == by:
        return
    try:
        await reply.to(slack, response.handed_over(found, by))
    except Refused as no:
        log.info("%s was not told that %s is theirs: %s", name, found.label, no)


def _grant_of(view: Payload) -> str:
    return str(view.get("private_metadata") or "")
