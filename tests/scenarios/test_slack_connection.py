"""The way to Slack and back: tokens that are refused, connections that end, a workspace that is gone and comes back."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp

from bot.config.manifest import over_http
from bot.config.settings import Settings
from bot.domain.errors import BadInput
from bot.services.app import AppServices
from bot.slack import app as slack_app
from bot.slack import serving, socket_mode
from bot.slack.client import client_session, web_client
from bot.slack.http import PATH
from bot.slack.serving import serve
from bot.slack.socket_mode import stay_connected
from handlers.replies import WorkPool
from sandbox.slack.http_delivery import RequestUrls
from sandbox.slack.server import Workspace
from tests.support.slack_bench import ALEX, MANIFEST, MONITOR, SOON_S, Bench, play


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """The same watch over the connection, with shorter waits."""
    waits = {"CHECK_S": 0.05, "PING_S": 0.2, "CONNECT_S": 0.5, "FIRST_PAUSE_S": 0.1, "LONGEST_PAUSE_S": 0.2}
    for name, seconds in waits.items():
        monkeypatch.setattr(socket_mode, name, seconds)
    caplog.set_level(logging.INFO, "fireline")
    return caplog


def said(caplog: pytest.LogCaptureFixture, logger: str = "fireline.socket") -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == logger]


def settings_for(workspace: Workspace, **changed: str) -> Settings:
    kept = workspace.credentials
    tokens = {"slack_bot_token": kept.bot_token, "slack_app_token": kept.app_token, **changed}
    secrets = {name: SecretStr(value) for name, value in tokens.items()}
    return Settings(slack_api_url=workspace.api_url, host="127.0.0.1", port=0, **secrets)  # type: ignore[arg-type]


def served(services: AppServices, settings: Callable[[Workspace], Settings], then: Callable[[Workspace], Any]) -> None:
    """`serve` in a new workspace for as long as `then` takes; what it raises comes out."""

    async def whole() -> None:
        workspace = Workspace(MANIFEST, rate_limit_scale=0)
        await workspace.start()
        serving = asyncio.ensure_future(serve(settings(workspace), services))
        doing = asyncio.ensure_future(then(workspace))
        try:
            await asyncio.wait({serving, doing}, timeout=SOON_S, return_when=asyncio.FIRST_COMPLETED)
            (serving if serving.done() else doing).result()
        finally:
            for task in (serving, doing):
                task.cancel()
            await asyncio.gather(serving, doing, return_exceptions=True)
            await workspace.stop()

    asyncio.run(whole())


async def forever(_: Workspace) -> None:
    await asyncio.Event().wait()


REFUSED = [
    ({"slack_bot_token": "xoxb-wrong"}, r"Slack refused SLACK_BOT_TOKEN \(invalid_auth\)\. Use the bot token \(xoxb-"),
    ({"slack_app_token": "xapp-wrong"}, r"Slack refused SLACK_APP_TOKEN \(invalid_auth\)\. Use the app-level token"),
    ({"slack_bot_token": ""}, r"SLACK_BOT_TOKEN is not set\. Use the bot token \(xoxb-…\), or try `fireline demo`\."),
    ({"slack_app_token": ""}, r"Set SLACK_APP_TOKEN \(Socket Mode\) or SLACK_SIGNING_SECRET \(HTTP\); neither is set"),
]


@pytest.mark.parametrize(("tokens", "told"), REFUSED)
def test_tokens_that_are_missing_or_refused(services: AppServices, tokens: dict[str, str], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        served(services, lambda workspace: settings_for(workspace, **tokens), forever)


def test_tokens_that_are_exchanged(services: AppServices) -> None:
    def exchanged(workspace: Workspace) -> Settings:
        kept = workspace.credentials
        return settings_for(workspace, slack_bot_token=kept.app_token, slack_app_token=kept.bot_token)

    with pytest.raises(BadInput, match=r"SLACK_BOT_TOKEN is an app-level token \(xapp-…\)\. Use a bot token"):
        served(services, exchanged, forever)


def test_serving_by_settings_alone(services: AppServices) -> None:
    async def asks(workspace: Workspace) -> None:
        while not workspace.core.sockets.connected():
            await asyncio.sleep(0.01)
        answer = await workspace.act(ALEX, "command", channel=MONITOR, text="/health", wait_for=["message"])
        assert answer["waited"]

    served(services, settings_for, asks)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "method": "auth.test"},
        {"kind": "reset", "method": "auth.test"},
        {"kind": "error", "method": "auth.test", "error": "internal_error"},
        {"kind": "status", "method": "apps.connections.open", "count": 2},
        {"kind": "reset", "method": "apps.connections.open", "count": 2},
        {"kind": "error", "method": "apps.connections.open", "error": "internal_error", "count": 2},
    ],
)
def test_a_slack_that_is_ill_at_the_start_is_waited_for(
    services: AppServices, hurried: pytest.LogCaptureFixture, fault: dict[str, Any]
) -> None:
    def ill(workspace: Workspace) -> Settings:
        workspace.core.faults.add(**fault)
        return settings_for(workspace)

    async def connected(workspace: Workspace) -> None:
        while not workspace.core.sockets.connected():
            await asyncio.sleep(0.01)

    served(services, ill, connected)
    logger = "fireline.serving" if fault["method"] == "auth.test" else "fireline.socket"
    assert any("Slack" in line for line in said(hurried, logger))


@pytest.mark.parametrize("by_http", [False, True])
def test_the_first_command_costs_no_question_who_we_are(
    services: AppServices, monkeypatch: pytest.MonkeyPatch, by_http: bool
) -> None:
    """The greeting at the start has asked."""
    ports: list[int] = []
    real = serving.http_site

    @asynccontextmanager
    async def noted(app: AsyncApp, secret: str, port: int, host: str, *more: Any) -> AsyncIterator[int]:
        async with real(app, secret, port, host, *more) as port:
            ports.append(port)
            yield port

    monkeypatch.setattr(serving, "http_site", noted)

    def chosen(workspace: Workspace) -> Settings:
        if not by_http:
            return settings_for(workspace)
        return settings_for(workspace, slack_app_token="", slack_signing_secret=workspace.credentials.signing_secret)

    async def asks(workspace: Workspace) -> None:
        if by_http:
            await until(lambda: ports)
            url = f"http://127.0.0.1:{ports[0]}{PATH}"
            await workspace.use_http(RequestUrls.of(over_http(url)))
        else:
            await until(workspace.core.sockets.connected)
        answer = await workspace.act(ALEX, "command", channel=MONITOR, text="/health", wait_for=["message"])
        assert answer["waited"]
        called = [entry["method"] for entry in workspace.core.recorder.entries(kind="request")]
        assert called == ["auth.test", *([] if by_http else ["apps.connections.open"]), "chat.postMessage"]

    served(services, chosen, asks)


def test_a_connection_that_breaks(services: AppServices, hurried: pytest.LogCaptureFixture) -> None:
    async def scenario(bench: Bench) -> None:
        for _ in range(2):
            await bench.workspace.core.sockets.drop()
            await bench.until(bench.workspace.core.sockets.connected)
            assert (await bench.ask("/health"))["blocks"]

    play(scenario, "socket", services)
    lines = said(hurried)
    assert lines == ["connected to Slack", "the connection to Slack is gone; reconnecting"] * 2 + [lines[0]]


def test_a_slack_that_takes_no_connections_for_a_while(
    services: AppServices, hurried: pytest.LogCaptureFixture
) -> None:
    """The SDK alone would try for ever with one address, which Slack takes once."""

    async def scenario(bench: Bench) -> None:
        sockets = bench.workspace.core.sockets
        sockets.refuse_new = True
        await sockets.drop()
        await bench.until(lambda: "the connection to Slack is gone; reconnecting" in said(hurried))
        await asyncio.sleep(1)
        sockets.refuse_new = False
        await bench.until(sockets.connected)
        assert (await bench.ask("/health"))["blocks"]

    play(scenario, "socket", services)
    assert "Failed to connect" in hurried.text
    assert "Traceback" not in hurried.text


def test_a_workspace_that_is_gone_in_mid_run_and_comes_back(
    services: AppServices, hurried: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    async def whole() -> None:
        path = tmp_path / "workspace.sqlite"
        first = Workspace(MANIFEST, path, rate_limit_scale=0)
        port = int((await first.start()).rpartition(":")[2])
        pool = WorkPool()
        session = client_session()
        app = slack_app.build(web_client(first.credentials.bot_token, first.api_url, session), services, pool)
        task = asyncio.create_task(stay_connected(app, first.credentials.app_token))
        try:
            await asks(first)
            await first.stop()
            await until(lambda: "the connection to Slack is gone; reconnecting" in said(hurried))
            again = Workspace(MANIFEST, path, rate_limit_scale=0)
            await again.start(port=port)
            await asks(again)
            await until(lambda: said(hurried)[-1] == "connected to Slack")
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            pool.close()
            await session.close()
            await again.stop()

    async def asks(workspace: Workspace) -> None:
        await until(workspace.core.sockets.connected)
        answer = await workspace.act(ALEX, "command", channel=MONITOR, text="/health", wait_for=["message"])
        assert answer["waited"], answer

    asyncio.run(whole())


async def until(met: Callable[[], Any]) -> None:
    async with asyncio.timeout(SOON_S):
        while not met():
            await asyncio.sleep(0.01)
