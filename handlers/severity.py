"""How bad a person says that an incident is: by the form behind its dots, or by a command; the thread hears of it."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.access import Act
from bot.domain.errors import BadInput
from bot.domain.gate.declared import severity_of
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.standing import Overview
from bot.services.access import NotYours
from bot.services.app import AppServices
from bot.services.responses import Outdated, Said
from bot.views import action_ids, forms, response, response_forms
from handlers import payloads
from handlers.forms import Form, open_form
from handlers.modals import entered, open_view
from handlers.replies import Reply

Payload = Mapping[str, Any]


def register(app: AsyncApp, services: AppServices) -> None:
    @app.view(action_ids.INCIDENT_SEVERITY_AS)
    async def set_it(ack: AsyncAck, view: Payload, reply: Reply) -> None:
        form = Form(ack, reply, view)
        try:
            found = await form.work(_set, services, view, reply.place.user)
        except Outdated as error:
            await form.close(f"{forms.NOT_TAKEN} {forms.BESIDE}")
            await reply.privately(response.outdated(str(error)))
            return
        except BadInput as error:
            await form.wrong(response_forms.REASON, str(error))
            return
        await form.close()
        await _say(services, reply, found)


async def ask(services: AppServices, reply: Reply, body: Payload, grant: str) -> None:
    """Raises Outdated for a button of an older state."""
    await open_form(reply, body, "Severity", _asked, services, grant, reply.place.user)


async def by_command(services: AppServices, reply: Reply, command: Payload, asked: payloads.IncidentCommand) -> None:
    """`INC-42 severity P1 REASON`; whoever would stop the pages to others says so in the form."""
    typed, _, because = asked.more.partition(" ")
    said = Said(severity_of(typed), because)
    found = await reply.work(services.responses.incident, asked.name)
    try:
        await reply.work(_change, services, found, said, reply.place.user)
    except NotYours:
        overview = await reply.work(_overview, services, found)
        grants = overview.standing.grants if overview.standing is not None else {}
        view = response_forms.severity(overview, grants.get(Act.SEVERITY, found.id), typed.upper(), because)
        await open_view(reply, command, view)
        return
    await reply.privately(response.card(await reply.work(_overview, services, found), services.now()))
    await _say(services, reply, found)


def _granted(services: AppServices, grant: str, user: str) -> Overview:
    people, now = services.responses, services.now()
    return people.overview(people.granted(grant, Act.SEVERITY, people.who(user, now)), now)


def _asked(services: AppServices, grant: str, user: str) -> dict[str, Any]:
    return response_forms.severity(_granted(services, grant, user), grant)


def _set(services: AppServices, view: Payload, user: str) -> Incident:
    """The form has said what it stops: whoever sends it means it."""
    found = _granted(services, str(view.get("private_metadata") or ""), user).incident
    severity = severity_of(entered(view, response_forms.SEVERITY))
    _change(services, found, Said(severity, entered(view, response_forms.REASON)), user, meant=True)
    return found


def _change(services: AppServices, found: Incident, said: Said, user: str, *, meant: bool = False) -> None:
    people, now = services.responses, services.now()
    people.set_severity(found, people.who(user, now), said, now, meant=meant)


def _overview(services: AppServices, found: Incident) -> Overview:
    return services.responses.overview(found, services.now())


async def _say(services: AppServices, reply: Reply, found: Incident) -> None:
    """In the thread of the incident's message, where it has one."""
    if found.message is None:
        return
    graded = response.graded(await reply.work(_overview, services, found))
    await reply.in_thread_of(found.message).send(graded)
