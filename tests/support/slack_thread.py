"""A workspace in a background thread, for what talks to Slack synchronously."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from sandbox.slack.seed import Seed
from sandbox.slack.server import Workspace
from tests.support.slack_bench import MANIFEST

T = TypeVar("T")


@dataclass(frozen=True)
class Beside:
    """The workspace belongs to its thread: `ask` looks into it there."""

    workspace: Workspace
    loop: asyncio.AbstractEventLoop

    def ask(self, question: Callable[[Workspace], T]) -> T:
        async def there() -> T:
            return question(self.workspace)

        return asyncio.run_coroutine_threadsafe(there(), self.loop).result(10)

    def messages(self, channel: str) -> list[dict[str, Any]]:
        """Everything in a channel as it is now, threads included, oldest first."""

        def stored(made: Workspace) -> list[dict[str, Any]]:
            rows = made.core.store.rows("SELECT ts FROM messages WHERE channel = ? ORDER BY ts", channel)
            found = (made.core.messages.get(channel, ts) for (ts,) in rows)
            return [message for message in found if message is not None]

        return self.ask(stored)


@contextmanager
def beside(seed: Seed | None = None) -> Iterator[Beside]:
    """A new workspace that serves until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> Workspace:
        made = Workspace(MANIFEST, seed=seed or Seed(), rate_limit_scale=0)
        await made.start()
        return made

    made = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield Beside(made, loop)
    finally:
        asyncio.run_coroutine_threadsafe(made.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
