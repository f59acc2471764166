"""/runbook: runbooks are listed, read and started; each press in the thread is stored before Slack is answered."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.domain.access import Act
from bot.domain.errors import BadInput
from bot.domain.incidents.incident import Incident
from bot.domain.runbooks.run import Run, Subject
from bot.services.app import AppServices
from bot.services.runbooks import Deed, Place
from bot.views import action_ids, runbooks
from bot.views.blocks import Card
from handlers import payloads
from handlers.answers import help_card, questions
from handlers.replies import Reply

Payload = Mapping[str, Any]
DEEDS = {
    action_ids.RUNBOOK_DONE: Deed.DONE,
    action_ids.RUNBOOK_SKIP: Deed.SKIP,
    action_ids.RUNBOOK_AGAIN: Deed.AGAIN,
    action_ids.RUNBOOK_ACT: Deed.ACT,
    action_ids.RUNBOOK_STOP: Deed.STOP,
}


def register(app: AsyncApp, services: AppServices) -> None:
    @app.command("/runbook")
    async def command(ack: AsyncAck, command: Payload, reply: Reply) -> None:
        if payloads.wants_help(command):
            await ack()
            await reply.privately(help_card(services))
            return
        try:
            card = await reply.work(_asked, services, payloads.text(command), reply)
        finally:
            await ack()
        await reply.privately(card)

    @app.action(action_ids.RUNBOOK_SUGGEST)
    async def offer(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        await suggest(services, reply, payloads.value(action))

    async def read(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        await ack()
        await reply.privately(await reply.work(_read, services, payloads.value(action), reply.place.user))

    for action_id in (action_ids.RUNBOOK_READ, action_ids.RUNBOOK_CHOOSE):
        app.action(action_id)(read)

    @app.action(action_ids.RUNBOOK_START)
    async def start(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        try:
            run = await reply.work(_started, services, payloads.value(action), reply)
        finally:
            await ack()
        await reply.privately(runbooks.started(run))

    for action_id, deed in DEEDS.items():
        _press(app, services, action_id, deed)


async def suggest(services: AppServices, reply: Reply, incident: str) -> None:
    """Those that fit an incident, to the asker alone."""
    await reply.privately(await reply.work(_suggested, services, incident))


def _press(app: AsyncApp, services: AppServices, action_id: str, deed: Deed) -> None:
    @app.action(action_id)
    async def press(ack: AsyncAck, action: Payload, reply: Reply) -> None:
        """The message is edited by whoever shows runs."""
        try:
            await reply.work(_pressed, services, payloads.value(action), deed, reply.place.user)
        finally:
            await ack()


def _pressed(services: AppServices, grant: str, deed: Deed, user: str) -> None:
    now = services.now()
    services.runbooks.press(grant, deed, services.responses.who(user, now), now)


def _asked(services: AppServices, text: str, reply: Reply) -> Card:
    """`[list]`, `NAME [INC-42]`, `start NAME [INC-42 | PROCESSOR [DATE]]`, or words to look for."""
    words, service = text.split(), services.runbooks
    if not words or [word.casefold() for word in words] == ["list"]:
        return runbooks.listing(service.all(), service.running())
    if words[0].casefold() == "start" and len(words) > 1:
        return runbooks.started(_start_named(services, words[1], words[2:], reply))
    incident = _incident(services, words[-1])
    fitting = service.looked_for(" ".join(words[:-1] if incident is not None else words))
    if len(fitting) > 1:
        return runbooks.listing(fitting)
    return runbooks.reading(fitting[0], incident, "" if incident is None else _grant(services, incident))


def _start_named(services: AppServices, name: str, about: list[str], reply: Reply) -> Run:
    incident = _incident(services, about[0]) if about else None
    if incident is not None and len(about) > 1:
        raise BadInput(f"What does {' '.join(about[1:])!r} mean? Write `/runbook start {name} {incident.label}`.")
    subject = None if incident is not None or not about else _subject(services, " ".join(about))
    return _start(services, name, reply, incident, subject)


def _subject(services: AppServices, text: str) -> Subject:
    """Without a date yesterday's: Slack waits for three seconds, and asking the data what is newest may take longer.
    Raises BadInput for what is no processor, and no date.
    """
    asked = questions(services).impact(text)
    today = services.validation.dates(services.now()).today
    day = asked.data_date or today - timedelta(days=1)
    if day > today:
        raise BadInput(f"{day} lies ahead: today is {today}. Nothing of it can be wrong yet.")
    return Subject(processor=asked.processor, data_date=day)


def _incident(services: AppServices, word: str) -> Incident | None:
    """None: the word names none. Raises BadInput for a number that is none."""
    return services.responses.incident(word) if word.upper().startswith("INC-") else None


def _grant(services: AppServices, incident: Incident) -> str:
    standing = services.responses.standing(incident.id, services.now())
    return incident.id if standing is None else standing.grants.get(Act.RUNBOOK, incident.id)


def _suggested(services: AppServices, name: str) -> Card:
    incident, service = services.incidents.get(name), services.runbooks
    running = [each for each in service.running() if each.incident == incident.id]
    return runbooks.suggestions(
        incident, service.suggested(incident, services.now()), running, _grant(services, incident)
    )


def _read(services: AppServices, value: str, user: str) -> Card:
    name, _, grant = value.partition(":")
    runbook = services.runbooks.get(name)
    return runbooks.reading(runbook, _granted(services, grant, user), grant)


def _granted(services: AppServices, grant: str, user: str) -> Incident | None:
    """None: of no incident. Raises Outdated for a button of an older state."""
    people = services.responses
    return people.granted(grant, Act.RUNBOOK, people.who(user, services.now())) if grant else None


def _started(services: AppServices, value: str, reply: Reply) -> Run:
    name, _, grant = value.partition(":")
    return _start(services, name, reply, _granted(services, grant, reply.place.user))


def _start(
    services: AppServices, name: str, reply: Reply, incident: Incident | None, subject: Subject | None = None
) -> Run:
    now, asked_in = services.now(), reply.place
    place = Place(asked_in.channel or "", asked_in.thread_ts or "")
    who = services.responses.who(asked_in.user, now)
    return services.runbooks.start(name, who, now, incident=incident, subject=subject, place=place)
