"""One process that holds it all: the workspace, the pipeline that goes on living, and Fireline connected to both."""

import asyncio
import logging
import shutil
import signal
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.bootstrap import app_services, loading_service, served, state, warehouse
from bot.cli.context import now as system_now
from bot.cli.demo_faults import parse
from bot.cli.demo_history import prepare
from bot.cli.load import answer_load
from bot.cli.local_api import local_api
from bot.config.manifest import manifest
from bot.config.registry import load_registry
from bot.config.settings import Settings
from bot.domain.errors import BadInput
from bot.domain.platform.registry import Registry
from bot.scheduler import lanes_of, running
from bot.services.loading import LoadingService
from bot.slack.serving import serve
from sandbox.clock import SimulatedClock
from sandbox.panel import Panel
from sandbox.pipeline.faults import FaultError
from sandbox.pipeline.live import Pipeline
from sandbox.pipeline.service import create_app
from sandbox.slack.server import Workspace

log = logging.getLogger("fireline.demo")
TICK_S = 2.0

WELCOME = """
The workspace: {url}

Three things to try there, in #data-monitoring:
  1. type /health, then look into a phase, Trend and Show the query
  2. open "Inject a fault", choose phase5_down, and see #data-alerts and /health phase 5 a few minutes later
  3. switch to another person at the lower left: the same message, in their time zone

Ctrl-C stops it; the next `make demo` goes on from here. State: {home}
"""


async def live(settings: Settings, port: int, speed: float, faults: Sequence[str]) -> None:
    """Run until Ctrl-C or SIGTERM. Raises BadInput for a port that is taken or a fault that makes no sense."""
    _check_port(port)
    now = system_now()
    data = prepare(settings, now)
    pipeline = await asyncio.to_thread(Pipeline, data)
    try:
        clock = SimulatedClock(max(now, pipeline.advanced_to), speed)
        for fault in map(parse, faults):
            pipeline.inject(fault["name"], clock.now(), fault.get("processor"))
    except (FaultError, ValueError) as error:
        raise BadInput(str(error)) from error
    registry = load_registry(data / "registry.yaml").registry
    with warehouse(settings, read_only=False) as opened, state(settings) as store:
        loading = loading_service(opened, settings)
        feed = Feed(pipeline, clock, loading, registry, data / "inbox")
        await feed.catch_up()
        workspace = Workspace(manifest(), settings.home / "workspace.sqlite")
        await _start(workspace, feed, port)
        try:
            connected = _connected(settings, workspace)
            duties = served(opened, connected, app_services(opened, settings, clock.now, store), store)
            services, vitals = duties.services, duties.vitals
            print(WELCOME.format(url=workspace.url, home=settings.home), flush=True)
            lanes = running(lanes_of(duties.on_watch, duties.checks), vitals, duties.on_watch.stop)

            def load(given: dict[str, Any]) -> str:
                return answer_load(loading, settings, given, clock.now())

            async with local_api(settings.socket, services, load, vitals.wrong):
                await _until_stopped(feed.run(), serve(connected, services, lanes, vitals.wrong))
        finally:
            await workspace.stop()
            print("stopped", flush=True)


class Feed:
    """Moves the pipeline on and loads what it brings."""

    def __init__(
        self, pipeline: Pipeline, clock: SimulatedClock, loading: LoadingService, registry: Registry, inbox: Path
    ) -> None:
        self.pipeline, self.clock = pipeline, clock
        self.lock = asyncio.Lock()
        self._loading, self._registry, self._inbox = loading, registry, inbox

    async def run(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            await self.catch_up()

    async def catch_up(self) -> None:
        """One step: what has happened since the last one is in the warehouse afterwards."""
        async with self.lock:
            await asyncio.to_thread(self.pipeline.advance, self.clock.now())
        await asyncio.to_thread(self._load)

    def _load(self) -> None:
        for batch in sorted(path for path in self._inbox.glob("*") if path.suffix != ".tmp"):
            self._loading.load(batch, self._registry, self.clock.now(), lambda _step, _rows: None)
            shutil.rmtree(batch)


def _check_port(port: int) -> None:
    """Before half a minute of history is written. Raises BadInput for a port that is taken, or that is none."""
    if not 0 <= port <= 65535:
        raise BadInput(f"{port} is no port. Name one from 1 to 65535 with --port.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise _taken(port, error) from error


def _taken(port: int, error: OSError) -> BadInput:
    return BadInput(f"Port {port} cannot be used ({error.strerror}). Name another with --port.")


async def _start(workspace: Workspace, feed: Feed, port: int) -> None:
    workspace.add_routes(Panel(feed.pipeline, feed.clock, feed.lock).routes())
    workspace.mount("/services", create_app(feed.pipeline, feed.clock.now))
    try:
        await workspace.start(port=port)
    except OSError as error:
        raise _taken(port, error) from error


def _connected(settings: Settings, workspace: Workspace) -> Settings:
    """The same settings, with the workspace's tokens and address."""
    credentials = workspace.credentials
    tokens = {
        "slack_bot_token": SecretStr(credentials.bot_token),
        "slack_app_token": SecretStr(credentials.app_token),
        "slack_signing_secret": SecretStr(credentials.signing_secret),
    }
    return settings.model_copy(update={**tokens, "slack_api_url": workspace.api_url})


async def _until_stopped(*work: "asyncio.Future[None] | object") -> None:
    """Run all of it; the first to fail, or a signal, ends all."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    tasks = [asyncio.ensure_future(item) for item in (*work, stop.wait())]  # type: ignore[call-overload]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()
