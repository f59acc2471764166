"""At SLACK_API_URL something answers that is no Slack Web API: it is named, and asked again later."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.config.settings import Settings
from bot.services.app import AppServices
from bot.slack import socket_mode
from bot.slack.serving import serve
from tests.support.slack_bench import SOON_S

BODIES = [
    ("application/json", "[]"),
    ("application/json", '"hello"'),
    ("application/json", "null"),
    ("application/json", "5"),
    ("application/json", "{not json"),
    ("application/json", "{}"),
    ("application/json", '{"ok": true}'),
    ("text/html", "<html>maintenance</html>"),
    ("text/plain", "<html>maintenance</html>"),
    ("text/plain", ""),
]


@asynccontextmanager
async def answering(kind: str, body: str) -> AsyncIterator[str]:
    async def same(_: web.Request) -> web.Response:
        return web.Response(text=body, content_type=kind)

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", same)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(("kind", "body"), BODIES)
def test_it_is_waited_for(
    services: AppServices,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    kind: str,
    body: str,
) -> None:
    monkeypatch.setattr(socket_mode, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(socket_mode, "CONNECT_S", 0.2)
    caplog.set_level(logging.INFO, "fireline")

    async def whole() -> None:
        tokens = {"slack_bot_token": SecretStr("xoxb-1"), "slack_app_token": SecretStr("xapp-1")}
        async with answering(kind, body) as url:
            serving = asyncio.create_task(serve(Settings(slack_api_url=url, **tokens), services))  # type: ignore[arg-type]
            async with asyncio.timeout(SOON_S):
                while caplog.text.count("trying again in") < 2:
                    await asyncio.sleep(0.01)
                    assert not serving.done(), serving.result()
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    asyncio.run(whole())
    assert "apps.connections.open" in caplog.text
    assert "Traceback" not in caplog.text
    assert "that is no answer of a Slack Web API: is SLACK_API_URL right?" in caplog.text
