"""What Fireline keeps of deployments: what was last read of each service, and what it was asked to do to them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.deploys.seen import Seen
from bot.domain.operations.operation import Operation


class DeployRecord(Protocol):
    """The deployments' part of a transaction. Who calls it audits what it does, in the same transaction."""

    def put(self, seen: Seen) -> None:
        """In place of what was kept of that service."""
        ...

    def add(self, operation: Operation) -> bool:
        """False, and no change, if there is one of that id."""
        ...

    def change(self, after: Operation) -> Operation | None:
        """Store it, one version on, and return it so. None, and no change, if another version than its own is stored,
        or if something else is done to that service now.
        """
        ...

    def at_work(self) -> Sequence[Operation]:
        """What was approved and is not over, in order of time and id."""
        ...


class Deploys(Protocol):
    def seen(self) -> dict[str, Seen]:
        """What was last read, by service."""
        ...

    def operation(self, operation_id: str) -> Operation | None: ...

    def at_work(self) -> Sequence[Operation]:
        """What was approved and is not over, in order of time and id."""
        ...

    def operations(self, service: str, most: int) -> Sequence[Operation]:
        """Of a service, without what was only shown; the newest first."""
        ...

    def done_for(self, incident: str, since: datetime) -> Sequence[Operation]:
        """What was asked for since then for an incident, and done; in order of time and id."""
        ...
