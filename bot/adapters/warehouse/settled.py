"""Answers about days that have passed, cached until a load touches those days."""

import threading
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from typing import TypeVar, cast

T = TypeVar("T")
FOREVER = datetime.max.replace(tzinfo=UTC)
"""Until then: for an answer that any change may make stale."""
MOST = 64
"""Answers kept; the windows in use at one time are a handful."""


class Settled:
    """Keeps nothing unless it is known that nobody else writes to the warehouse. Safe to use from many threads."""

    def __init__(self, *, keeps: bool) -> None:
        self.keeps = keeps
        self._lock = threading.Lock()
        self._cached: dict[Hashable, tuple[datetime, object]] = {}
        self._generation = 0

    def get(self, key: Hashable, until: datetime, ask: Callable[[], T]) -> T:
        """The cached answer about what lies before `until`, or a fresh one."""
        if not self.keeps:
            return ask()
        with self._lock:
            generation = self._generation
            if key in self._cached:
                return cast(T, self._cached[key][1])
        answer = ask()
        with self._lock:
            if generation == self._generation:
                while len(self._cached) >= MOST:
                    self._cached.pop(next(iter(self._cached)))
                self._cached[key] = (until, answer)
        return answer

    def forget(self, touched_from: datetime) -> None:
        """Drop every answer that a change at or after `touched_from` may have made stale."""
        with self._lock:
            self._generation += 1
            self._cached = {key: cached for key, cached in self._cached.items() if cached[0] <= touched_from}
