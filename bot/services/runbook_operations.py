"""Actions of runbooks on services: the same operations as those of `/deploys`, each asked for once by its key."""

from collections.abc import Callable, Mapping
from functools import partial

from bot.domain.errors import BadInput
from bot.domain.operations.operation import AT_WORK, Kind, Operation, Stage
from bot.domain.operations.words import said
from bot.domain.runbooks.arguments import seconds
from bot.services.operations import Forbidden, Hand, OperationService
from bot.services.runbook_actions import OnService, Order

KINDS = {
    "restart": Kind.RESTART,
    "rollback": Kind.ROLLBACK,
    "cancel_execution": Kind.CANCEL,
    "run_maintenance": Kind.MAINTENANCE,
    "raise_timeout": Kind.TIMEOUT,
    "clear_marker": Kind.CLEAR_MARKER,
}


def on_services(operations: Callable[[], OperationService]) -> Mapping[str, OnService]:
    """By the name of the action."""
    return {name: partial(_operate, operations, kind) for name, kind in KINDS.items()}


def _operate(operations: Callable[[], OperationService], kind: Kind, service: str, order: Order) -> str:
    """Who asked for it asks, and who said yes approves: the operation knows both."""
    people, now = operations(), order.now
    try:
        operation = people.propose(_hand(kind, service, order), order.asker, now)
    except Forbidden as error:  # a step says by itself that it was not done
        raise BadInput(error.why) from error
    if operation.stage is Stage.SHOWN:
        operation = people.ask(operation.id, order.asker, now)
    if operation.stage is Stage.WAITING:
        operation = people.approve(operation.id, order.who, now)
    return _told(operation)


def _hand(kind: Kind, service: str, order: Order) -> Hand:
    limit = order.step.arguments.get("seconds")
    of_date = kind is Kind.CLEAR_MARKER
    return Hand(
        kind,
        service,
        seconds=None if limit is None else seconds(limit),
        processor=order.processor if of_date else "",
        data_date=order.subject.data_date if of_date else None,
        incident=order.run.incident,
        key=order.key,
    )


def _told(operation: Operation) -> str:
    if operation.stage in AT_WORK:
        return f"asked to {said(operation.wanted)}; what comes of it is looked at"
    if operation.stage is Stage.DONE:
        return operation.said or said(operation.wanted)
    raise BadInput(operation.said or f"It is {operation.stage}.")
