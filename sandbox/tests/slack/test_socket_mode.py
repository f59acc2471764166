"""Socket Mode: tickets, connections, acknowledgements, reconnecting (section 6)."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from .people import ALERTS, ALEX, MONITOR
from .running import asynchronous, bolt, eventually, workspace


async def _ticket(slack: Any) -> str:
    web = AsyncWebClient(token=slack.credentials.app_token, base_url=slack.api_url)
    url: str = (await web.apps_connections_open(app_token=slack.credentials.app_token))["url"]
    return url


@asynchronous
async def test_hello_and_one_shot_tickets() -> None:
    async with workspace() as slack, aiohttp.ClientSession() as session:
        url = await _ticket(slack)
        assert url.startswith("ws://127.0.0.1:")
        async with session.ws_connect(url) as socket:
            hello = await socket.receive_json()
            assert hello["type"] == "hello"
            assert hello["num_connections"] == 1
            assert hello["debug_info"]["approximate_connection_time"] == 3600
            assert hello["connection_info"] == {"app_id": slack.identity.app_id}
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(url)
        late = await _ticket(slack)
        slack.advance(31)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(late)


@asynchronous
async def test_at_most_ten_connections_and_one_gets_each_envelope() -> None:
    async with workspace() as slack, aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(await _ticket(slack)) for _ in range(10)]
        hellos = [await socket.receive_json() for socket in sockets]
        assert [hello["num_connections"] for hello in hellos] == list(range(1, 11))
        eleventh = await session.ws_connect(await _ticket(slack))
        assert (await eleventh.receive_json())["reason"] == "too_many_websockets"
        got: list[dict[str, Any]] = []

        async def answer(socket: aiohttp.ClientWebSocketResponse) -> None:
            async for message in socket:
                got.append(message.json())
                await socket.send_json({"envelope_id": message.json()["envelope_id"], "payload": {"text": "hi"}})

        readers = [asyncio.ensure_future(answer(socket)) for socket in sockets]
        for _ in range(20):
            assert (await slack.act(ALEX, "command", channel=MONITOR, text="/health"))["ok"]
        assert len(got) == 20
        assert {one["type"] for one in got} == {"slash_commands"}
        assert all(one["accepts_response_payload"] for one in got)
        for socket in [*sockets, eleventh]:
            await socket.close()
        await asyncio.gather(*readers)


@asynchronous
async def test_a_lost_connection_passes_the_event_on() -> None:
    async with workspace() as slack, aiohttp.ClientSession() as session:
        first = await session.ws_connect(await _ticket(slack))
        await first.receive_json()
        await slack.act(ALEX, "post", channel=ALERTS, text="x")
        envelope = await first.receive_json()
        second = await session.ws_connect(await _ticket(slack))
        await second.receive_json()
        await first.close()
        again = await second.receive_json(timeout=3)
        assert again["retry_attempt"] == 1
        assert again["payload"] == envelope["payload"]
        await second.send_json({"envelope_id": again["envelope_id"]})
        await second.close()


@asynchronous
async def test_bolt_comes_back_after_a_refresh() -> None:
    async with workspace() as slack, bolt(slack) as app:

        @app.command("/health")
        async def health(ack: Any) -> None:
            await ack("here")

        await slack.core.sockets.refresh()
        await eventually(lambda: len(slack.core.recorder.entries(method="apps.connections.open")) == 2)
        await eventually(lambda: any(not one.retiring for one in slack.core.sockets._connections))
        assert (await slack.act(ALEX, "command", channel=MONITOR, text="/health"))["ok"]


@asynchronous
async def test_bolt_comes_back_after_a_cut() -> None:
    async with workspace() as slack, bolt(slack) as app:

        @app.command("/health")
        async def health(ack: Any) -> None:
            await ack("here")

        await slack.core.sockets.drop()
        answer = await slack.act(ALEX, "command", channel=MONITOR, text="/health")
        assert answer["error"] == "dispatch_failed"
        await eventually(lambda: slack.core.sockets.count() == 1, 15)
        assert (await slack.act(ALEX, "command", channel=MONITOR, text="/health"))["ok"]


@asynchronous
async def test_old_connections_are_warned_and_closed() -> None:
    async with workspace() as slack, aiohttp.ClientSession() as session:
        url = await _ticket(slack)
        async with session.ws_connect(f"{url}&debug_reconnects=true") as socket:
            hello = await socket.receive_json()
            assert hello["debug_info"]["approximate_connection_time"] == 360
            slack.advance(351)
            assert (await socket.receive_json(timeout=3))["reason"] == "warning"
            slack.advance(11)
            closed = await socket.receive(timeout=3)
            assert closed.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)


@asynchronous
async def test_refusing_new_connections_and_app_tokens() -> None:
    async with workspace() as slack, aiohttp.ClientSession() as session:
        slack.core.sockets.refuse_new = True
        with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
            await session.ws_connect(await _ticket(slack))
        slack.core.revoked.add(slack.credentials.app_token)
        with pytest.raises(SlackApiError, match="token_revoked"):
            await _ticket(slack)
    async with workspace(socket_mode=False) as slack:
        with pytest.raises(SlackApiError, match="socket_mode_not_enabled"):
            await _ticket(slack)


@asynchronous
async def test_nonsense_from_the_app_is_ignored() -> None:
    async with workspace() as slack, aiohttp.ClientSession() as session:
        socket = await session.ws_connect(await _ticket(slack))
        await socket.receive_json()
        for text in ("nonsense", "[]", '{"envelope_id": 3}', '{"envelope_id": "unknown"}'):
            await socket.send_str(text)
        act = asyncio.ensure_future(slack.act(ALEX, "command", channel=MONITOR, text="/health"))
        envelope = await socket.receive_json()
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        assert (await act)["ok"]
        await socket.close()
