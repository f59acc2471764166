"""/oncall: whose turn it is, who can be reached, and requests to take somebody's turn. What changes the state is stored
before the ack.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.errors import BadInput
from bot.domain.oncall.covers import Cover
from bot.services.app import AppServices
from bot.views import action_ids, oncall
from bot.views.blocks import Card
from handlers import oncall_payloads, payloads, practice
from handlers.answers import help_card
from handlers.forms import Form
from handlers.modals import open_view
from handlers.replies import Reply
from handlers.slack_calls import Refused

log = logging.getLogger("fireline.oncall")
Payload = Mapping[str, Any]
OF_NOW = frozenset({"schedule", "gaps", "cover"})
"""What the answer without a word shows, too; and the form that its button opens."""


def register(app: AsyncApp, services: AppServices) -> None:
    @app.command("/oncall")
    async def show(ack: AsyncAck, command: Payload, reply: Reply) -> None:
        await _answer(services, ack, reply, command)

    @app.action(action_ids.ONCALL_ASK)
    async def open_form(ack: AsyncAck, body: Payload, reply: Reply) -> None:
        await ack()
        await open_view(reply, body, oncall.form(services.oncall.plan, services.now()))

    @app.view(action_ids.ONCALL_REQUEST)
    async def request(ack: AsyncAck, view: Payload, reply: Reply) -> None:
        form = Form(ack, reply, view)
        try:
            wanted = oncall_payloads.cover(view)
            cover = await form.work(services.oncall.ask, wanted, reply.place.user, services.now())
        except BadInput as error:
            await form.wrong(oncall.PERSON, str(error))
            return
        await form.close()
        await reply.to(reply.place.user, oncall.asked(cover, services.oncall.plan, await _ask(services, reply, cover)))

    async def answer(ack: AsyncAck, action: Payload, reply: Reply, change: Change) -> None:
        try:
            cover = await reply.work(change, payloads.value(action), reply.place.user, services.now())
        finally:
            await ack()
        now = services.now()
        names, has = await reply.work(services.oncall.concerned, cover, now)
        outcome = oncall.outcome(cover, services.oncall.plan, now, has)
        await reply.edit(outcome)
        own = services.oncall.person(reply.place.user).name
        if untold := await _told(services, reply, [name for name in names if name != own], outcome):
            raise BadInput(f"It is done. Slack did not take the message to {' and '.join(untold)}: call them.")

    @app.action(action_ids.ONCALL_ACCEPT)
    async def accept(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await answer(ack, action, reply, services.oncall.accept)

    @app.action(action_ids.ONCALL_DECLINE)
    async def decline(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await answer(ack, action, reply, services.oncall.decline)

    @app.action(action_ids.ONCALL_WITHDRAW)
    async def withdraw(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await answer(ack, action, reply, services.oncall.withdraw)


async def _answer(services: AppServices, ack: AsyncAck, reply: Reply, command: Payload) -> None:
    try:
        typed = payloads.text(command)
        word, _, name = typed.partition(" ")
        begun = await practice.begun(services, reply, name) if word.casefold() == "test" else None
        put = await _put(services, reply, name) if word.casefold() == "override" else None
    finally:
        await ack()
    if begun is not None:
        await practice.follow(services, reply, begun)
    elif put is not None:
        await _tell(services, reply, *put)
    elif payloads.wants_help(command):
        await reply.privately(help_card(services))
    elif word.casefold() == "readiness":
        await practice.show(services, reply)
    else:
        await _show(services, reply, command, typed)


async def _put(services: AppServices, reply: Reply, typed: str) -> tuple[Cover, list[str]]:
    """An override is stored before Slack is answered."""
    now = services.now()
    wanted = oncall_payloads.turn(typed, services.oncall.plan, lambda text: services.oncall.moment(text, now), now)
    return await reply.work(services.oncall.put_on_call, wanted, reply.place.user, now)


async def _tell(services: AppServices, reply: Reply, cover: Cover, taken: list[str]) -> None:
    """Whoever is put on call, and whose turns it takes, hear of it directly; the channel where it was written, too."""
    names = [name for name in dict.fromkeys([cover.person, *taken]) if name in services.oncall.plan.by_name]
    people = [services.oncall.named(name) for name in names]
    others = [name for name in names if name != cover.asked_by]
    untold = await _told(services, reply, others, oncall.put(cover, taken, people))
    await reply.send(oncall.put_by(cover, taken, people, untold))


async def _told(services: AppServices, reply: Reply, names: list[str], card: Card) -> list[str]:
    """Write to each of them directly; returns those to whom Slack did not take it, or who have no Slack id."""
    untold = []
    for person in map(services.oncall.named, names):
        try:
            if person.slack:
                await reply.to(person.slack, card)
                continue
        except Refused as no:
            log.warning("%s was not told of a turn: %s", person.name, no.reason)
        untold.append(person.name)
    return untold


async def _show(services: AppServices, reply: Reply, command: Payload, typed: str) -> None:
    """Whose turn it is now, or at the moment that was typed; or the form."""
    now, word = services.now(), typed.partition(" ")[0].casefold()
    if word == "cover":
        rest, plan = typed.partition(" ")[2], services.oncall.plan
        wanted = oncall_payloads.turn(rest, plan, lambda text: services.oncall.moment(text, now), now) if rest else None
        await open_view(reply, command, oncall.form(plan, now, wanted))
        return
    moment = now if not typed or word in OF_NOW else services.oncall.moment(typed, now)
    await reply.send(oncall.card(await reply.work(services.oncall.overview, moment)))


Change = Callable[[str, str, datetime], Cover]


async def _ask(services: AppServices, reply: Reply, cover: Cover) -> str:
    """Post the request to the person; "" or why Slack did not take it."""
    people = [services.oncall.named(cover.asked_by), services.oncall.named(cover.person)]
    card = oncall.request(cover, people, services.oncall.plan, services.now())
    try:
        await reply.to(people[1].slack, card)
    except Refused as no:
        return no.reason
    return ""
