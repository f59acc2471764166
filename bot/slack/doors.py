"""Who may hold a connection: anybody for a moment, Slack for longer, and never so many that our own work has none.

aiohttp waits without end for the first request of a connection. Here a connection is closed at a deadline unless a
genuine request came over it, and where there are too many the oldest stranger gives way to whoever comes.
"""

import asyncio
import resource
from collections.abc import Callable
from typing import cast

FIRST_REQUEST_S = 10.0
"""From the connection to the end of the first genuine request: headers, body and signature."""
NEXT_REQUEST_S = 75.0
MOST_CONNECTIONS = 256
SHARE_OF_DESCRIPTORS = 4
"""A quarter of them at most is for connections: the rest is for the databases and for Slack's Web API."""
BACKLOG = 64
"""So many are accepted at once, before any of them is looked at."""


def most_connections() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else min(MOST_CONNECTIONS, soft // SHARE_OF_DESCRIPTORS)


class Doors:
    """The connections of one server, `most` at once."""

    def __init__(self, most: int, first_s: float = FIRST_REQUEST_S, next_s: float = NEXT_REQUEST_S) -> None:
        self._most, self._first_s, self._next_s = most, first_s, next_s
        self._strangers: dict[asyncio.BaseTransport, asyncio.TimerHandle] = {}
        self._known: dict[asyncio.BaseTransport, asyncio.TimerHandle] = {}

    def before(self, inner: Callable[[], asyncio.Protocol]) -> Callable[[], asyncio.Protocol]:
        """A protocol factory in front of another one."""
        return lambda: _Door(inner(), self._opened, self._closed)

    def __len__(self) -> int:
        return len(self._strangers) + len(self._known)

    def genuine(self, transport: asyncio.BaseTransport | None) -> None:
        """Slack asked something over this connection: it may stay for the next question."""
        timer = self._strangers.pop(transport, None) or self._known.pop(transport, None) if transport else None
        if transport is not None and timer is not None:
            timer.cancel()
            self._known[transport] = _closing_in(self._next_s, transport)

    def _opened(self, transport: asyncio.BaseTransport) -> None:
        while len(self) >= self._most:
            given_up = next(iter(self._strangers), None) or next(iter(self._known))
            self._closed(given_up)
            _abort(given_up)
        self._strangers[transport] = _closing_in(self._first_s, transport)

    def _closed(self, transport: asyncio.BaseTransport) -> None:
        timer = self._strangers.pop(transport, None) or self._known.pop(transport, None)
        if timer is not None:
            timer.cancel()


class _Door(asyncio.Protocol):
    """Hands everything on, and says when the connection begins and ends."""

    def __init__(
        self,
        inner: asyncio.Protocol,
        opened: Callable[[asyncio.BaseTransport], None],
        closed: Callable[[asyncio.BaseTransport], None],
    ) -> None:
        self._inner, self._opened, self._closed = inner, opened, closed
        self.data_received = inner.data_received  # type: ignore[method-assign]
        self.eof_received = inner.eof_received  # type: ignore[method-assign]
        self.pause_writing = inner.pause_writing  # type: ignore[method-assign]
        self.resume_writing = inner.resume_writing  # type: ignore[method-assign]
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._opened(transport)
        self._inner.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._closed(self._transport)
        self._inner.connection_lost(exc)


def _closing_in(seconds: float, transport: asyncio.BaseTransport) -> asyncio.TimerHandle:
    return asyncio.get_running_loop().call_later(seconds, _abort, transport)


def _abort(transport: asyncio.BaseTransport) -> None:
    """Not close(): that would wait until what is written has been read."""
    cast(asyncio.Transport, transport).abort()
