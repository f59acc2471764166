"""Real Bolt apps against a local workspace, on both transports."""

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import SimulatedClock
from sandbox.slack.http_delivery import RequestUrls
from sandbox.slack.server import Workspace

from .manifest import manifest
from .people import SEED

PATIENCE_S = 60.0
"""A busy machine may take so long. What is waited for is a condition: nothing waits longer than it has to."""
TRANSPORTS = ("socket", "http")


def asynchronous(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run an async test in an event loop of its own."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(test(*args, **kwargs))

    return run


@asynccontextmanager
async def workspace(
    path: Path | str = ":memory:", *, rate_limit_scale: float = 0, shown: SimulatedClock | None = None, **app: Any
) -> AsyncIterator[Workspace]:
    running = Workspace(manifest(**app), path, SEED, rate_limit_scale=rate_limit_scale, shown=shown)
    await running.start()
    try:
        yield running
    finally:
        await running.stop()


def client(of: Workspace) -> AsyncWebClient:
    return AsyncWebClient(token=of.credentials.bot_token, base_url=of.api_url)


@asynccontextmanager
async def bolt(of: Workspace, transport: str = "socket") -> AsyncIterator[AsyncApp]:
    """A Bolt app connected to the workspace by `socket` or `http`."""
    app = AsyncApp(client=client(of), signing_secret=of.credentials.signing_secret)
    if transport == "socket":
        own = AsyncWebClient(token=of.credentials.app_token, base_url=of.api_url)
        # The client looks after its connection once per interval, by default every ten seconds, and gives it up after
        # four without an answer: a busy machine stalls for a second.
        handler = AsyncSocketModeHandler(app, of.credentials.app_token, web_client=own, ping_interval=1)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        try:
            yield app
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]
        return
    runner = web.AppRunner(app.web_app(path="/slack/events"), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    await of.use_http(RequestUrls(events=url, commands=url, interactivity=url, options=url))
    try:
        yield app
    finally:
        await runner.cleanup()


async def eventually(met: Callable[[], Any], seconds: float = PATIENCE_S) -> Any:
    """The value of `met` once it is true; TimeoutError after `seconds` of real time."""
    async with asyncio.timeout(seconds):
        while not (value := met()):
            await asyncio.sleep(0.005)
    return value


async def while_pending(act: Awaitable[Any], started: asyncio.Event, then: Callable[[], None]) -> Any:
    """Run `act`; once `started` is set, do `then`; the result of `act`."""
    task = asyncio.ensure_future(act)
    await asyncio.wait_for(started.wait(), PATIENCE_S)
    then()
    return await asyncio.wait_for(task, PATIENCE_S)


def saw(answer: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The pushes of one kind in the answer of an act."""
    return [push for push in answer["saw"] if push["type"] == kind]
