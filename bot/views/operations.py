"""What is to be done to a service: shown to who asks, to the second person, and to everyone when it is under way."""

from bot.domain.deploys.overview import ServiceRow
from bot.domain.deploys.seen import NoRollback
from bot.domain.operations.operation import LONGEST_TIMEOUT_S, Kind, Operation
from bot.domain.operations.words import people, said
from bot.domain.platform.registry import Service
from bot.views import action_ids
from bot.views.blocks import Block, Card, Element, actions, button, context, option, section, select
from bot.views.incident import PLAIN, SLACK
from bot.views.incident_words import Voice
from bot.views.text import escape

VERBS = {
    Kind.ROLLBACK: "Ask to roll back",
    Kind.RELEASE: "Release traffic",
    Kind.RESTART: "Restart",
    Kind.TIMEOUT: "Ask to raise it",
    Kind.CANCEL: "End the execution",
    Kind.MAINTENANCE: "Run it",
    Kind.CLEAR_MARKER: "Clear the marker",
}
ASKED_BY = {
    Kind.ROLLBACK: action_ids.OPERATION_ROLLBACK,
    Kind.RELEASE: action_ids.OPERATION_RELEASE,
    Kind.RESTART: action_ids.OPERATION_RESTART,
    Kind.TIMEOUT: action_ids.OPERATION_TIMEOUT,
    Kind.CANCEL: action_ids.OPERATION_CANCEL,
    Kind.MAINTENANCE: action_ids.OPERATION_MAINTENANCE,
}
"""The buttons of a service's card. Each only shows what would be done."""
LIMITS = (900, 1_200, 1_800, 2_700, LONGEST_TIMEOUT_S)
NOTHING_YET = "Nothing is done yet"


def of_service(row: ServiceRow) -> Block | None:
    """What can be asked for; None: nothing."""
    deployed = row.seen.deployed
    if deployed is None:
        return None
    made: list[Element] = []
    if not isinstance(row.rollback, NoRollback):
        made.append(_opens("Roll back…", Kind.ROLLBACK, row.service))
    if deployed.pinned:  # a new revision would get no traffic
        return actions([*made, _opens("Release traffic…", Kind.RELEASE, row.service)])
    made.append(_opens("Restart…", Kind.RESTART, row.service))
    limit = deployed.current.timeout_seconds if deployed.current is not None else None
    more = [seconds for seconds in LIMITS if limit is not None and seconds > limit]
    if more:
        options = [option(f"{seconds:,} s", f"{seconds}:{row.service.name}") for seconds in more]
        made.append(select("Raise the limit to…", ASKED_BY[Kind.TIMEOUT], options))
    return actions(made)


def of_job(service: Service) -> Block:
    run = [_opens("Run…", Kind.MAINTENANCE, service)] if service.maintenance else []
    return actions([*run, _opens("End what runs…", Kind.CANCEL, service)])


def _opens(label: str, kind: Kind, service: Service) -> Element:
    return button(label, ASKED_BY[kind], service.name)


def preview(operation: Operation) -> Card:
    """For who asks: what was looked at, and a way on."""
    head = f"{_sentence(operation)}?"
    second = " A second person has to approve it." if operation.needs_second else ""
    until = f"{NOTHING_YET}. It can be asked for until {{}}.{second}"
    style = "danger" if operation.needs_second else "primary"
    row = actions(
        [
            button(VERBS[operation.kind], action_ids.OPERATION_ASK, operation.id, style=style),
            button("Leave it", action_ids.OPERATION_WITHDRAW, operation.id),
        ]
    )
    return _card(operation, head, until, row)


def waiting(operation: Operation) -> Card:
    """For the second person."""
    head = f"{operation.asked_by.name} asks to {said(operation.wanted)}."
    row = actions(
        [
            button("Approve", action_ids.OPERATION_APPROVE, operation.id, style="danger"),
            button("Withdraw", action_ids.OPERATION_WITHDRAW, operation.id),
        ]
    )
    return _card(operation, head, "A second person approves it until {}, or it is off.", row)


def asked(operation: Operation) -> Card:
    """In place of the preview: the rest is elsewhere."""
    text = f"{_sentence(operation)}: asked for, in the thread of the incident."
    return Card(escape(text), (section(escape(text)),))


def under_way(operation: Operation) -> Card:
    """It stays as it is, so it says nothing that becomes untrue when that is over."""
    head = f"{_sentence(operation)}: {people(operation)}."
    rest = "It is done once, and the alerts channel is told what came of it"
    return Card(escape(f"{head} {rest}."), (section(f"*{escape(head)}*"), context(rest)))


def withdrawn(operation: Operation) -> Card:
    text = f"{_sentence(operation)}: {operation.said}. Nothing was done."
    return Card(escape(text), (section(escape(text)),))


def _card(operation: Operation, head: str, until: str, row: Block) -> Card:
    found = [f"Looked at: {escape('; '.join(operation.found))}."] if operation.found else []
    blocks = [section(f"*{escape(head)}*"), *map(section, found), context(_until(until, operation, SLACK)), row]
    lines = [head, *(f"Looked at: {'; '.join(operation.found)}." for _ in found), _until(until, operation, PLAIN)]
    return Card(escape("\n".join(lines)), tuple(blocks))


def _until(text: str, operation: Operation, voice: Voice) -> str:
    return text.format(voice.date(operation.expires_at))


def _sentence(operation: Operation) -> str:
    text = said(operation.wanted)
    return f"{text[:1].upper()}{text[1:]}"
