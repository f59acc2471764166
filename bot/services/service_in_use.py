"""A repair and a change of a service's code never go on at once: what begins is refused in the transaction that stores
that it begins, and nobody else begins before that ends.
"""

from collections.abc import Sequence

from bot.domain.errors import BadInput
from bot.domain.operations.operation import NOT_UNDER_REPAIR, Operation
from bot.domain.operations.words import said
from bot.domain.reprocessing.plan import Step
from bot.domain.reprocessing.repair import RepairStep
from bot.ports.state import Transaction


def refuse_repair(tx: Transaction, steps: Sequence[Step | RepairStep]) -> None:
    """Before they are begun, or tried again. Raises BadInput where another repair is at one of them, or the code of
    their service is being changed.
    """
    busy = tx.repairs.in_flight()
    taken = next((step for step in steps if step.key in busy), None)
    if taken is not None:
        raise BadInput(f"{busy[taken.key]} runs {taken.processor} {taken.data_date} already. Make the plan again.")
    services = {step.service for step in steps}
    for each in tx.deploys.at_work():
        if each.wanted.service in services and each.kind in NOT_UNDER_REPAIR:
            raise BadInput(f"Somebody is about to {said(each.wanted)}. Start it when that is over.")


def repairs_under(tx: Transaction, operation: Operation) -> list[str]:
    """The repairs because of which it is not begun."""
    return tx.repairs.on_service(operation.wanted.service) if operation.kind in NOT_UNDER_REPAIR else []
