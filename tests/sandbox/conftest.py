"""A workspace in a background thread, one for all tests that only ask it questions."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from bot.sandbox.slack.server import Workspace

from .live import Live
from .manifest import manifest


@pytest.fixture(scope="session")
def live() -> Iterator[Live]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> Workspace:
        workspace = Workspace(manifest(), rate_limit_scale=0)
        await workspace.start()
        return workspace

    workspace = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    yield Live(workspace, loop)
    asyncio.run_coroutine_threadsafe(workspace.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
