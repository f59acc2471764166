"""Bringing events, commands and interactions to the app, over Socket Mode or HTTP.

https://docs.slack.dev/apis/events-api
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Literal, Protocol

from . import limits
from .clock import Clock
from .recorder import Recorder
from .store import dump

Kind = Literal["events_api", "slash_commands", "interactive"]
_EVENTS_UNDER_WAY = 2_000


class Undelivered(Exception):
    """The app did not take it: `reason` as in x-slack-retry-reason; `final` if it asked for no retries."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


class Transport(Protocol):
    name: str

    def connected(self) -> bool: ...

    def loads_options(self) -> bool:
        """Whether the app can be asked for the options of a menu at all."""

    async def send(self, kind: Kind, payload: dict[str, Any], attempt: int, reason: str) -> Any:
        """The app's answer (JSON, text or None); raises Undelivered. The caller counts the 3 seconds."""


class Delivery:
    def __init__(self, clock: Clock, recorder: Recorder) -> None:
        self._clock = clock
        self._recorder = recorder
        self._tasks: set[asyncio.Task[None]] = set()
        self._events = 0
        self.dropped_events = 0
        self.transport: Transport | None = None

    async def ask(self, kind: Kind, payload: dict[str, Any]) -> Any:
        """Deliver a command or interaction once; raises Undelivered (`http_timeout` after 3 seconds)."""
        return await self._attempt(kind, payload, 0, "")

    def publish(self, payload: dict[str, Any]) -> None:
        """Deliver an event in the background, with Slack's three retries."""
        if self._events >= _EVENTS_UNDER_WAY:
            self.dropped_events += 1
            return
        self._events += 1
        self.spawn(self._event(payload), self._event_done)

    def spawn(self, work: Coroutine[Any, Any, None], done: Callable[[], None] | None = None) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)

        def finished(_task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            if done is not None:
                done()

        task.add_done_callback(finished)

    async def close(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _event_done(self) -> None:
        self._events -= 1

    async def _event(self, payload: dict[str, Any]) -> None:
        reason = ""
        for attempt in range(len(limits.EVENT_RETRY_DELAYS) + 1):
            if attempt:
                await self._clock.sleep(limits.EVENT_RETRY_DELAYS[attempt - 1])
            try:
                await self._attempt("events_api", payload, attempt, reason)
            except Undelivered as refusal:
                reason = refusal.reason
                if refusal.final:
                    return
            else:
                return

    async def _attempt(self, kind: Kind, payload: dict[str, Any], attempt: int, reason: str) -> Any:
        transport = self.transport
        entry = self._recorder.add(
            "delivery",
            len(dump(payload)),
            envelope=kind,
            payload=payload,
            attempt=attempt,
            retry_reason=reason,
            outcome="under way",
            answer=None,
            at=self._clock.seconds(),
        )
        try:
            if transport is None:
                raise Undelivered("connection_failed")
            sending = transport.send(kind, payload, attempt, reason)
            entry["answer"] = await self._clock.within(limits.ACK_SECONDS, sending)
        except TimeoutError:
            entry["outcome"] = "http_timeout"
            raise Undelivered("http_timeout") from None
        except Undelivered as refusal:
            entry["outcome"] = refusal.reason
            raise
        entry["outcome"] = "ok"
        return entry["answer"]
