"""The HTTP front as it is served: behind its doors, with its health, and without a stranger's bytes in the log."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from slack_bolt.async_app import AsyncApp

from bot.services.probe import Probe
from bot.slack import serving
from bot.slack.http import PATH
from sandbox.slack.http_delivery import sign

SECRET = "0" * 32
SOON_S = 5.0
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def with_site(probe: Probe, then: Callable[[int], Awaitable[None]]) -> None:
    async def whole() -> None:
        app = AsyncApp(token="xoxb-1", request_verification_enabled=False)
        async with asyncio.timeout(SOON_S), serving.http_site(app, SECRET, 0, "127.0.0.1", probe) as port:
            await then(port)

    asyncio.run(whole())


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Streams]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def answer(streams: Streams, request: bytes) -> bytes:
    """The first line of it; empty when the connection is closed instead."""
    reader, writer = streams
    writer.write(request)
    line = await reader.readline()
    while await reader.readline() not in (b"\r\n", b""):
        pass
    return line


def signed(number: int) -> bytes:
    body, at = f"ssl_check={number}".encode(), int(time.time())
    headers = {
        "Host": "here",
        "Content-Length": str(len(body)),
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": str(at),
        "X-Slack-Signature": sign(SECRET, at, body),
    }
    lines = [f"POST {PATH} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def test_strangers_give_way_and_whoever_slack_signed_for_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "most_connections", lambda: 2)

    async def several(port: int) -> None:
        async with connected(port) as known, connected(port) as idle:
            assert b"HTTP/1.1 " in await answer(known, signed(1))
            async with connected(port):
                assert await idle[0].read() == b"", "closed"
                assert b"HTTP/1.1 " in await answer(known, signed(2))

    with_site(Probe(), several)


@pytest.mark.parametrize(("wrong", "status"), [((), b"200"), (("the disk is full",), b"503")], ids=["well", "not"])
def test_health_is_told_by_the_status(wrong: tuple[str, ...], status: bytes) -> None:
    async def ask(port: int) -> None:
        async with connected(port) as streams:
            line = await answer(streams, b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n")
            assert line.split()[1] == status

    with_site(Probe(wrong=lambda: wrong), ask)


def test_what_is_no_http_is_one_line_without_its_bytes(caplog: pytest.LogCaptureFixture) -> None:
    async def ask(port: int) -> None:
        async with connected(port) as streams:
            line = await answer(streams, b"GET / HTTP/1.1\r\nhush\x00hush: 1\r\n\r\n")
            assert line.split()[1] == b"400"

    with caplog.at_level(logging.DEBUG, "fireline"):
        with_site(Probe(), ask)
    assert "hush" not in caplog.text
    assert "Traceback" not in caplog.text
