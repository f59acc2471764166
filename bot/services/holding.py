"""One of several processes does a work; the others stand by, and take it over when that one is silent."""

import logging
import os
import socket
from collections.abc import Callable
from datetime import timedelta
from threading import Lock
from uuid import uuid4

from bot.ports.leases import Lease
from bot.ports.state import State, Transaction

BEAT_EVERY = timedelta(seconds=2)
KEPT_S = 10.0
"""So long after its last beat a holder works on."""
SILENT_S = 15.0
"""After so long without a beat another takes over: by then the one before has stopped by itself."""
WATCH = "reading the sources and detecting"
log = logging.getLogger("fireline.holding")


def this_process() -> str:
    """A name that no other process has, nor had."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"


class Holding:
    """`me` names this process among all that there ever were. `seconds` is a clock that nobody sets. A holder that was
    frozen may wake up in the middle of its work: what must not be done twice asks `is_ours` in its transaction.
    """

    def __init__(self, state: State, work: str, me: str, seconds: Callable[[], float]) -> None:
        self._state, self._work, self.me, self._seconds = state, work, me, seconds
        self._until, self._since = float("-inf"), seconds()
        self._seen: Lease | None = None
        self._lock = Lock()
        self.note: Callable[[], str] = str
        """What the others are told, asked at each beat."""

    def beat(self) -> None:
        """Say that we live, or look whether the one who has it does. Raises StateUnavailable."""
        with self._lock:
            began, had = self._seconds(), self.held()
            seen = self._looked_at(began)
            if seen is None or seen.holder in ("", self.me) or began - self._since >= SILENT_S:
                self._take(seen, began)
            else:
                self._until = float("-inf")
            if had != self.held():
                log.info("this process %s: %s", "works now" if self.held() else "stands by now", self._work)

    def held(self) -> bool:
        """May this process work? A holder that cannot say that it lives stops."""
        return self._seconds() < self._until

    def is_ours(self, transaction: Transaction) -> bool:
        """Until the transaction ends."""
        return transaction.leases.holds(self._work, self.me)

    def heard(self) -> str:
        """What the holder told last; "" without one."""
        found = self._state.lease(self._work)
        return "" if found is None else found.note

    def glance(self) -> str:
        """In one line, from what this process knows."""
        if self.held():
            return f"{self._work}: done by this process"
        holder = self._seen.holder if self._seen is not None else ""
        return f"{self._work}: done by {holder or 'nobody yet'}; this process stands by"

    def give_up(self) -> None:
        """The next one need not wait."""
        with self._lock:
            self._until = float("-inf")
            seen = self._state.lease(self._work)
            if seen is not None and seen.holder == self.me:
                with self._state.transaction() as tx:
                    tx.leases.put(seen, Lease(self._work, "", seen.beat + 1, seen.note))

    def _looked_at(self, now: float) -> Lease | None:
        found = self._state.lease(self._work)
        if found != self._seen:
            self._since = now
        self._seen = found
        return found

    def _take(self, seen: Lease | None, began: float) -> None:
        mine = Lease(self._work, self.me, 1 if seen is None else seen.beat + 1, self.note())
        with self._state.transaction() as tx:
            taken = tx.leases.put(seen, mine)
        self._until = began + KEPT_S if taken else float("-inf")
        if taken:
            self._seen, self._since = mine, began
