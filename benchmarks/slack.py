"""Slash commands: acknowledgement against a bare Bolt app in the same run, the whole answer, cold start, memory."""

import asyncio
import hashlib
import hmac
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import yaml
from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp

from bot import slack_app
from bot.bootstrap import app_services, warehouse
from bot.cli.demo_history import prepare
from bot.config.settings import Settings
from bot.domain.health import HealthRequest
from bot.sandbox.slack.server import Workspace
from bot.serving import http_site
from bot.views import health
from handlers.replies import WorkPool

COMMANDS = 200
MANIFEST = yaml.safe_load((Path(__file__).parents[1] / "manifest.yaml").read_text())
CHANNEL, USER = "C02MONITOR", "U01ALEX"
SECRET = "benchmark"


def measure(home: Path) -> list[str]:
    """Markdown lines. `home` keeps the 270 K runs of the demo between runs."""
    settings = Settings(home=home)
    prepare(settings, datetime.now(UTC))
    return asyncio.run(_all(settings))


async def _all(settings: Settings) -> list[str]:
    with tempfile.TemporaryDirectory() as folder, warehouse(settings, read_only=False) as opened:
        workspace = Workspace(MANIFEST, Path(folder) / "workspace.sqlite", rate_limit_scale=0)
        await workspace.start()
        services = app_services(opened, settings)
        pool = WorkPool()
        app = slack_app.build(
            slack_app.web_client(workspace.credentials.bot_token, workspace.api_url), services, pool, SECRET
        )
        try:
            acks = await _acknowledgements(app, workspace)
            ours = [await _ours(services) for _ in range(30)]
        finally:
            pool.close()
            await workspace.stop()
    cold, memory = await _cold_start(settings)
    return [*acks, *_figures(ours, cold, memory)]


async def _acknowledgements(app: AsyncApp, workspace: Workspace) -> list[str]:
    """Both apps behind their HTTP fronts, a command to each in turn; ours waits for its whole answer."""
    bare_client = slack_app.web_client(workspace.credentials.bot_token, workspace.api_url)
    bare = AsyncApp(client=bare_client, signing_secret=SECRET)

    @bare.command("/ping")
    async def ping(ack: AsyncAck) -> None:
        await ack()

    ours: list[float] = []
    theirs: list[float] = []
    whole: list[float] = []
    async with (
        http_site(app, SECRET, 0, "127.0.0.1") as port,
        _bare_site(bare) as other,
        aiohttp.ClientSession() as http,
    ):
        for at in range(COMMANDS + 20):
            ping_ms = await _send(http, other, "/ping")
            before = workspace.core.recorder.last()
            began = time.perf_counter()
            ack_ms = await _send(http, port, "/health")
            while not workspace.core.recorder.entries(before, method="chat.postMessage"):
                await asyncio.sleep(0.001)
            if at >= 20:
                theirs.append(ping_ms)
                ours.append(ack_ms)
                whole.append((time.perf_counter() - began) * 1_000)
    ratio = _p(ours, 0.99) / _p(theirs, 0.99)
    return [
        f"| acknowledgement p50 / p99, ours | {_p(ours, 0.5):.1f} / {_p(ours, 0.99):.1f} ms | |",
        f"| acknowledgement p50 / p99, bare Bolt `/ping` | {_p(theirs, 0.5):.1f} / {_p(theirs, 0.99):.1f} ms | |",
        f"| ratio of the p99 | {ratio:.2f} | ≤ 1.3 |",
        f"| command to message, median / p99 | {_p(whole, 0.5):.0f} / {_p(whole, 0.99):.0f} ms | < 300 ms |",
    ]


@asynccontextmanager
async def _bare_site(app: AsyncApp) -> AsyncIterator[int]:
    runner = web.AppRunner(app.web_app(path="/slack/events"), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def _send(http: aiohttp.ClientSession, port: int, command: str) -> float:
    """Milliseconds until the acknowledgement of one signed command."""
    body = urlencode(
        {
            "command": command,
            "text": "",
            "user_id": USER,
            "channel_id": CHANNEL,
            "team_id": "T01FIRELINE",
            "api_app_id": "A01FIRELINE",
            "trigger_id": "1.2.3",
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


async def _ours(services: Any) -> float:
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
            await asyncio.sleep(5)
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


def _figures(ours: list[float], cold: float, memory: float) -> list[str]:
    return [
        f"| of it our own work, median | {statistics.median(ours):.0f} ms | < 100 ms |",
        f"| cold start of `fireline run` to the first acknowledged command | {cold:.2f} s | < 2 s |",
        f"| idle memory after it | {memory:.0f} MB | < 250 MB |",
    ]


def _p(values: list[float], quantile: float) -> float:
    return sorted(values)[int(quantile * (len(values) - 1))]
