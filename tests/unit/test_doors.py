"""Connections that strangers hold: closed at their deadline, and never in the way of a genuine request."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import ClientSession, web
from slack_bolt.async_app import AsyncApp

from bot.services.probe import Probe
from bot.slack.doors import SHARE_OF_DESCRIPTORS, Doors, most_connections
from bot.slack.http import PATH, web_app
from bot.slack.serving import http_site
from sandbox.slack.http_delivery import sign
from tests.support.attacks import FORM

SECRET, BODY = "s3cret", b"ssl_check=1&token=x"
ME = "127.0.0.1"
Opened = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def signed() -> dict[str, str]:
    at = int(time.time())
    headers = {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": sign(SECRET, at, BODY)}
    return {**headers, "Content-Type": FORM}


def app() -> AsyncApp:
    return AsyncApp(token="xoxb-1", signing_secret="", request_verification_enabled=False)


@asynccontextmanager
async def served(doors: Doors) -> AsyncIterator[int]:
    runner = web.AppRunner(web_app(app(), SECRET, time.time, Probe(), doors.genuine), access_log=None)
    await runner.setup()
    assert runner.server is not None
    try:
        server = await asyncio.get_running_loop().create_server(doors.before(runner.server), ME, 0)
        async with server:
            yield server.sockets[0].getsockname()[1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def connections(port: int, count: int, sends: bytes = b"") -> AsyncIterator[list[Opened]]:
    opened = [await asyncio.open_connection(ME, port) for _ in range(count)]
    for _, writer in opened:
        writer.write(sends)
    try:
        yield opened
    finally:
        for _, writer in opened:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for _, writer in opened), return_exceptions=True)


async def ended(opened: Opened) -> bytes:
    """What came until the other side closed the connection."""
    async with asyncio.timeout(5):
        try:
            return await opened[0].read()
        except ConnectionError:
            return b""


def run(story: Callable[[], object]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]


def test_a_genuine_request_comes_through_a_thousand_idle_connections() -> None:
    async def story() -> None:
        async with http_site(app(), SECRET, 0, ME) as port, connections(port, 1_000), ClientSession() as http:
            answer = await http.post(f"http://{ME}:{port}{PATH}", data=BODY, headers=signed())
            assert answer.status == 200

    run(story)


def test_the_oldest_stranger_gives_way_and_a_known_connection_stays() -> None:
    async def story() -> None:
        doors = Doors(most=10)
        async with served(doors) as port, ClientSession() as http:
            url = f"http://{ME}:{port}{PATH}"
            async with http.post(url, data=BODY, headers=signed()) as answer:
                assert answer.status == 200
            async with connections(port, 30) as strangers:
                assert await ended(strangers[0]) == b""
                assert len(doors) == 10
                async with http.get(f"http://{ME}:{port}/healthz") as answer:
                    assert answer.status == 200
                assert len(doors) == 10, "the known connection was used again"

    run(story)


def test_whoever_is_slow_with_headers_or_body_is_closed_at_the_deadline() -> None:
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\n".encode()
    claimed = "".join(f"{name}: {value}\r\n" for name, value in signed().items()).encode()

    async def story() -> None:
        doors = Doors(most=50, first_s=0.05)
        async with served(doors) as port:
            for sends in (b"", b"POST ", head, head + claimed + b"Content-Length: 19\r\n\r\nssl"):
                async with connections(port, 1, sends) as opened:
                    assert b"200" not in await ended(opened[0])
            assert len(doors) == 0

    run(story)


def test_a_known_connection_is_closed_when_it_asks_nothing_more() -> None:
    async def story() -> None:
        doors = Doors(most=50, next_s=0.05)
        async with served(doors) as port, ClientSession() as http:
            async with http.post(f"http://{ME}:{port}{PATH}", data=BODY, headers=signed()) as answer:
                assert answer.status == 200
                assert len(doors) == 1
            async with asyncio.timeout(5):
                while len(doors):
                    await asyncio.sleep(0.01)

    run(story)


def test_descriptors_are_kept_back_for_our_own_work() -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        assert most_connections() == 256 // SHARE_OF_DESCRIPTORS
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
