"""Slash commands: acknowledgement beside a bare Bolt app in the same run, the whole answer, cold start, memory."""

import asyncio
import hashlib
import hmac
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import ClientSession, web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.bootstrap import app_services
from bot.cli.demo_history import prepare
from bot.config.manifest import manifest
from bot.config.settings import Settings
from bot.domain.health.model import HealthRequest
from bot.opening import warehouse
from bot.services.app import AppServices
from bot.slack import app as slack_app
from bot.slack.client import client_session, web_client
from bot.slack.serving import http_site
from bot.views import health
from handlers.replies import WorkPool
from sandbox.slack.server import Workspace
from tests.support.slack_bench import without_limit

COMMANDS, WARM_UP, ANSWERS, STARTS = 200, 20, 30, 3
IDLE_AFTER_S = 5
MANIFEST = manifest()
CHANNEL, USER = "C02MONITOR", "U01ALEX"
SECRET = "benchmark"
_NUMBERS = itertools.count()


@dataclass(frozen=True)
class SlackTimes:
    """Milliseconds of each command, and of our own part of an answer; `cold_s` of each start; `idle_mb` after it."""

    acknowledged: tuple[float, ...]
    bare: tuple[float, ...]
    whole: tuple[float, ...]
    own: tuple[float, ...]
    cold_s: tuple[float, ...]
    idle_mb: float

    @property
    def ratio(self) -> float:
        """Of the 99th percentiles of acknowledgements, to a bare Bolt app's."""
        return quantile(self.acknowledged, 0.99) / quantile(self.bare, 0.99)


def quantile(values: tuple[float, ...], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))]


def measure(home: Path) -> SlackTimes:
    """`home` keeps the 270 K runs of the demo between runs."""
    settings = Settings(home=home)
    prepare(settings, datetime.now(UTC))
    return asyncio.run(_all(settings))


async def _all(settings: Settings) -> SlackTimes:
    with tempfile.TemporaryDirectory() as folder, warehouse(settings, read_only=False) as opened:
        workspace = Workspace(MANIFEST, Path(folder) / "workspace.sqlite", rate_limit_scale=0)
        await workspace.start()
        services, pool = app_services(opened, settings), WorkPool()
        try:
            async with client_session() as session:
                client = web_client(workspace.credentials.bot_token, workspace.api_url, session)
                commands = await _commands(
                    client, slack_app.build(client, services, pool, allowance=without_limit()), workspace
                )
            own = tuple([_own(services) for _ in range(ANSWERS)])
        finally:
            pool.close()
            await workspace.stop()
    starts = [await _cold_start(settings) for _ in range(STARTS)]
    acknowledged, bare, whole = zip(*commands[WARM_UP:], strict=True)
    cold, idle = zip(*starts, strict=True)
    return SlackTimes(acknowledged, bare, whole, own, cold, statistics.median(idle))


async def _commands(client: AsyncWebClient, app: AsyncApp, workspace: Workspace) -> list[tuple[float, float, float]]:
    """Both apps behind their HTTP fronts, a command to each in turn; ours waits for its whole answer."""
    bare = AsyncApp(client=client, signing_secret=SECRET)

    @bare.command("/ping")
    async def ping(ack: AsyncAck) -> None:
        await ack()

    taken = []
    async with (
        http_site(app, SECRET, 0, "127.0.0.1") as port,
        _bare_site(bare) as other,
        ClientSession() as http,
    ):
        for _ in range(WARM_UP + COMMANDS):
            bare_ms = await _send(http, other, "/ping")
            before = workspace.core.recorder.last()
            began = time.perf_counter()
            ours_ms = await _send(http, port, "/health")
            while not workspace.core.recorder.entries(before, method="chat.postMessage"):
                await asyncio.sleep(0.001)
            taken.append((ours_ms, bare_ms, (time.perf_counter() - began) * 1_000))
    return taken


@asynccontextmanager
async def _bare_site(app: AsyncApp) -> AsyncIterator[int]:
    runner = web.AppRunner(app.web_app(path="/slack/events"), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def _send(http: ClientSession, port: int, command: str) -> float:
    """Milliseconds until the acknowledgement of one signed command."""
    body = urlencode(
        {
            "command": command,
            "text": "",
            "user_id": USER,
            "channel_id": CHANNEL,
            "team_id": "T01FIRELINE",
            "api_app_id": "A01FIRELINE",
            # Else the next command of the same second is the same bytes, and a replay.
            "trigger_id": f"{next(_NUMBERS)}.2.3",
            "response_url": f"http://127.0.0.1:{port}/nowhere",
        }
    )
    stamp = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest}",
    }
    began = time.perf_counter()
    async with http.post(f"http://127.0.0.1:{port}/slack/events", data=body, headers=headers) as response:
        await response.read()
        assert response.status == 200, response.status
    return (time.perf_counter() - began) * 1_000


def _own(services: AppServices) -> float:
    """Milliseconds of our own work for one answer: ask the warehouse, assess, render."""
    began = time.perf_counter()
    request = HealthRequest()
    health.card(services.health.of(request, services.now()), request)
    return (time.perf_counter() - began) * 1_000


async def _cold_start(settings: Settings) -> tuple[float, float]:
    """Seconds from the start of `fireline run` to its first acknowledged command; MB of memory when idle after it."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(MANIFEST, Path(folder) / "workspace.sqlite", rate_limit_scale=0)
        await workspace.start()
        environment = {
            **os.environ,
            "SLACK_BOT_TOKEN": workspace.credentials.bot_token,
            "SLACK_APP_TOKEN": workspace.credentials.app_token,
            "SLACK_API_URL": workspace.api_url,
        }
        command = [sys.executable, "-m", "bot", "run", "--home", str(settings.home)]
        began = time.perf_counter()
        process = subprocess.Popen(command, env=environment)
        try:
            await _until(lambda: _acknowledged(workspace))
            cold = time.perf_counter() - began
            await asyncio.sleep(IDLE_AFTER_S)
            status = Path(f"/proc/{process.pid}/status").read_text()
            memory = int(status.split("VmRSS:")[1].split()[0]) / 1024
        finally:
            process.terminate()
            process.wait(10)
            await workspace.stop()
    return cold, memory


async def _acknowledged(workspace: Workspace) -> bool:
    transport = workspace.core.delivery.transport
    if transport is None or not transport.connected():
        return False
    answer = await workspace.act(USER, "command", channel=CHANNEL, text="/health")
    return bool(answer.get("ok"))


async def _until(met: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await met():
            await asyncio.sleep(0.005)
