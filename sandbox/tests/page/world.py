"""The real workspace server with the real Bolt app connected to it, in a thread of their own."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.phones.book import Entry
from sandbox.phones.vendors import SENDER, Vendors
from sandbox.slack import typing_acts
from sandbox.slack.seed import USERS
from sandbox.slack.server import Workspace

from .page_app import build
from .page_manifest import page_manifest

T = TypeVar("T")
ALERTS, MONITOR, GENERAL, ENGINEERING = "C03ALERTS", "C02MONITOR", "C01GENERAL", "C04DATAENG"


async def turns() -> dict[str, str]:
    return {USERS[0].real_name: "primary", USERS[1].real_name: "secondary"}


class World:
    """Started with `start`; `client` is the bot's synchronous Web API client, `heard` what the app was told."""

    def __init__(self, port: int = 0) -> None:
        self.loop = asyncio.new_event_loop()
        self.heard: list[dict[str, Any]] = []
        self.port = port
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def start(self) -> None:
        self._thread.start()
        self.run(self._start())
        self.url = self.workspace.url
        token, base = self.workspace.credentials.bot_token, self.workspace.api_url
        self.client = WebClient(token=token, base_url=base)

    async def _start(self) -> None:
        self.workspace = Workspace(page_manifest(), rate_limit_scale=0)
        self.vendors = Vendors(self.workspace, turns)
        await self.workspace.start(port=self.port)
        self._free = asyncio.Event()
        self._free.set()
        self._over = asyncio.Event()
        credentials = self.workspace.credentials
        app = build(credentials.bot_token, self.workspace.api_url, self.heard, self._free, self._over)
        token = credentials.app_token
        own = AsyncWebClient(token=token, base_url=self.workspace.api_url)
        # The client gives a connection up after four intervals without an answer: a busy machine stalls for a second.
        self._handler = AsyncSocketModeHandler(app, token, web_client=own, ping_interval=5)
        await self._handler.connect_async()  # type: ignore[no-untyped-call]

    def stop(self) -> None:
        self.run(self._stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    def hold(self) -> None:
        """The app does not answer Acknowledge until `release`."""
        self.loop.call_soon_threadsafe(self._free.clear)

    def release(self) -> None:
        self.loop.call_soon_threadsafe(self._free.set)

    def leave(self) -> None:
        """The app goes away; the workspace stays."""
        self.run(self._leave())

    async def _leave(self) -> None:
        await self._handler.close_async()  # type: ignore[no-untyped-call]

    def advance(self, seconds: float) -> None:
        """The workspace's time goes on: what waits for the app has waited so long."""

        async def forward() -> None:
            self.workspace.advance(seconds)

        self.run(forward())

    async def _stop(self) -> None:
        self._over.set()
        await self._handler.close_async()  # type: ignore[no-untyped-call]
        await self.workspace.stop()

    def post(self, channel: str, text: str, **more: Any) -> str:
        """A message of the bot; returns its ts."""
        return str(self.client.chat_postMessage(channel=channel, text=text, **more)["ts"])

    def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> str:
        """A message of a person; returns its ts."""

        async def write() -> str:
            return str(typing_acts.write(self.workspace.core, user, channel, text, thread_ts)["ts"])

        return self.run(write())

    def reach(self, entry: str, kind: str, state: str, text: str, **more: Any) -> None:
        """Something is on Alex' phone."""

        async def put() -> None:
            now, number = self.workspace.core.clock.seconds(), USERS[0].phone
            given = {"person": USERS[0].id, "sender": SENDER, "number": number, "at": now, "made": now, **more}
            self.vendors.book.put(Entry(id=entry, kind=kind, state=state, text=text, **given))

        self.run(put())

    def told(self, kind: str) -> list[dict[str, Any]]:
        """What the app heard of one type (`block_actions`, `view_submission`, …) or slash command."""
        return [one for one in self.heard if kind in (one.get("type"), one.get("command"))]

    def cut(self) -> None:
        """Drop the connections of the page, as a network does."""
        self.run(self._cut())

    async def _cut(self) -> None:
        runner = self.workspace._runner
        assert runner is not None
        server = runner.server
        assert isinstance(server, web.Server)
        for connection in list(server.connections):
            request = connection._current_request
            if connection.transport is not None and request is not None and request.path == "/browser/ws":
                connection.transport.abort()
