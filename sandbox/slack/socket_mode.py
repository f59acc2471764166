"""Socket Mode: one-shot tickets, up to ten connections, envelopes and their acknowledgements.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
import secrets
import uuid
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from . import limits
from .clock import Clock
from .delivery import Kind, Undelivered


class Connection:
    def __init__(self, request: web.Request, socket: web.WebSocketResponse, life: float) -> None:
        self.request = request
        self.socket = socket
        self.life = life
        self.retiring = False
        self.waiting: dict[str, asyncio.Future[Any]] = {}

    async def say(self, message: dict[str, Any]) -> None:
        await self.socket.send_str(json.dumps(message))


class SocketMode:
    """The server's side; each envelope goes to one connection, in turn."""

    name = "socket"

    def __init__(self, clock: Clock, app_id: str, on_change: Callable[[], None]) -> None:
        self.refuse_new = False
        self._clock = clock
        self._app_id = app_id
        self._on_change = on_change
        self._tickets: dict[str, float] = {}
        self._connections: list[Connection] = []
        self._closing: set[asyncio.Future[None]] = set()
        self._turn = 0

    def ticket(self) -> str:
        now = self._clock.seconds()
        fresh = {one: at for one, at in self._tickets.items() if now - at <= limits.SOCKET_TICKET_SECONDS}
        ticket = secrets.token_urlsafe(24)
        self._tickets = {**fresh, ticket: now}
        return ticket

    def connected(self) -> bool:
        return bool(self._connections)

    def loads_options(self) -> bool:
        return True

    def count(self) -> int:
        return len(self._connections)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """GET /link: upgrade a connection that holds a fresh ticket."""
        given = self._tickets.pop(request.query.get("ticket", ""), None)
        if given is None or self._clock.seconds() - given > limits.SOCKET_TICKET_SECONDS:
            return web.Response(status=403, text="ticket is unknown, used or expired")
        if self.refuse_new:
            return web.Response(status=503, text="not taking connections")
        socket = web.WebSocketResponse(max_msg_size=4 * 1024 * 1024)
        await socket.prepare(request)
        debug = request.query.get("debug_reconnects") == "true"
        connection = Connection(request, socket, limits.SOCKET_DEBUG_SECONDS if debug else limits.SOCKET_SECONDS)
        if len(self._connections) >= limits.SOCKET_CONNECTIONS:
            await connection.say({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        await self._serve(connection)
        return socket

    async def send(self, kind: Kind, payload: dict[str, Any], attempt: int, reason: str) -> Any:
        connection = self._next()
        if connection is None:
            raise Undelivered("connection_failed")
        envelope: dict[str, Any] = {
            "envelope_id": str(uuid.uuid4()),
            "payload": payload,
            "type": kind,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": "timeout" if reason == "http_timeout" else reason}
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope["envelope_id"]] = future
        try:
            await connection.say(envelope)
            return await future
        except ConnectionError:
            raise Undelivered("connection_failed") from None
        finally:
            connection.waiting.pop(envelope["envelope_id"], None)

    async def refresh(self) -> None:
        """Ask every connection to come again; each is closed a little after its warning."""
        for connection in list(self._connections):
            await self._announce(connection, "refresh_requested")
            closing = asyncio.ensure_future(self._close_later(connection))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    async def drop(self) -> None:
        """Cut every connection without a word."""
        for connection in list(self._connections):
            self._forget(connection)
            if connection.request.transport is not None:
                connection.request.transport.abort()

    async def close(self) -> None:
        for closing in list(self._closing):
            closing.cancel()
        for connection in list(self._connections):
            await connection.socket.close()

    def _next(self) -> Connection | None:
        usable = [one for one in self._connections if not one.retiring] or self._connections
        if not usable:
            return None
        self._turn += 1
        return usable[self._turn % len(usable)]

    async def _serve(self, connection: Connection) -> None:
        self._connections.append(connection)
        ageing = asyncio.ensure_future(self._age(connection))
        try:
            await connection.say(
                {
                    "type": "hello",
                    "num_connections": len(self._connections),
                    "debug_info": {
                        "host": "sandbox",
                        "build_number": 1,
                        "approximate_connection_time": int(connection.life),
                    },
                    "connection_info": {"app_id": self._app_id},
                }
            )
            self._on_change()
            async for message in connection.socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledge(connection, message.data)
        except ConnectionError:
            # A connection cut in mid-sentence ends like any other.
            pass
        finally:
            ageing.cancel()
            self._forget(connection)
            self._on_change()

    def _acknowledge(self, connection: Connection, text: str) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            return
        envelope = message.get("envelope_id") if isinstance(message, dict) else None
        future = connection.waiting.get(envelope) if isinstance(envelope, str) else None
        if future is not None and not future.done():
            future.set_result(message.get("payload"))

    async def _age(self, connection: Connection) -> None:
        await self._clock.sleep(connection.life - limits.SOCKET_WARNING_SECONDS)
        await self._announce(connection, "warning")
        await self._close_later(connection)

    async def _announce(self, connection: Connection, reason: str) -> None:
        connection.retiring = True
        await connection.say({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})

    async def _close_later(self, connection: Connection) -> None:
        await self._clock.sleep(limits.SOCKET_WARNING_SECONDS)
        await connection.socket.close()

    def _forget(self, connection: Connection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
        for future in connection.waiting.values():
            if not future.done():
                future.set_exception(ConnectionResetError("connection lost before the acknowledgement"))
