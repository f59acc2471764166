"""A Slack workspace, a small pipeline's history and the real app between them, on either transport."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.bootstrap import app_services
from bot.config.manifest import manifest, over_http
from bot.config.settings import Settings
from bot.services.app import AppServices
from bot.slack import app as slack_app
from bot.slack.allowance import Allowance
from bot.slack.client import client_session, web_client
from bot.slack.http import PATH
from bot.slack.serving import http_site
from bot.slack.socket_mode import stay_connected
from handlers.replies import WorkPool
from sandbox.slack.http_delivery import RequestUrls
from sandbox.slack.server import Workspace
from tests.support.builders import NOW, World, failed, game, loaded, raw_file, run
from tests.support.loaded_worlds import shared

MANIFEST = manifest()
ALEX, SAM = "U01ALEX", "U02SAM"
GENERAL, MONITOR, ALERTS = "C01GENERAL", "C02MONITOR", "C03ALERTS"
"""The app is a member of all but GENERAL."""
SOON_S = 10.0

Seen = dict[str, Any]
Message = dict[str, Any]

WORLD = World(
    runs=[
        *(run(f"s{n}", start=30 + n / 10) for n in range(6)),
        *(failed(f"f{n}", category="processing_error", text="KeyError", start=31 + n / 10) for n in range(3)),
        *(failed(f"q{n}", "Poller", category="no_data_available", start=26 + n / 10) for n in range(40)),
        run("scraped", "BoxScraper", start=28),
        run("summed", "Summary", start=33),
    ],
    table_loads=[loaded(), loaded("raw.poll"), loaded("an.summary")],
    raw_files=[raw_file()],
    game_schedule=[game()],
)


@contextmanager
def small_history(directory: Path) -> Iterator[AppServices]:
    """Services over a small history that ends within DAY's week; the time is always NOW."""
    yield app_services(shared(WORLD), Settings(home=directory), lambda: NOW)


@dataclass
class Bench:
    """The workspace and the app in it. `ask` and `press` act as a person and return what that person then saw."""

    workspace: Workspace
    app: AsyncApp
    pool: WorkPool

    async def ask(self, text: str, channel: str = MONITOR, *, user: str = ALEX, sees: str = "message") -> Message:
        """A slash command; the message it brought: `sees` is message or ephemeral."""
        return await self._act(user, "command", sees, channel=channel, text=text)

    async def press(
        self, message: Message, action_id: str, value: Any = None, *, user: str = ALEX, sees: str = "message_changed"
    ) -> Message:
        """A button pressed or an option chosen on a message; what `sees` brought."""
        where = {"channel": message["channel"], "ts": message["ts"]}
        return await self._act(user, "action", sees, **where, action_id=action_id, value=value)

    async def submit(self, view: Message, entered: dict[str, Any], *, user: str = ALEX) -> dict[str, Any]:
        """A modal sent with what was entered, `{block_id: value}`; `{"errors": …}` when fields are refused."""
        state = {name: {name: value} for name, value in entered.items()}
        return await self.workspace.act(user, "view/submit", view_id=view["id"], state=state)

    async def say(self, text: str, channel: str = MONITOR, *, sees: str, user: str = ALEX) -> Message:
        return await self._act(user, "post", sees, channel=channel, text=text)

    async def home(self, user: str = ALEX) -> Message:
        return await self._act(user, "home/open", "home")

    async def direct(self, user: str = ALEX, other: str | None = None) -> str:
        """The id of the direct conversation with another person, or with the app."""
        answer = await self.workspace.act(user, "open_im", **{"with": other or self.workspace.identity.bot_user_id})
        return str(answer["channel"])

    async def until(self, met: Callable[[], Any]) -> Any:
        async with asyncio.timeout(SOON_S):
            while not (found := met()):
                await asyncio.sleep(0.005)
        return found

    def called(self, method: str) -> list[dict[str, Any]]:
        """Requests of the app, oldest first."""
        return self.workspace.core.recorder.entries(kind="request", method=method)

    def delivered(self, envelope: str) -> list[dict[str, Any]]:
        return self.workspace.core.recorder.entries(kind="delivery", envelope=envelope)

    def posts(self, channel: str = MONITOR) -> list[Message]:
        """The app's messages in a channel as they are now."""
        core = self.workspace.core
        rows = core.store.rows("SELECT ts FROM messages WHERE channel = ? ORDER BY ts", channel)
        messages = [core.messages.get(channel, ts) for (ts,) in rows]
        return [one for one in messages if one is not None and one["user"] == core.identity.bot_user_id]

    def whispers(self, channel: str = MONITOR, user: str = ALEX) -> list[Message]:
        return self.workspace.core.ephemerals.of(user, channel)

    async def _act(self, user: str, act: str, sees: str, **body: Any) -> Message:
        core = self.workspace.core
        before = core.screens.seq(user)
        answer = await self.workspace.act(user, act, **body)
        assert answer["ok"], answer
        await core.screens.wait_for(user, before, frozenset({sees}), SOON_S)
        pushes = core.screens.since(user, before)
        seen = [push for push in pushes if push["type"] == sees]
        assert seen, f"{act} brought no {sees}, only {[push['type'] for push in pushes]}"
        found: Message = seen[0].get("message") or seen[0].get("view") or seen[0]
        return {"channel": seen[0].get("channel"), **found}


