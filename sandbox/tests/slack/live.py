"""A running workspace as tests see it that talk to it as any HTTP client would."""

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.slack.api import METHODS
from sandbox.slack.api.call import Args
from sandbox.slack.errors import SlackError
from sandbox.slack.json_text import parse
from sandbox.slack.server import Workspace

from .manifest import manifest
from .people import SEED


class Live:
    """A running workspace with a real, synchronous slack_sdk client."""

    def __init__(self, workspace: Workspace, loop: asyncio.AbstractEventLoop) -> None:
        self.workspace = workspace
        self._loop = loop
        self.client = WebClient(token=workspace.credentials.bot_token, base_url=workspace.api_url)

    def run(self, work: Any) -> Any:
        future: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(10)

    def call(self, method: str, args: dict[str, Any], *, token: str | None = None) -> dict[str, Any]:
        """The answer of a call, refused or not."""
        client = self.client if token is None else WebClient(token=token, base_url=self.workspace.api_url)
        try:
            answer: Any = client.api_call(method, json=args).data
        except SlackApiError as refusal:
            answer = refusal.response.data
        assert isinstance(answer, dict)
        return answer

    def ask(self, method: str, args: dict[str, Any]) -> dict[str, Any]:
        """As `call`, without the way there: for thousands of calls. The arguments go through JSON as any do."""

        async def there() -> dict[str, Any]:
            try:
                given = parse(json.dumps(args))
                return {"ok": True, **METHODS[method].run(self.workspace.core, Args(given))}
            except ValueError:
                return SlackError("invalid_json").body()
            except SlackError as refusal:
                return refusal.body()

        answer: dict[str, Any] = self.run(there())
        return answer

    def trigger(self, user: str = "U01ALEX") -> str:
        return self.workspace.core.triggers.give(user)


@contextmanager
def started() -> Iterator[Live]:
    """A new workspace in a background thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> Workspace:
        workspace = Workspace(manifest(), seed=SEED, rate_limit_scale=0)
        await workspace.start()
        return workspace

    workspace = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    yield Live(workspace, loop)
    asyncio.run_coroutine_threadsafe(workspace.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
