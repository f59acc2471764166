"""A try that ends in time, whatever the other side and the resolver of names do; what is given up is not made later.

Nor by a process that stood still meanwhile: the time is looked at right before anything is written that counts.
"""

import socket
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from threading import Lock, Thread
from typing import TypeVar

from bot.domain.delivery import Kind, Outcome
from bot.steady_clock import monotonic_seconds

T = TypeVar("T")
TIMEOUT_S = 5.0
"""Of each call, all in all: `bot.ports.pages` promises it."""


class TooLate(Exception):
    """The time was over before anything was said that counts."""


class Attempt:
    """Before it has begun nothing was asked: its failure is a definite no. Afterwards nobody knows."""

    def __init__(self, timeout_s: float) -> None:
        self._lock = Lock()
        self._over, self._until = False, monotonic_seconds() + timeout_s
        self._socket: socket.socket | None = None
        self.has_begun = False

    def begin(self, connection: socket.socket | None) -> None:
        """Call it before the first byte that may be acted on. Raises TooLate when the try was given up."""
        with self._lock:
            self.go_on()
            self.has_begun, self._socket = True, connection

    def go_on(self) -> None:
        """Call it before each piece that is written after that, too. Raises TooLate when the time is over."""
        if self._over or monotonic_seconds() >= self._until:
            raise TooLate

    def give_up(self) -> None:
        """It does not begin from now on; if it has, its connection is cut."""
        with self._lock:
            self._over = True
            if self._socket is not None:
                with suppress(OSError):  # it is closed already
                    self._socket.shutdown(socket.SHUT_RDWR)


def within(timeout_s: float, work: Callable[[Attempt], T]) -> T | Outcome:
    """What `work` returned in time, else the outcome of its failure.

    A ValueError before anything began is an address that is none: a person has to put it right. `work` runs in a thread
    of its own, as no time limit of a socket holds for a slow resolver, or for an answer that comes
    byte by byte.
    """
    attempt, future = Attempt(timeout_s), Future[T]()

    def run() -> None:
        try:
            future.set_result(work(attempt))
        except BaseException as error:  # noqa: BLE001 (raised again, or sorted, by whoever waits)
            future.set_exception(error)

    Thread(target=run, name="attempt", daemon=True).start()
    wait([future], timeout_s)
    if not future.done():
        attempt.give_up()
        return _unanswered(attempt)
    try:
        return future.result()
    except (TimeoutError, TooLate):
        return _unanswered(attempt)
    except (OSError, ValueError) as error:
        if not attempt.has_begun:
            return Outcome(Kind.NO, f"not reached: {_why(error)}", permanent=isinstance(error, ValueError))
        if not isinstance(error, OSError):
            raise
        return Outcome(Kind.AMBIGUOUS, "the connection broke before the answer")


def _unanswered(attempt: Attempt) -> Outcome:
    if attempt.has_begun:
        return Outcome(Kind.AMBIGUOUS, "no answer in time")
    return Outcome(Kind.NO, "not reached in time")


def _why(error: BaseException) -> str:
    """The system's own word. What a client wraps around it names the whole address, which may hold a secret."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.strerror:
            return seen.strerror
        seen = seen.__context__
    return type(error).__name__
