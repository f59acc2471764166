"""Calls to services, each on a thread of its own: one that hangs holds back no other. At most one for each step."""

import logging
from collections.abc import Callable, Hashable
from threading import Lock, Thread

from bot.domain.errors import StateUnavailable

log = logging.getLogger("fireline.repairs")


class Calls:
    """How many there are at once is up to whoever begins them: steps have slots."""

    def __init__(self) -> None:
        self._under_way: set[Hashable] = set()
        self._lock = Lock()

    def begin(self, key: Hashable, work: Callable[[], None]) -> bool:
        """False, and nothing begins, while one of that key is under way."""
        with self._lock:
            if key in self._under_way:
                return False
            self._under_way.add(key)
        Thread(target=self._run, args=(key, work), name="repair step", daemon=True).start()
        return True

    def has(self, key: Hashable) -> bool:
        with self._lock:
            return key in self._under_way

    def _run(self, key: Hashable, work: Callable[[], None]) -> None:
        try:
            work()
        except StateUnavailable as error:
            log.info("what became of step %s is looked up later: %s", key, error)
        except Exception:
            log.exception("what became of step %s is looked up later", key)
        finally:
            with self._lock:
                self._under_way.discard(key)


class AtOnce(Calls):
    """Where nothing else goes on: each call is over before the next thing happens."""

    def begin(self, key: Hashable, work: Callable[[], None]) -> bool:  # noqa: ARG002 (as the others)
        work()
        return True
