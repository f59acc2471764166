"""A running workspace as tests see it that talk to it as any HTTP client would."""

import asyncio
from concurrent.futures import Future
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack.server import Workspace

ALERTS, MONITOR, GENERAL = "C03ALERTS", "C02MONITOR", "C01GENERAL"


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

    def trigger(self, user: str = "U01ALEX") -> str:
        return self.workspace.core.triggers.give(user)
