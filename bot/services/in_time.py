"""An answer in time, whatever whoever knows better does: raise, or hang."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from threading import BoundedSemaphore, Thread
from typing import TypeVar

T = TypeVar("T")
MOST_STUCK = 8
"""What hangs holds a thread each."""
log = logging.getLogger("fireline.paging")


class InTime:
    """Waits `limit_s` seconds at most. Where MOST_STUCK hang already nobody is asked."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._free = BoundedSemaphore(MOST_STUCK)

    def ask(self, work: Callable[[], T], otherwise: Callable[[], T]) -> T:
        """What `work` gives, or `otherwise` without it; the log says why."""
        if not self._free.acquire(blocking=False):
            return otherwise()
        answer = Future[T]()
        Thread(target=self._run, args=(work, answer), name="in time", daemon=True).start()
        try:
            return answer.result(self._limit_s)
        except TimeoutError:
            log.warning("a page says less than it could: what it tells of was not known within %g s", self._limit_s)
        except Exception as error:  # noqa: BLE001 (a page leaves whatever is wrong with its text)
            log.warning("a page says less than it could: %s: %s", type(error).__name__, error)
        return otherwise()

    def _run(self, work: Callable[[], T], answer: "Future[T]") -> None:
        try:
            answer.set_result(work())
        except BaseException as error:  # noqa: BLE001 (raised by whoever waits)
            answer.set_exception(error)
        finally:
            self._free.release()
