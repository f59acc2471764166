"""The chat page's API, its WebSocket, and who may not use it (see the browser protocol)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.clock import SimulatedClock
from sandbox.slack.server import Workspace

from .kit import actions, button, section
from .manifest import manifest
from .people import ALERTS, ALEX, BOT, GENERAL
from .running import asynchronous, bolt, client, workspace


class _Page:
    """A page of one user: REST calls and the pushes it gets."""

    def __init__(self, slack: Any, session: aiohttp.ClientSession, user: str) -> None:
        self._slack, self._session, self.user = slack, session, user

    async def get(self, path: str, **query: Any) -> dict[str, Any]:
        url = f"{self._slack.url}/browser/api/{path}"
        async with self._session.get(url, params={"user": self.user, **query}) as response:
            answer: dict[str, Any] = await response.json()
        return answer

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        url = f"{self._slack.url}/browser/api/{path}"
        headers = {"Origin": self._slack.url}
        async with self._session.post(url, json={"user": self.user, **body}, headers=headers) as response:
            answer: dict[str, Any] = await response.json()
        return answer

    def socket(self, **query: Any) -> Any:
        url = f"{self._slack.url}/browser/ws"
        return self._session.ws_connect(url, params={"user": self.user, **query}, headers={"Origin": self._slack.url})


@asynccontextmanager
async def _page(user: str = ALEX, **app: Any) -> AsyncIterator[tuple[Any, _Page]]:
    async with workspace(**app) as slack, aiohttp.ClientSession() as session:
        yield slack, _Page(slack, session, user)


@asynchronous
async def test_boot() -> None:
    async with _page() as (_, page):
        boot = await page.get("boot")
        assert boot["me"]["id"] == ALEX
        assert boot["app"] | {"id": "", "bot_id": ""} == {
            "id": "",
            "bot_id": "",
            "name": "Fireline",
            "bot_user_id": BOT,
            "home_tab": True,
            "messages_tab": True,
            "connected": False,
            "transport": "socket",
        }
        assert boot["commands"][0] == {
            "command": "/health",
            "description": "How is it going",
            "usage_hint": "[phase N]",
        }
        assert {one["type"] for one in boot["shortcuts"]} == {"global", "message"}
        channel = next(one for one in boot["channels"] if one["id"] == ALERTS)
        assert (channel["kind"], channel["is_member"], channel["unread"]) == ("channel", True, 0)
        assert (await page.get("boot", user="U404"))["error"] == "user_not_found"


@asynchronous
async def test_pushes_and_resuming() -> None:
    async with _page() as (slack, page):
        async with page.socket() as socket:
            hello = await socket.receive_json()
            now = slack.core.clock.seconds()
            assert hello.pop("at") == pytest.approx(now, abs=5)
            assert hello == {"type": "hello", "seq": 0, "user": ALEX, "reset": False, "pace": 1}
            ts = (await client(slack).chat_postMessage(channel=ALERTS, text="one"))["ts"]
            message, unread = await socket.receive_json(), await socket.receive_json()
            assert (message["type"], message["message"]["text"], message["channel"]) == ("message", "one", ALERTS)
            assert (unread["unread"], unread["mention"]) == (1, False)
            await socket.send_json({"type": "ping"})
            pong = await socket.receive_json()
            assert (pong["type"], pong["pace"], pong["at"] >= now) == ("pong", 1, True)
        await page.post("read", channel=ALERTS, ts=ts)
        await client(slack).chat_update(channel=ALERTS, ts=ts, text="two")
        async with page.socket(since=2) as socket:
            assert (await socket.receive_json())["seq"] == 4
            assert (await socket.receive_json())["unread"] == 0
            assert (await socket.receive_json())["message"]["text"] == "two"
        for _ in range(600):
            slack.core.screens.show(ALEX, "toast", message="x")
        async with page.socket(since=2) as socket:
            assert (await socket.receive_json())["reset"] is True


@asynchronous
async def test_messages_and_page_show_the_time_of_a_faster_clock() -> None:
    """And limits stay in real time."""
    seconds = [0.0]
    start = datetime(2031, 5, 6, 7, tzinfo=UTC)
    shown = SimulatedClock(start, speed=60, monotonic=lambda: seconds[0])
    async with _page(shown=shown) as (slack, page):
        async with page.socket() as socket:
            seconds[0] = 10.0
            ten_minutes = start.timestamp() + 600
            assert (await page.get("boot"))["time"] == {"at": ten_minutes, "pace": 60}
            posted = await client(slack).chat_postMessage(channel=ALERTS, text="one")
            assert float(posted["ts"]) == ten_minutes
            await socket.receive_json()
            push = await socket.receive_json()
            assert (push["type"], push["at"], push["pace"]) == ("message", ten_minutes, 60)
        assert slack.core.clock.seconds() < ten_minutes


@asynchronous
async def test_history_and_threads() -> None:
    async with _page() as (slack, page):
        parent = (await page.post("post", channel=ALERTS, text="hello <b>"))["message"]
        assert parent["text"] == "hello &lt;b&gt;"
        await page.post("post", channel=ALERTS, text="reply", thread_ts=parent["ts"])
        await client(slack).chat_postEphemeral(channel=ALERTS, user=ALEX, text="psst")
        history = await page.get("history", channel=ALERTS)
        assert [message["text"] for message in history["messages"]] == ["hello &lt;b&gt;"]
        assert history["messages"][0]["reply_count"] == 1
        # What only one person saw is not stored: a page that is loaded again does not show it.
        assert "psst" not in str(history)
        thread = await page.get("replies", channel=ALERTS, ts=parent["ts"])
        assert [message["text"] for message in thread["messages"]] == ["hello &lt;b&gt;", "reply"]
        await page.post("edit", channel=ALERTS, ts=parent["ts"], text="bye")
        assert (await page.post("delete", channel=ALERTS, ts=thread["messages"][1]["ts"]))["ok"]


@asynchronous
async def test_acting_through_the_page() -> None:
    async with workspace() as slack, bolt(slack) as app, aiohttp.ClientSession() as session:
        page = _Page(slack, session, ALEX)

        @app.command("/health")
        async def health(ack: Any, body: dict[str, Any], client: Any) -> None:
            await ack("fine")
            view = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": [section()]}
            await client.views_open(trigger_id=body["trigger_id"], view=view)

        @app.action("a")
        async def pressed(ack: Any) -> None:
            await ack()

        assert (await page.get("boot"))["app"]["connected"] is True
        async with page.socket() as socket:
            await socket.receive_json()
            assert (await page.post("command", channel=ALERTS, text="/health"))["ok"]
            pushed = {(await socket.receive_json())["type"] for _ in range(2)}
            assert pushed == {"ephemeral", "view_opened"}
            view = (await page.get("views"))["stack"][0]
            assert (await page.post("view/close", view_id=view["id"]))["ok"]
            assert (await socket.receive_json())["type"] == "view_closed"
        ts = (await app.client.chat_postMessage(channel=ALERTS, text="x", blocks=[actions(button())]))["ts"]
        container = {"type": "message", "channel": ALERTS, "ts": ts}
        stored = slack.core.messages.get(ALERTS, ts)
        assert stored is not None
        block = stored["blocks"][0]["block_id"]
        assert (await page.post("action", container=container, block_id=block, action_id="a"))["ok"]
        joined = await page.post("join", channel=GENERAL)
        assert joined["ok"]
        assert (await page.post("nonsense"))["error"] == "unknown_act"
        assert (await page.post("post", channel=ALERTS))["error"] == "bad_request"
        assert (await page.post("post", channel="C404", text="x"))["error"] == "channel_not_found"


@asynchronous
async def test_the_page_itself(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>Slack</title>")
    (tmp_path / "app.js").write_text("// page")
    slack = Workspace(manifest(), page=tmp_path)
    url = await slack.start()
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as response:
            assert "<title>" in await response.text()
        async with session.get(f"{url}/app.js") as response:
            assert (response.status, await response.text()) == (200, "// page")
        async with session.get(f"{url}/%2e%2e/conftest.py") as response:
            assert response.status in (403, 404)
    await slack.stop()


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({"Host": "evil.example.com"}, "forbidden_host"),
        ({"Host": "127.0.0.1.evil.example.com"}, "forbidden_host"),
        ({"Origin": "https://evil.example.com"}, "forbidden_origin"),
        ({"Origin": "null"}, "forbidden_origin"),
        ({"Origin": "http://127.0.0.1:1"}, "forbidden_origin"),
        ({"Sec-Fetch-Site": "cross-site"}, "forbidden_origin"),
        ({"Content-Type": "text/plain"}, "json_needed"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, "json_needed"),
    ],
)
@pytest.mark.parametrize("path", ["/browser/api/post", "/control/clock"])
@asynchronous
async def test_foreign_pages_are_turned_away(path: str, headers: dict[str, str], error: str) -> None:
    async with workspace() as slack, aiohttp.ClientSession() as session:
        given = {"Content-Type": "application/json", **headers}
        async with session.post(slack.url + path, data="{}", headers=given) as response:
            assert response.status == 403
            assert (await response.json())["error"] == error
        if "Content-Type" not in headers:
            async with session.get(slack.url + "/browser/ws?user=" + ALEX, headers=headers) as response:
                assert response.status == 403
