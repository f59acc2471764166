"""What each user sees, as it happens: pushes for the chat page and for tests acting as that user."""

import asyncio
from collections import deque
from typing import Any

from .clock import Clock

HELD_PER_USER = 500
_BEHIND = 1_000

Push = dict[str, Any]


class Watcher:
    """One open page; `queue` ends with None when the page fell too far behind."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Push | None] = asyncio.Queue()


class Screens:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held: dict[str, deque[Push]] = {}
        self._seq: dict[str, int] = {}
        self._watchers: dict[str, set[Watcher]] = {}
        self._waiting: set[asyncio.Event] = set()

    def show(self, user: str, kind: str, /, **fields: Any) -> None:
        """Push to one user; the last 500 are held for late readers."""
        seq = self._seq.get(user, 0) + 1
        self._seq[user] = seq
        push: Push = {"type": kind, "seq": seq, **self.time(), **fields}
        self._held.setdefault(user, deque(maxlen=HELD_PER_USER)).append(push)
        for watcher in list(self._watchers.get(user, ())):
            self._hand(user, watcher, push)
        for event in self._waiting:
            event.set()

    def time(self) -> dict[str, float]:
        """What a page needs to go on telling the time: the moment, Unix seconds, and how fast it passes."""
        return {"at": self._clock.shown_seconds(), "pace": self._clock.pace()}

    def seq(self, user: str) -> int:
        return self._seq.get(user, 0)

    def since(self, user: str, seq: int) -> list[Push]:
        return [push for push in self._held.get(user, ()) if push["seq"] > seq]

    def complete_since(self, user: str, seq: int) -> bool:
        """Whether nothing after `seq` has been dropped."""
        held = self._held.get(user)
        if not held or seq >= self.seq(user):
            return seq == self.seq(user)
        return bool(held[0]["seq"] <= seq + 1)

    def watch(self, user: str) -> Watcher:
        watcher = Watcher()
        self._watchers.setdefault(user, set()).add(watcher)
        return watcher

    def unwatch(self, user: str, watcher: Watcher) -> None:
        self._watchers.get(user, set()).discard(watcher)

    async def wait_for(self, user: str, seq: int, kinds: frozenset[str], seconds: float) -> bool:
        """Wait (in real time) until the user saw one of `kinds` after `seq`; false when time is up."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(seconds):
                while not any(push["type"] in kinds for push in self.since(user, seq)):
                    event.clear()
                    await event.wait()
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(event)
        return True

    def _hand(self, user: str, watcher: Watcher, push: Push) -> None:
        if watcher.queue.qsize() >= _BEHIND:
            watcher.queue.put_nowait(None)
            self.unwatch(user, watcher)
        else:
            watcher.queue.put_nowait(push)
