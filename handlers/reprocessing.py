"""/reprocess and its buttons: a plan first, then a start by whoever may; a second person where one is needed."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.access import Actor
from bot.domain.errors import BadInput
from bot.domain.reprocessing.asked import AskedRepair, repair_words
from bot.domain.reprocessing.plan import Mode, Request
from bot.domain.reprocessing.repair import Repair
from bot.services.app import AppServices
from bot.services.repair_plans import BadDates
from bot.services.reprocessing import PlanChanged
from bot.views import action_ids, hands, reprocessing, reprocessing_progress
from bot.views.blocks import Card
from handlers import payloads
from handlers.answers import help_card
from handlers.forms import Form, open_form
from handlers.modals import chosen, entered, entered_date
from handlers.replies import Place, Reply

Payload = Mapping[str, Any]
WIDENS = frozenset({action_ids.REPROCESS_UPSTREAM, action_ids.REPROCESS_DOWNSTREAM})
"""They stand on a plan, and show a wider one in its place."""
NUMBER = re.compile(r"[Rr]-[0-9]{1,9}")
Act = Callable[[str, Actor, datetime], Repair]


def register(app: AsyncApp, services: AppServices) -> None:
    @app.command("/reprocess")
    async def ask(ack: AsyncAck, command: Payload, reply: Reply) -> None:
        if payloads.wants_help(command):
            await ack()
            await reply.privately(help_card(services))
            return
        await ack()
        await _answer(services, reply, command)

    @app.options(action_ids.REPROCESS_PROCESSORS)
    async def processors(ack: AsyncAck, payload: Payload) -> None:
        await ack(options=reprocessing.processors(services.registry.matching(payloads.typed(payload))))

    @app.view(action_ids.REPROCESS_FORM)
    async def planned(ack: AsyncAck, view: Payload, reply: Reply) -> None:
        form = Form(ack, reply, view)
        try:
            card = await form.work(_planned, services, _entered(view), reply.place.user)
        except BadInput as error:
            field = reprocessing.FIRST if isinstance(error, BadDates) else reprocessing.PROCESSORS
            await form.wrong(field, str(error))
            return
        await form.close("The plan is where you asked for it, for you alone.")
        await _where_asked(reply, view).privately(card)

    for action_id, asked in (
        (action_ids.REPROCESS_PLAN, _of_verdict),
        (action_ids.REPROCESS_INCIDENT, _of_incident),
        (action_ids.REPROCESS_UPSTREAM, _with_upstream),
        (action_ids.REPROCESS_DOWNSTREAM, _with_downstream),
    ):
        _plans(app, services, action_id, asked)
    _acts(app, services)


def _plans(app: AsyncApp, services: AppServices, action_id: str, asked: Callable[..., tuple[Request, str]]) -> None:
    """A button that shows a plan: to whoever pressed it alone."""

    @app.action(action_id)
    async def show(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()

        def card() -> Card:
            request, incident = asked(services, payloads.value(action))
            return _planned(services, request, reply.place.user, incident)

        shown = await reply.work(card)
        in_place = reply.place.ephemeral and action_id in WIDENS
        await (reply.edit(shown) if in_place else reply.privately(shown))


def _acts(app: AsyncApp, services: AppServices) -> None:
    @app.action(action_ids.REPROCESS_START)
    async def start(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        done = await _done(services, services.repairs.start, ack, action, reply)
        if done is not None and (shown := await reply.instead(reprocessing.started(done))) is not None:
            await reply.work(services.repairs.shown_at, done.id, shown)

    @app.action(action_ids.REPROCESS_ASK)
    async def ask(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        done = await _done(services, services.repairs.ask_approval, ack, action, reply)
        if (
            done is not None
            and (shown := await reply.instead(reprocessing.plan(done, tickets=services.tickets.offered))) is not None
        ):
            await reply.work(services.repairs.shown_at, done.id, shown)

    @app.action(action_ids.REPROCESS_TICKET)
    async def ticket(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        try:
            said = await reply.work(_ticket, services, payloads.value(action), reply.place.user)
        finally:
            await ack()
        await reply.privately(reprocessing.ticket(said))

    @app.action(action_ids.REPROCESS_WITHDRAW)
    async def withdraw(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        done = await _done(services, services.repairs.withdraw, ack, action, reply)
        if done is not None:
            await reply.instead(reprocessing.withdrawn(done))


def _ticket(services: AppServices, name: str, user: str) -> str:
    now = services.now()
    return services.tickets.open(services.repairs.get(name), _who(services, user, now), now)


async def _done(services: AppServices, act: Act, ack: AsyncAck, action: Payload, reply: Reply) -> Repair | None:
    """Done before it is acknowledged: Slack asks again where it was not. None: the plan has changed, and whoever
    pressed sees by what.
    """
    now = services.now()
    try:
        return await reply.work(act, payloads.value(action), _who(services, reply.place.user, now), now)
    except PlanChanged as error:
        card = reprocessing.stale(error.before, error.fresh, error.changes, tickets=services.tickets.offered)
    finally:
        await ack()
    await (reply.edit(card) if reply.place.ephemeral else reply.privately(card))
    return None


async def _answer(services: AppServices, reply: Reply, command: Payload) -> None:
    text = payloads.text(command)
    if text.casefold() == "list":
        await reply.privately(reprocessing.listed(await reply.work(services.repairs.latest)))
    elif text.casefold() == "circuits":
        await reply.privately(hands.circuits(await reply.work(services.operations.circuits.all)))
    elif NUMBER.fullmatch(text):
        await reply.send(await reply.work(_shown, services, text, reply.workspace))
    else:
        asked = await reply.work(_asked, services, text)
        if asked.first is None or not asked.names:
            await open_form(reply, command, reprocessing.TITLE, _form, services, asked, reply.place.channel or "")
            return
        await reply.privately(await reply.work(_planned, services, asked.request, reply.place.user))


def _shown(services: AppServices, name: str, workspace: str) -> Card:
    found, now = services.repairs.get(name), services.now()
    progress, tickets = services.repair_work.control.progress(found), services.tickets.offered
    shown = reprocessing_progress.shown(found, progress, now, tickets=tickets)
    return reprocessing_progress.copied(shown, found, now, workspace)


def _asked(services: AppServices, text: str) -> AskedRepair:
    return repair_words(text, lambda: services.repairs.plans.dates(services.now()))


def _form(services: AppServices, asked: AskedRepair, channel: str) -> dict[str, Any]:
    """With what was typed; the newest whole date where none was."""
    newest = services.repairs.plans.dates(services.now()).today - timedelta(days=1)
    names = [services.registry.get(name).name for name in asked.names]
    return reprocessing.form(names, asked.first or newest, asked.last or newest, json.dumps({"channel": channel}))


def _planned(services: AppServices, request: Request, user: str, incident: str = "") -> Card:
    now = services.now()
    made = services.repairs.propose(request, _who(services, user, now), now, incident)
    return reprocessing.plan(made, tickets=services.tickets.offered)


def _who(services: AppServices, user: str, now: datetime) -> Actor:
    return services.responses.who(user, now)


def _of_verdict(_: AppServices, value: str) -> tuple[Request, str]:
    """Raises BadInput for a value that we never made."""
    asked = action_ids.decode_validation(value)
    if asked.processor is None or asked.first is None or asked.last is None:
        raise BadInput("This button is from an older message. Type `/validate` for a fresh answer.")
    return Request(processors=(asked.processor,), first=asked.first, last=asked.last), ""


def _of_incident(services: AppServices, value: str) -> tuple[Request, str]:
    """Of its root, the dates that it is about."""
    found = services.incidents.get(value)
    days = sorted(found.data_dates)
    if not days or not found.headline.of_processor:
        raise BadInput(f"{found.label} is about no date of a processor: there is nothing to reprocess.")
    return Request(processors=(found.headline.root,), first=days[0], last=days[-1]), found.id


async def of_incident(services: AppServices, reply: Reply, name: str) -> None:
    """The plan of what an incident is about, to whoever asks alone."""
    request, incident = await reply.work(_of_incident, services, name)
    await reply.privately(await reply.work(_planned, services, request, reply.place.user, incident))


def _with_upstream(services: AppServices, value: str) -> tuple[Request, str]:
    known = services.repairs.get(value)
    asked, offer = known.plan.request, known.plan.upstream
    return replace(asked, processors=(*asked.processors, *(offer.processors if offer else ()))), known.incident


def _with_downstream(services: AppServices, value: str) -> tuple[Request, str]:
    known = services.repairs.get(value)
    return replace(known.plan.request, downstream=True), known.incident


def _entered(view: Payload) -> Request:
    """Raises BadInput."""
    first, last = (_day(view, name) for name in (reprocessing.FIRST, reprocessing.LAST))
    return Request(
        processors=chosen(view, reprocessing.PROCESSORS),
        first=first,
        last=last,
        mode=Mode(entered(view, reprocessing.MODE) or Mode.FAILED),
        downstream=bool(chosen(view, reprocessing.DOWNSTREAM)),
    )


def _day(view: Payload, name: str) -> date:
    try:
        return date.fromisoformat(entered_date(view, name))
    except ValueError:
        raise BadInput("Which dates? Choose the first and the last.") from None


def _where_asked(reply: Reply, view: Payload) -> Reply:
    """A form comes without its channel: it is kept in the form."""
    try:
        channel = json.loads(str(view.get("private_metadata") or "{}")).get("channel")
    except (ValueError, AttributeError):
        channel = None
    place = Place(reply.place.user, channel if isinstance(channel, str) and channel else None)
    return replace(reply, place=place)
