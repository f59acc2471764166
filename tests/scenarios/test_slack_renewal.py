"""Slack asks for another connection every few hours: nothing is lost in between."""

import asyncio
import json
import logging
from functools import partial
from typing import Any

import pytest

from bot.services.app import AppServices
from bot.slack import socket_mode
from sandbox.slack import limits
from sandbox.slack.socket_mode import Connection
from tests.support.slack_bench import ALEX, MONITOR, Bench, play, settled

GONE = "the connection to Slack is gone; reconnecting"


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    for name, seconds in {"CHECK_S": 0.05, "CONNECT_S": 0.3, "FIRST_PAUSE_S": 0.1, "PING_S": 5.0}.items():
        monkeypatch.setattr(socket_mode, name, seconds)
    caplog.set_level(logging.INFO, "fireline.socket")
    return caplog


def warned(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.name == "fireline.socket" and one.levelname == "WARNING"]


def _is_idle(connection: Connection) -> bool:
    return not connection.waiting


def test_the_new_connection_is_there_before_the_old_one_is_closed(
    services: AppServices, hurried: pytest.LogCaptureFixture
) -> None:
    async def scenario(bench: Bench) -> None:
        sockets = bench.workspace.core.sockets
        await sockets.refresh()
        await bench.until(lambda: [one.retiring for one in sockets._connections] == [True, False])
        bench.workspace.core.clock.advance(limits.SOCKET_WARNING_SECONDS)
        await bench.until(lambda: [one.retiring for one in sockets._connections] == [False])
        assert (await bench.ask("/health"))["blocks"]
        assert len(bench.posts()) == 1

    play(scenario, "socket", services)
    assert warned(hurried) == []


def test_commands_during_a_renewal_are_all_acknowledged_and_answered_once(services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        async def asks(number: int) -> dict[str, Any]:
            await asyncio.sleep(number / 100)
            return await bench.workspace.act(ALEX, "command", channel=MONITOR, text="/health")

        asking = [asyncio.ensure_future(asks(number)) for number in range(30)]
        for _ in range(3):
            [old] = bench.workspace.core.sockets._connections
            await bench.workspace.core.sockets.refresh()
            await bench.until(lambda: bench.workspace.core.sockets.count() == 2)
            await bench.until(partial(_is_idle, old))
            await old.socket.close()
        assert {one["ok"] for one in await asyncio.gather(*asking)} == {True}
        await bench.until(lambda: len(bench.posts()) >= 30)
        await settled()
        assert len(bench.posts()) == 30

    play(scenario, "socket", services)


def test_the_old_connection_serves_for_as_long_as_there_is_no_new_one(
    services: AppServices, hurried: pytest.LogCaptureFixture
) -> None:
    async def scenario(bench: Bench) -> None:
        sockets = bench.workspace.core.sockets
        sockets.refuse_new = True
        await sockets.refresh()
        await bench.until(lambda: warned(hurried))
        assert (await bench.ask("/health"))["blocks"]
        sockets.refuse_new = False
        await bench.until(lambda: not all(one.retiring for one in sockets._connections))

    play(scenario, "socket", services)
    assert GONE not in warned(hurried)


def test_an_envelope_that_comes_again_counts_once(services: AppServices) -> None:
    """Also a command, which carries no event id."""

    async def scenario(bench: Bench) -> None:
        await bench.ask("/health")
        [command] = bench.delivered("slash_commands")
        [connection] = bench.workspace.core.sockets._connections
        acknowledged: list[str] = []
        connection.waiting = Noted(acknowledged)
        envelope = {"envelope_id": "again", "type": "slash_commands", "payload": command["payload"]}
        for _ in range(3):
            await connection.socket.send_str(json.dumps({**envelope, "accepts_response_payload": True}))
        await bench.until(lambda: len(acknowledged) == 3)
        await bench.until(lambda: len(bench.posts()) == 2)
        await settled()
        assert len(bench.posts()) == 2

    play(scenario, "socket", services)


class Noted(dict[str, Any]):
    """Stands for what waits for acknowledgements: notes which came."""

    def __init__(self, seen: list[str]) -> None:
        super().__init__()
        self.get = lambda envelope: seen.append(envelope)  # type: ignore[method-assign,assignment]


def test_a_connection_that_ends_at_once_again_and_again_is_not_hammered() -> None:
    pauses = [socket_mode._pause_after(brief) for brief in range(12)]
    assert pauses[:2] == [0, 0]
    assert pauses[2] == socket_mode.FIRST_PAUSE_S
    assert pauses == sorted(pauses)
    assert pauses[-1] == socket_mode.LONGEST_PAUSE_S
