"""What this process knows of the channels of pages: who waits for one, and which asked to be left alone."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from bot.domain.delivery import Kind, Outcome, Page
from bot.domain.findings.severity import Severity

AT_ONCE, WHEN_ILL = 2, 1
"""Calls of P0, or of all others, that a channel may hold: fewer than P0 has threads, so that one that hangs leaves some
to the others. `WHEN_ILL`: after a call that was no success.
"""
SHORT_S = 5.0
"""A wait that is not worth a note: the page stays due."""
REMEMBERED = 1_000
"""Tries that this process has claimed: more than are read at once."""


@dataclass
class _Way:
    """`calls` by whether they are of P0."""

    calls: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    ill: bool = False
    not_before: float = 0.0


class PageWays:
    """`seconds` is a clock that nobody sets."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds, self._lock = seconds, Lock()
        self._ways: dict[str, _Way] = defaultdict(_Way)
        self._claimed: dict[tuple[str, int], None] = {}

    def enter(self, page: Page) -> bool:
        """May this thread use the channel of `page` now? Then it calls `leave` afterwards. Another thread, which has
        read the same outbox, may have this try of it already.
        """
        urgent, this_try = page.severity is Severity.P0, (page.id, page.attempts)
        with self._lock:
            way = self._ways[page.channel]
            if 0 < way.not_before - self._seconds() <= SHORT_S:
                return False
            if way.calls[urgent] >= (WHEN_ILL if way.ill else AT_ONCE):
                return False
            if this_try in self._claimed:
                return False
            way.calls[urgent] += 1
            self._claimed[this_try] = None
            return True

    def leave(self, page: Page, *, claimed: bool) -> None:
        with self._lock:
            self._ways[page.channel].calls[page.severity is Severity.P0] -= 1
            if not claimed:
                self._claimed.pop((page.id, page.attempts), None)
            while len(self._claimed) > REMEMBERED:
                del self._claimed[next(iter(self._claimed))]

    def told(self, channel: str, outcome: Outcome) -> None:
        """What a call has shown. A wait that the channel named holds for all that goes by it."""
        with self._lock:
            way = self._ways[channel]
            way.ill = outcome.kind is not Kind.YES
            if outcome.retry_after is not None:
                way.not_before = max(way.not_before, self._seconds() + outcome.retry_after)

    def wait(self, channel: str) -> float:
        """Seconds for which it asked to be left alone."""
        with self._lock:
            return max(0.0, self._ways[channel].not_before - self._seconds())
