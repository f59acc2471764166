"""When to look at a processor again: nothing can be wrong with it before."""

from collections.abc import Set
from datetime import datetime
from heapq import heappop, heappush


class Looks:
    """The next look at each processor. One whose moment has come stays due until it is given another."""

    def __init__(self) -> None:
        self._next: dict[str, datetime] = {}
        self._ahead: list[tuple[datetime, str]] = []
        self._due: set[str] = set()

    def set(self, name: str, moment: datetime | None) -> None:
        """`moment` None: not until another is set."""
        self._due.discard(name)
        if moment is None:
            self._next.pop(name, None)
        elif self._next.get(name) != moment:
            self._next[name] = moment
            heappush(self._ahead, (moment, name))

    def due(self, now: datetime) -> Set[str]:
        while self._ahead and self._ahead[0][0] <= now:
            moment, name = heappop(self._ahead)
            if self._next.get(name) == moment:
                del self._next[name]
                self._due.add(name)
        return self._due
