"""Deployments in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.deploys.seen import Seen
from bot.domain.operations.operation import AT_WORK, Operation, Stage


class FakeDeploys:
    """Implements `bot.ports.deploys.DeployRecord` and `Deploys`."""

    def __init__(self) -> None:
        self._seen: dict[str, Seen] = {}
        self._operations: dict[str, Operation] = {}

    def put(self, seen: Seen) -> None:
        self._seen[seen.service] = seen

    def seen(self) -> dict[str, Seen]:
        return dict(self._seen)

    def add(self, operation: Operation) -> bool:
        stored = replace(operation, version=operation.version + 1)
        return self._operations.setdefault(operation.id, stored) is stored

    def change(self, after: Operation) -> Operation | None:
        known = self._operations.get(after.id)
        others = (each for each in self.at_work() if each.id != after.id)
        busy = after.stage in AT_WORK and any(each.wanted.service == after.wanted.service for each in others)
        if known is None or known.version != after.version or busy:
            return None
        self._operations[after.id] = replace(after, version=after.version + 1)
        return self._operations[after.id]

    def operation(self, operation_id: str) -> Operation | None:
        return self._operations.get(operation_id)

    def at_work(self) -> Sequence[Operation]:
        found = (each for each in self._operations.values() if each.stage in AT_WORK)
        return sorted(found, key=lambda each: (each.asked_at, each.id))

    def operations(self, service: str, most: int) -> Sequence[Operation]:
        of_it = [each for each in self._operations.values() if each.wanted.service == service]
        found = [each for each in of_it if each.stage is not Stage.SHOWN]
        return sorted(found, key=lambda each: (each.asked_at, each.id), reverse=True)[:most]

    def done_for(self, incident: str, since: datetime) -> Sequence[Operation]:
        known = (each for each in self._operations.values() if each.stage is Stage.DONE and each.incident == incident)
        return sorted((each for each in known if each.asked_at >= since), key=lambda each: (each.asked_at, each.id))