def without_limit() -> Allowance:
    """For stories in which one person asks a great deal."""
    return Allowance(lambda: 0.0, burst=1e9)


@asynccontextmanager
async def bench(
    transport: str, services: AppServices, *, timeout: int = 10, allowance: Allowance | None = None, **pool: int
) -> AsyncIterator[Bench]:
    """The app connected to a new workspace over `transport`: socket or http."""
    workspace = Workspace(MANIFEST, rate_limit_scale=0)
    await workspace.start()
    session = client_session(timeout)
    client = web_client(workspace.credentials.bot_token, workspace.api_url, session)
    work = WorkPool(**pool)
    made = Bench(workspace, slack_app.build(client, services, work, allowance=allowance or without_limit()), work)
    connect = {"socket": by_socket, "http": by_http}[transport]
    try:
        async with session, connect(made):
            yield made
            await settled()
    finally:
        work.close()
        await workspace.stop()


@asynccontextmanager
async def by_socket(made: Bench) -> AsyncIterator[None]:
    task = asyncio.create_task(stay_connected(made.app, made.workspace.credentials.app_token))
    try:
        await made.until(made.workspace.core.sockets.connected)
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def by_http(made: Bench) -> AsyncIterator[None]:
    async with http_site(made.app, made.workspace.credentials.signing_secret, 0, "127.0.0.1") as port:
        url = f"http://127.0.0.1:{port}{PATH}"
        await made.workspace.use_http(RequestUrls.of(over_http(url)))
        yield


async def settled() -> None:
    """Let listeners that still work finish: Bolt lets them run on after the acknowledgement."""
    async with asyncio.timeout(2 * SOON_S):
        while any("run_ack_function" in repr(task) for task in asyncio.all_tasks()):
            await asyncio.sleep(0.005)


Scenario = Callable[[Bench], Awaitable[None]]


def play(scenario: Scenario, transport: str, services: AppServices, **settings: Any) -> None:
    """One scenario from start to end in a loop of its own."""

    async def whole() -> None:
        async with bench(transport, services, **settings) as made:
            await scenario(made)

    asyncio.run(whole())


def with_health(services: AppServices, of: Callable[..., Any]) -> AppServices:
    """The same services, with `of(real, request, now)` in front of the health service's `of`."""

    class Fronted:
        def __init__(self) -> None:
            self.dates, self.scope, self.seen = services.health.dates, services.health.scope, services.health.seen
            self.of = partial(of, services.health.of)

    return replace(services, health=Fronted())  # type: ignore[arg-type]
