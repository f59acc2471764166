"""The shortcut of a message: what somebody wrote becomes a line of an incident's timeline."""

import json
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import BadInput
from bot.domain.incidents.incident import Incident
from bot.domain.redaction import redacted
from bot.services.app import AppServices
from bot.services.responses import Quote
from bot.views import action_ids, response_forms
from handlers.forms import Form, open_form
from handlers.modals import entered
from handlers.payloads import as_written, mapping
from handlers.replies import Reply

Payload = Mapping[str, Any]


def register(app: AsyncApp, services: AppServices) -> None:
    @app.shortcut(action_ids.INCIDENT_ADD)
    async def choose(ack: AsyncAck, body: Payload, reply: Reply) -> None:
        await ack()
        await open_form(reply, body, response_forms.ADD, _choice, services, _quoted(body, reply.workspace))

    @app.view(action_ids.INCIDENT_ADD_TO)
    async def add(ack: AsyncAck, view: Payload, reply: Reply) -> None:
        form, chosen = Form(ack, reply, view), entered(view, response_forms.INCIDENT)
        try:
            found = await form.work(_added, services, chosen, _quote_of(view), reply.place.user)
        except BadInput as error:
            await form.wrong(response_forms.INCIDENT, str(error))
            return
        await form.show(response_forms.added(found))


def _choice(services: AppServices, quote: Quote) -> dict[str, Any]:
    return response_forms.add(services.responses.overviews(services.now()), quote.text, _kept(quote))


def _added(services: AppServices, chosen: str, quote: Quote, user: str) -> Incident:
    people, now = services.responses, services.now()
    found = people.incident(chosen)
    people.note(found, people.who(user, now), quote, now)
    return found


def _quoted(body: Payload, workspace: str) -> Quote:
    """What the message says, without secrets, and where it stands."""
    message, channel = mapping(body.get("message")), mapping(body.get("channel")).get("id")
    text, ts, by = message.get("text"), str(message.get("ts") or ""), message.get("user")
    link = f"{workspace}archives/{channel}/p{ts.replace('.', '')}" if workspace else f"{channel}/{ts}"
    said = redacted(as_written(text)) if isinstance(text, str) else ""
    return Quote(said[: response_forms.MOST_QUOTED].strip(), link, by if isinstance(by, str) else "")


def _kept(quote: Quote) -> str:
    """Between the two requests Slack keeps it, in the view."""
    return json.dumps({"text": quote.text, "link": quote.link, "by": quote.by}, ensure_ascii=False)


def _quote_of(view: Payload) -> Quote:
    """Raises BadInput for a view of another release."""
    try:
        return Quote(**json.loads(str(view.get("private_metadata") or "")))
    except (ValueError, TypeError):
        raise BadInput("This form is from an older release. Use the shortcut again.") from None
