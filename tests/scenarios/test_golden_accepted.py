"""Every golden message and view is taken by the strict workspace, and by each method that would carry it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.server import Workspace
from tests.support.golden_files import GOLDEN
from tests.support.slack_bench import ALEX, MANIFEST, MONITOR

Golden = dict[str, dict[str, Any]]
RECORDED: Golden = {
    path.stem: json.loads(path.read_text("utf-8")) for path in sorted((GOLDEN / "slack").glob("*.json"))
}


def in_workspace(scenario: Callable[[Workspace, AsyncWebClient], Awaitable[None]]) -> None:
    async def whole() -> None:
        workspace = Workspace(MANIFEST, rate_limit_scale=0)
        await workspace.start()
        try:
            await scenario(workspace, AsyncWebClient(workspace.credentials.bot_token, workspace.api_url))
        finally:
            await workspace.stop()

    asyncio.run(whole())


def test_messages_are_posted_edited_and_whispered() -> None:
    async def scenario(_: Workspace, client: AsyncWebClient) -> None:
        messages = {name: made for name, made in RECORDED.items() if "text" in made}
        assert len(messages) >= 18
        for message in messages.values():
            await client.api_call("blocks.validate", json={"message": message})
            posted = await client.chat_postMessage(channel=MONITOR, **message)
            assert "warning" not in posted
            await client.chat_update(channel=MONITOR, ts=posted["ts"], **message)
            if len(message["text"].encode()) <= 4_000:
                await client.chat_postEphemeral(channel=MONITOR, user=ALEX, **message)

    in_workspace(scenario)


def test_views_are_opened_updated_and_published() -> None:
    async def scenario(workspace: Workspace, client: AsyncWebClient) -> None:
        views = {name: made for name, made in RECORDED.items() if "text" not in made}
        assert {view["type"] for view in views.values()} == {"modal", "home"}
        for view in views.values():
            await client.api_call("blocks.validate", json={"view": view})
            if view["type"] == "home":
                await client.views_publish(user_id=ALEX, view=view)
                continue
            opened = await client.views_open(trigger_id=workspace.core.triggers.give(ALEX), view=view)
            await client.views_update(view_id=opened["view"]["id"], hash=opened["view"]["hash"], view=view)

    in_workspace(scenario)
