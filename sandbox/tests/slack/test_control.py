"""The control API over HTTP, as demonstrations and tests of other programs use it."""

from typing import Any

import aiohttp

from .people import ALERTS, ALEX, MONITOR
from .running import asynchronous, bolt, client, eventually, workspace


async def _post(slack: Any, path: str, **body: Any) -> dict[str, Any]:
    async with aiohttp.ClientSession() as session, session.post(f"{slack.url}/control/{path}", json=body) as response:
        answer: dict[str, Any] = await response.json()
    return answer


async def _get(slack: Any, path: str = "", **query: Any) -> dict[str, Any]:
    url = f"{slack.url}/control{path}"
    async with aiohttp.ClientSession() as session, session.get(url, params=query) as response:
        answer: dict[str, Any] = await response.json()
    return answer


@asynchronous
async def test_every_path_of_the_guide_answers() -> None:
    async with workspace() as slack:
        for line in await _get(slack):
            method, path = line.split()
            path = path.removeprefix("/control/")
            answer = await (_get(slack, f"/{path}") if method == "GET" else _post(slack, path))
            assert "ok" in answer, line


@asynchronous
async def test_acting_and_looking() -> None:
    async with workspace() as slack, bolt(slack) as app:

        @app.command("/health")
        async def health(ack: Any, say: Any) -> None:
            await ack()
            await say("public")

        answer = await _post(
            slack, "act", user=ALEX, do="command", channel=MONITOR, text="/health", wait_for=["message"]
        )
        assert answer["waited"]
        assert [push["type"] for push in answer["saw"]] == ["message", "unread"]
        stored = await _get(slack, "/channel", channel=MONITOR)
        assert stored["messages"][0]["text"] == "public"
        screen = await _get(slack, "/screen", user=ALEX, since=0)
        assert screen["saw"][-1]["type"] == "unread"
        requests = await _get(slack, "/requests", method="chat.postMessage")
        assert requests["requests"][0]["args"]["text"] == "public"
        deliveries = await _get(slack, "/deliveries", envelope="slash_commands")
        assert deliveries["deliveries"][0]["outcome"] == "ok"


@asynchronous
async def test_time_faults_tokens_and_sockets() -> None:
    async with workspace() as slack, bolt(slack):
        before = slack.core.now()
        await _post(slack, "clock", advance=3600)
        assert (slack.core.now() - before).total_seconds() >= 3600
        assert (await _post(slack, "clock", advance=-1))["error"] == "bad_request"
        assert (await _post(slack, "faults", kind="status", method="chat.*", count=3))["fault"]["count"] == 3
        assert (await _post(slack, "faults", kind="nonsense"))["error"] == "bad_request"
        assert len((await _get(slack, "/state"))["faults"]) == 1
        await _post(slack, "faults/clear")
        await _post(slack, "history-lag", seconds=5)
        await _post(slack, "rate-limits", scale=0.5)
        await _post(slack, "tokens", do="revoke", token="bot")
        await _post(slack, "tokens", do="restore", token="bot")
        state = await _get(slack, "/state")
        assert (state["history_lag"], state["rate_limit_scale"], state["connections"]) == (5, 0.5, 1)
        assert (await client(slack).chat_postMessage(channel=ALERTS, text="x"))["ok"]
        await _post(slack, "sockets", do="drop")
        await eventually(lambda: slack.core.sockets.count() == 0)
        await _post(slack, "sockets", do="refuse")
        assert (await _get(slack, "/state"))["refusing"] is True
        await _post(slack, "transport", mode="http", interactivity="http://127.0.0.1:9/")
        assert (await _get(slack, "/state"))["transport"] == "http"
        answer = await _post(slack, "act", user=ALEX, do="shortcut", callback_id="declare")
        assert answer["error"] == "dispatch_failed"
