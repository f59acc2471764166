"""Whoever stops the app is heard at every moment, also when a connection stands at just that moment."""

import asyncio
import logging
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import socket_mode

TURNS = range(12)
"""So many turns of the event loop after the connection stands, or the awaited event is there."""


class Slack(AsyncWebClient):
    async def apps_connections_open(self, **_: Any) -> Any:
        return {"url": "wss://nowhere.invalid"}


async def stopped_after(turns: int, task: "asyncio.Task[None]", happens: asyncio.Event) -> bool:
    """Whether the task ended as one that was stopped, or was at its end before that."""
    await asyncio.sleep(0.01)
    happens.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    asked = task.cancel()
    done, _ = await asyncio.wait({task}, timeout=2)
    return bool(done) and task.cancelled() == asked


@pytest.mark.parametrize("turns", TURNS)
def test_stopped_while_it_waits(turns: int) -> None:
    async def scenario() -> bool:
        happens = asyncio.Event()
        task = asyncio.create_task(socket_mode._at_most(5, happens.wait()))
        return await stopped_after(turns, task, happens)

    assert asyncio.run(scenario())


@pytest.mark.parametrize("turns", TURNS)
def test_stopped_while_it_connects(turns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> bool:
        stands = asyncio.Event()
        monkeypatch.setattr(socket_mode.Connection, "connect", lambda _self: stands.wait())
        app = AsyncApp(client=Slack("xoxb-1"), signing_secret="s", logger=logging.getLogger("test"))
        return await stopped_after(turns, asyncio.create_task(socket_mode.stay_connected(app, "xapp-1")), stands)

    assert asyncio.run(scenario())


def test_stopped_while_slack_does_not_close_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_mode, "CLOSE_S", 0.05)

    async def scenario() -> bool:
        stands, never = asyncio.Event(), asyncio.Event()
        monkeypatch.setattr(socket_mode.Connection, "connect", lambda _self: stands.wait())
        monkeypatch.setattr(socket_mode.Connection, "close", lambda _self: never.wait())  # Slack's end stays open.
        monkeypatch.setattr(socket_mode.Connection, "until_it_ends", lambda _self, _anew: never.wait())
        app = AsyncApp(client=Slack("xoxb-1"), signing_secret="s", logger=logging.getLogger("test"))
        return await stopped_after(12, asyncio.create_task(socket_mode.stay_connected(app, "xapp-1")), stands)

    assert asyncio.run(scenario())
