"""The workspace's own time: real time plus what tests have advanced, with waits that follow it."""

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from ..clock import SimulatedClock

T = TypeVar("T")


def system_time() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Aware UTC time that can be moved forward; sleepers wake when their moment has come either way.

    `shown`: the time that people see, on messages and beside them, if it runs at another speed. Limits and lifetimes
    stay in real time: an app that has three seconds to answer has three.
    """

    def __init__(self, base: Callable[[], datetime] = system_time, shown: SimulatedClock | None = None) -> None:
        self._base, self._shown = base, shown
        self._ahead = timedelta()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._alarm: asyncio.TimerHandle | None = None

    def now(self) -> datetime:
        return self._base() + self._ahead

    def seconds(self) -> float:
        """The same instant as Unix seconds."""
        return self.now().timestamp()

    def shown_seconds(self) -> float:
        """What people see, as Unix seconds."""
        return self.seconds() if self._shown is None else self._shown.now().timestamp()

    def pace(self) -> float:
        """How many times as fast as real time it runs."""
        return 1.0 if self._shown is None else self._shown.speed

    def advance(self, seconds: float) -> None:
        """Move time forward by `seconds` and wake whoever is due."""
        if seconds < 0:
            raise ValueError(f"time cannot go back ({seconds} s); give a number of seconds >= 0")
        self._ahead += timedelta(seconds=seconds)
        self._wake()

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.seconds() + seconds, next(self._order), future))
        self._set_alarm()
        await future

    async def within(self, seconds: float, work: Awaitable[T]) -> T:
        """The result of `work`; TimeoutError after `seconds` of this clock, `work` is then cancelled."""
        task = asyncio.ensure_future(work)
        timer = asyncio.ensure_future(self.sleep(seconds))
        try:
            await asyncio.wait({task, timer}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise TimeoutError
        finally:
            timer.cancel()
            task.cancel()

    def _wake(self) -> None:
        self._alarm = None
        now = self.seconds()
        while self._sleepers and (self._sleepers[0][0] <= now or self._sleepers[0][2].done()):
            _, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                future.set_result(None)
        self._set_alarm()

    def _set_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if self._sleepers:
            delay = max(0.0, self._sleepers[0][0] - self.seconds())
            self._alarm = asyncio.get_running_loop().call_later(delay, self._wake)
