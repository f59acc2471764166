"""Reads a source a step at a time, its opening, each of its batches, its check, and waits for none longer than STEP_S.

Drivers have limits of their own, but a server that sends a byte now and then keeps to all of them.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from queue import SimpleQueue
from sys import exc_info
from threading import Event, Thread
from typing import Any, TypeVar

from bot.domain.sources import SourceFailed
from bot.ports.sources import Batch, Source

STEP_S = 600.0
"""A query takes 5 minutes at most, and a large file some: what takes longer is not coming."""
T = TypeVar("T")
Step = tuple[Callable[[], Any], "Future[Any]"]


class Steps:
    """Of one source. A step that does not end keeps its thread; until it does no other is begun."""

    def __init__(self) -> None:
        self._hand: _Hand | None = None

    @contextmanager
    def batches(self, source: Source, position: str | None, now: datetime) -> Iterator[Iterator[Batch]]:
        """As the source gives them. Raises SourceFailed, also for a step that takes too long."""
        with self._reading() as hand:
            opened = source.batches(position, now)
            try:
                found = hand.ask(opened.__enter__)
                yield iter(lambda: hand.ask(lambda: next(found, None)), None)
            except BaseException:
                hand.leave(partial(opened.__exit__, *exc_info()))
                raise
            hand.leave(lambda: opened.__exit__(None, None, None))

    def check(self, source: Source, now: datetime) -> str:
        """Raises SourceFailed."""
        with self._reading() as hand:
            return hand.ask(lambda: source.check(now))

    @contextmanager
    def _reading(self) -> "Iterator[_Hand]":
        if self._hand is not None and self._hand.is_stuck:
            raise SourceFailed(
                f"a read has had no answer within {limit()}, and still waits", "Check the server and the network."
            )
        self._hand = _Hand()
        try:
            yield self._hand
        finally:
            self._hand.end()


class _Hand:
    """A thread that takes one step after the other: drivers may want the same one for all."""

    def __init__(self) -> None:
        self._steps = SimpleQueue[Step | None]()
        self._waited_for, self._ended = False, Event()
        Thread(target=self._run, name="source step", daemon=True).start()

    @property
    def is_stuck(self) -> bool:
        return self._waited_for and not self._ended.is_set()

    def ask(self, step: Callable[[], T]) -> T:
        """What a step gives."""
        answer = Future[T]()
        self._steps.put((step, answer))
        try:
            return answer.result(STEP_S)
        except BaseException as error:
            if answer.done():
                raise
            self._waited_for = True
            if not isinstance(error, TimeoutError):
                raise
            late = f"no answer within {limit()}"
            raise SourceFailed(late, "Check the server and the network. It is tried again.") from None

    def leave(self, step: Callable[[], Any]) -> None:
        """The last step; nobody waits for it where one before it has not ended."""
        if self._waited_for:
            self._steps.put((step, Future()))
        else:
            self.ask(step)

    def end(self) -> None:
        self._steps.put(None)

    def _run(self) -> None:
        while (taken := self._steps.get()) is not None:
            step, answer = taken
            try:
                answer.set_result(step())
            except BaseException as error:  # noqa: BLE001 (raised by whoever waits)
                answer.set_exception(error)
        self._ended.set()


def limit() -> str:
    return f"{STEP_S / 60:g} min" if STEP_S >= 60 else f"{STEP_S:g} s"
