"""Ctrl-C and SIGTERM at any moment: a process ends within ten seconds, and leaves nothing of itself behind."""

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LONGEST_STOP_S = 9.0
"""Hosts wait ten seconds between asking a process to stop and killing it."""
ASKED_BY = (signal.SIGINT, signal.SIGTERM)
log = logging.getLogger("fireline")


class Stopping:
    """What the first signal does; the second ends the process at once."""

    def __init__(self) -> None:
        self.asked = False
        self._last_resort = threading.Timer(LONGEST_STOP_S, _took_too_long)
        self._last_resort.daemon = True

    def cancels_this_task(self) -> None:
        """From here on a signal cancels the running task, and no longer interrupts the main thread."""
        task = asyncio.current_task()
        assert task is not None
        for number in ASKED_BY:
            asyncio.get_running_loop().add_signal_handler(number, self.ask, task.cancel)

    def ask(self, end: Callable[[], object]) -> None:
        if self.asked:
            leave(0)
        self.asked = True
        self._last_resort.start()
        end()

    def over(self) -> None:
        self._last_resort.cancel()


@contextmanager
def stoppable(farewell: Callable[[], None]) -> Iterator[Stopping]:
    """For as long as the block runs. A signal raises KeyboardInterrupt in it, and ends there with a `farewell`: to be
    asked to stop is no error. Threads that are still at work then end with the process: Python would wait for them.
    """
    before, stopping = set(threading.enumerate()), Stopping()
    usual = {number: signal.signal(number, lambda *_: stopping.ask(_interrupt)) for number in ASKED_BY}
    code = 0
    try:
        yield stopping
    except BaseException as error:
        if not stopping.asked:
            code = error.code if isinstance(error, SystemExit) and isinstance(error.code, int) else 1
            raise
        # DuckDB, for one, makes an error of its own of a signal that comes in the middle of a query.
        log.debug("ended by %r", error)
    finally:
        stopping.over()
        if stopping.asked:
            farewell()
        if set(threading.enumerate()) - before:
            leave(code)
        for number, handler in usual.items():
            signal.signal(number, handler)


def _interrupt() -> None:
    raise KeyboardInterrupt


def _took_too_long() -> None:
    """Whatever still runs may be cut off at any moment: what is not finished is done again at the next start."""
    log.warning("stopping took more than %.0f s: the process was ended", LONGEST_STOP_S)
    leave(0)


def leave(code: int) -> None:
    """End the process at once, with all that was said: no thread is asked, and none is torn down."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
