"""One process that holds it all: the workspace, the pipeline that goes on living, and Fireline connected to both."""

import asyncio
import shlex
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.bootstrap import Serving, serving
from bot.cli.demo_config import place_services
from bot.cli.demo_phones import paging, turns
from bot.cli.demo_running import called, findable, taken
from bot.cli.demo_start import Start
from bot.cli.serving import serve_all
from bot.cli.stopping import Stopping
from bot.config.manifest import manifest
from bot.config.settings import Settings
from bot.domain.blindness import STANDARD, BlindnessPolicy, limit_of
from bot.domain.health.notified import called as called_incident
from bot.domain.incidents.incident import Incident
from bot.domain.sources import SourceFailed, SourceStatus
from bot.services.blindness import Blindness
from bot.services.sources import SourcesService
from bot.source_lanes import at_work
from handlers.replies import WorkPool
from sandbox.clock import SimulatedClock
from sandbox.cloud_run.deployments import Deployments
from sandbox.cloud_run.log import create_log
from sandbox.cloud_run.server import serving as cloud_run
from sandbox.panel import Panel
from sandbox.phones.vendors import Vendors
from sandbox.pipeline.live import Pipeline
from sandbox.pipeline.service import create_app
from sandbox.slack.server import Workspace

TICK_S = 1.0
INTAKE_TOKEN = "fireline-demo-takes-runs-with-this"
"""Events are taken from this machine alone."""
SERVICES = "/services"
LOG = "/v2"
"""Where the pipeline's services answer, below the page's address."""
LONGEST_READ = timedelta(seconds=10)
SHARE = 0.8
"""Of the time after which a source that is not read counts as blind."""

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
        living = Living(pipeline, clock, pool)
        await living.step()
        workspace = Workspace(manifest(), settings.home / "workspace.sqlite", shown=clock)
        workspace.mount(LOG, create_log(start.data, settings.config / "registry.yaml"))
        vendors = Vendors(workspace, living.turns)
        await _start(workspace, living, start.port)
        try:
            port = int(workspace.url.rpartition(":")[2])
            registry = place_services(settings.config, f"http://127.0.0.1:{port}{SERVICES}")
            deployments = Deployments(pipeline, settings.home, registry, clock.now())
            with cloud_run(deployments.world) as cloud:
                living.follow = deployments.follow
                connected = paging(_connected(settings, workspace, cloud.address), vendors, port)
                await _serve(connected, living, workspace.url)
        finally:
            await workspace.stop()
    finally:
        pool.close()


async def _serve(connected: Settings, living: "Living", url: str) -> None:
    """Fireline itself, until the demo ends."""
    with serving(connected, living.now, living.seconds) as duties:
        living.told = duties.services.incidents.open
        living.on_call = partial(turns, duties.services)
        await living.pool.run(read_all, duties.sources)
        print(welcome(url, connected.home), flush=True)
        with findable(connected.home, int(url.rpartition(":")[2])):
            await _all(living.run(duties), serve_all(connected, duties, at_work(duties, living.seconds)))


class Living:
    """The pipeline goes on living: what happens is in its database, from which Fireline's sources read it."""

    def __init__(self, pipeline: Pipeline, clock: SimulatedClock, pool: WorkPool) -> None:
        self.pipeline, self.clock = pipeline, clock
        self.lock, self.pool, self._written_until = asyncio.Lock(), pool, clock.now()
        self._blindness, self._configured = Blindness(), STANDARD
        self.told: Callable[[], Sequence[Incident]] = tuple
        self.on_call: Callable[[], Mapping[str, str]] = dict
        """Open incidents, and the turns by name of a person, as soon as Fireline runs."""
        self.follow: Callable[[datetime], None] = lambda _now: None
        """What is deployed follows the pipeline, as soon as there is a Cloud Run."""

    def now(self) -> datetime:
        """Fireline's time: up to then all rows are written. The pipeline may be half an hour ahead, and by its time
        runs would be missing that are only not written yet.
        """
        return self._written_until

    def seconds(self) -> float:
        return self._written_until.timestamp()

    async def run(self, duties: Serving) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            fast, policy = self.clock.speed > 1, self._paced(duties.services.blindness)
            statuses = await self.pool.run(duties.sources.statuses) if fast else ()
            self.clock.stop_at(may_pass_until(statuses, policy))
            await self.step()

    async def open_incidents(self) -> list[str]:
        return [called_incident(each) for each in await self.pool.run(self.told)]

    async def turns(self) -> Mapping[str, str]:
        """Not on the pool: a pipeline that hurries holds it for seconds."""
        return await asyncio.to_thread(self.on_call)

    def _paced(self, blindness: Blindness) -> BlindnessPolicy:
        """At a fast clock a read takes long: a source is blind when that is long for us, too."""
        if blindness is not self._blindness:
            self._blindness, self._configured = blindness, blindness.policy
        longest = max(self._configured.failing_for, LONGEST_READ * self.clock.speed)
        blindness.policy = replace(self._configured, failing_for=longest)
        return blindness.policy

    async def step(self) -> None:
        """What has happened since the last one is in the database afterwards."""
        async with self.lock:
            until = self.clock.now()
            await self.pool.run(self.pipeline.advance, until)
            await self.pool.run(self.follow, until)
        self._written_until = until


def may_pass_until(statuses: Iterable[SourceStatus], policy: BlindnessPolicy) -> datetime | None:
    """So far may time pass before the next reads: sources that are read well must not seem blind only because a read
    takes hours of a fast clock. None: as far as it likes.
    """
    well = (status for status in statuses if status.failing_since is None)
    read = ((status.synced_at, limit_of(status, policy)) for status in well)
    return min((at + limit * SHARE for at, limit in read if at is not None), default=None)


def read_all(sources: SourcesService) -> None:
    """Once before the first answer; who asks for one that cannot be read is told so."""
    for plan in sources.plans:
        with suppress(SourceFailed):
            sources.sync(plan.name)


async def _start(workspace: Workspace, living: Living, port: int) -> None:
    panel = Panel(living.pipeline, living.clock, living.lock, living.open_incidents)
    workspace.add_routes(panel.routes())
    workspace.mount(SERVICES, create_app(living.pipeline, living.clock.now, lock=living.lock))
    try:
        await workspace.start(port=port)
    except OSError as error:
        raise taken(port, error) from error


def _connected(settings: Settings, workspace: Workspace, cloud: str) -> Settings:
    """The same settings, with the workspace's tokens and address, and those of its Cloud Run and its log."""
    credentials = workspace.credentials
    tokens = {
        "slack_bot_token": SecretStr(credentials.bot_token),
        "slack_app_token": SecretStr(credentials.app_token),
        "slack_signing_secret": SecretStr(credentials.signing_secret),
        "intake_token": settings.intake_token if settings.intake_token.get_secret_value() else SecretStr(INTAKE_TOKEN),
    }
    google = {"cloud_run": cloud, "cloud_logging": workspace.url.partition("//")[2]}
    return settings.model_copy(update={**tokens, "slack_api_url": workspace.api_url, **google})


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
