"""One process that holds it all: the workspace, the pipeline that goes on living, and Fireline connected to both."""

import asyncio
import shlex
import shutil
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.bootstrap import app_services, loading_service, served
from bot.cli.demo_running import called, findable, taken
from bot.cli.demo_start import Start
from bot.cli.load import answer_load
from bot.cli.local_api import local_api
from bot.cli.stopping import Stopping
from bot.config.manifest import manifest
from bot.config.registry import load_registry
from bot.config.settings import Settings
from bot.domain.platform.registry import Registry
from bot.opening import warehouse
from bot.scheduler import lanes_of, running
from bot.services.loading import LoadingService
from bot.slack.serving import serve
from bot.state_adapters import state
from handlers.replies import WorkPool
from sandbox.clock import SimulatedClock
from sandbox.panel import Panel
from sandbox.pipeline.live import Pipeline
from sandbox.pipeline.service import create_app
from sandbox.slack.server import Workspace

TICK_S = 2.0

WELCOME = """
The workspace: {url}

Three things to try there, in #data-monitoring:
  1. type /health, then look into a phase, Trend and Show the query
  2. open "Inject a fault" (the flask at the top), processor crash of NbacGamebookProcessor: within two minutes its
     incident is in #data-alerts, and /health names it
  3. switch to another person at the lower left: the same message, in their time zone

In another terminal, as they stand here:
  {command} health --home {home}
  {command} demo --home {home} --port {port} --fault phase5_down
  {command} demo --home {home} --port {port} --heal

Ctrl-C stops it; the same command goes on from here. State: {home}
"""


def welcome(url: str, home: Path) -> str:
    """What is printed once the demo can be used; its commands work when they are pasted, in any folder."""
    port = url.rpartition(":")[2]
    return WELCOME.format(url=url, home=shlex.quote(str(home.absolute())), port=port, command=called())


async def live(settings: Settings, start: Start, stopping: Stopping) -> None:
    """Run until Ctrl-C or SIGTERM. Raises BadInput for a port that was taken meanwhile."""
    stopping.cancels_this_task()
    pool = WorkPool(threads=1)
    try:
        pipeline = await pool.run(Pipeline, start.data)
        clock = SimulatedClock(max(start.now, pipeline.advanced_to), start.speed)
        for fault in start.faults:
            pipeline.inject_visibly(fault["name"], clock.now(), fault.get("processor"))
        registry = load_registry(start.data / "registry.yaml").registry
        with warehouse(settings, read_only=False) as opened, state(settings) as store:
            loading = loading_service(opened, settings)
            feed = Feed(pipeline, clock, loading, registry, start.data / "inbox", pool)
            await feed.catch_up()
            workspace = Workspace(manifest(), settings.home / "workspace.sqlite", shown=clock)
            await _start(workspace, feed, start.port)
            try:
                connected = _connected(settings, workspace)
                duties = served(opened, connected, app_services(opened, settings, feed.now, store), store)
                services = duties.services
                print(welcome(workspace.url, settings.home), flush=True)
                lanes = lanes_of(duties.on_watch, duties.checks)
                working = running(lanes, duties.vitals, duties.on_watch.stop, duties.metrics)

                def load(given: dict[str, Any]) -> str:
                    return answer_load(loading, settings, registry, given, clock.now())

                with findable(settings.home, int(workspace.url.rpartition(":")[2])):
                    async with local_api(settings.socket, services, {"load": load}, duties.probe):
                        await _all(feed.run(), serve(connected, services, working, duties.probe))
            finally:
                await workspace.stop()
    finally:
        pool.close()


class Feed:
    """Moves the pipeline on and loads what it brings."""

    def __init__(
        self,
        pipeline: Pipeline,
        clock: SimulatedClock,
        loading: LoadingService,
        registry: Registry,
        inbox: Path,
        pool: WorkPool,
    ) -> None:
        self.pipeline, self.clock = pipeline, clock
        self.lock, self._loaded_until = asyncio.Lock(), clock.now()
        self._loading, self._registry, self._inbox, self._pool = loading, registry, inbox, pool

    def now(self) -> datetime:
        """Fireline's time: up to then all rows are loaded. The pipeline may be half an hour ahead, and by its time runs
        would be missing that are only not loaded yet.
        """
        return self._loaded_until

    async def run(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            await self.catch_up()

    async def catch_up(self) -> None:
        """One step: what has happened since the last one is in the warehouse afterwards."""
        async with self.lock:
            until = self.clock.now()
            await self._pool.run(self.pipeline.advance, until)
        await self._pool.run(self._load)
        self._loaded_until = until

    def _load(self) -> None:
        for batch in sorted(path for path in self._inbox.glob("*") if path.suffix != ".tmp"):
            self._loading.load(batch, self._registry, self.clock.now(), lambda _step, _rows: None)
            shutil.rmtree(batch)


async def _start(workspace: Workspace, feed: Feed, port: int) -> None:
    workspace.add_routes(Panel(feed.pipeline, feed.clock, feed.lock).routes())
    workspace.mount("/services", create_app(feed.pipeline, feed.clock.now))
    try:
        await workspace.start(port=port)
    except OSError as error:
        raise taken(port, error) from error


def _connected(settings: Settings, workspace: Workspace) -> Settings:
    """The same settings, with the workspace's tokens and address."""
    credentials = workspace.credentials
    tokens = {
        "slack_bot_token": SecretStr(credentials.bot_token),
        "slack_app_token": SecretStr(credentials.app_token),
        "slack_signing_secret": SecretStr(credentials.signing_secret),
    }
    return settings.model_copy(update={**tokens, "slack_api_url": workspace.api_url})


async def _all(*work: Coroutine[Any, Any, None]) -> None:
    """Run all of it; the first to fail ends all."""
    tasks = [asyncio.ensure_future(item) for item in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
