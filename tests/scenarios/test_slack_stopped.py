"""`fireline run` asked to stop in the middle of an answer: the answer still comes, and nothing is left behind."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.config.manifest import over_http
from bot.slack.http import PATH
from sandbox.slack.http_delivery import RequestUrls
from sandbox.slack.server import Workspace
from tests.support.slack_bench import ALEX, MANIFEST, MONITOR, SOON_S, WORLD, Bench


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("stopped")
    command = [sys.executable, "-m", "bot", "load", str(WORLD.write(directory / "data")), "--home"]
    asyncio.run(_ended(command, directory / "home"))
    return directory / "home"


async def _ended(command: list[str], home: Path) -> None:
    process = await asyncio.create_subprocess_exec(*command, str(home), stdout=asyncio.subprocess.DEVNULL)
    assert await process.wait() == 0


@contextmanager
def free_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    yield port


def environment(workspace: Workspace, transport: str, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "FIRELINE_"))}
    tokens = {"SLACK_BOT_TOKEN": workspace.credentials.bot_token, "SLACK_API_URL": workspace.api_url, "PORT": str(port)}
    if transport == "socket":
        return {**kept, **tokens, "SLACK_APP_TOKEN": workspace.credentials.app_token}
    return {**kept, **tokens, "SLACK_SIGNING_SECRET": workspace.credentials.signing_secret}


@pytest.mark.parametrize(("transport", "asked"), [("socket", signal.SIGTERM), ("http", signal.SIGINT)])
def test_an_answer_under_way_is_finished(transport: str, home: Path, asked: signal.Signals) -> None:
    async def whole() -> None:
        workspace = Workspace(MANIFEST, rate_limit_scale=0)
        await workspace.start()
        with free_port() as port:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run", "--home", str(home)),
                env=environment(workspace, transport, port),
                stderr=asyncio.subprocess.PIPE,
            )
            try:
                await reached(workspace, transport, port)
                told = await stopped_while_it_answers(workspace, process, asked)
            finally:
                if process.returncode is None:
                    process.kill()
                await workspace.stop()
        assert process.returncode == 0, told
        assert "stopped" in told.splitlines()[-1]
        assert "Traceback" not in told
        assert not (home / "fireline.sock").exists()

    asyncio.run(whole())


async def reached(workspace: Workspace, transport: str, port: int) -> None:
    async with asyncio.timeout(2 * SOON_S):
        while transport == "socket" and not workspace.core.sockets.connected():
            await asyncio.sleep(0.02)
        while transport == "http" and not await _listens(port):
            await asyncio.sleep(0.02)
    if transport == "http":
        url = f"http://127.0.0.1:{port}{PATH}"
        await workspace.use_http(RequestUrls.of(over_http(url)))


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def stopped_while_it_answers(
    workspace: Workspace, process: asyncio.subprocess.Process, asked: signal.Signals
) -> str:
    """Slack takes half a second for the post. What the process wrote to its log."""
    workspace.core.faults.add("latency", method="chat.postMessage", seconds=0.5)
    answer = await workspace.act(ALEX, "command", channel=MONITOR, text="/health")
    assert answer["ok"], answer
    process.send_signal(asked)
    async with asyncio.timeout(2 * SOON_S):
        _, told = await process.communicate()
    assert len(Bench(workspace, None, None).posts()) == 1, told  # type: ignore[arg-type]
    return told.decode()
