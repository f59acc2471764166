"""The HTTP front with the real Bolt app behind it, driven one request at a time with a fixed clock."""

import asyncio
import json
from collections.abc import Awaitable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import urlencode

from aiohttp import ClientSession
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from multidict import CIMultiDict
from slack_bolt.async_app import AsyncApp

from bot.services.app import AppServices
from bot.services.probe import Probe
from bot.slack import app as slack_app
from bot.slack.client import client_session, web_client
from bot.slack.http import PATH, web_app
from handlers.replies import WorkPool
from sandbox.slack.http_delivery import sign
from sandbox.slack.server import Workspace
from tests.support.attacks import FORM
from tests.support.slack_bench import MANIFEST, without_limit

T = TypeVar("T")
NOW = 1_768_930_200


@dataclass
class Front:
    """`post` sends anything; `signed` sends it as Slack would."""

    loop: asyncio.AbstractEventLoop
    client: TestClient[Request, Application]
    workspace: Workspace
    secret: str

    def wait(self, work: Awaitable[T]) -> T:
        async def waited() -> T:
            return await work

        return self.loop.run_until_complete(waited())

    def post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        return self.wait(self._post(body, headers))

    def signed(self, body: bytes, kind: str = FORM, at: int = NOW) -> tuple[int, str]:
        return self.post(body, self.headers(body, kind, at))

    def headers(self, body: bytes, kind: str = FORM, at: int = NOW) -> CIMultiDict[str]:
        signature = sign(self.secret, at, body)
        named = {"Content-Type": kind, "X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": signature}
        return CIMultiDict(named)

    def calls(self) -> int:
        """How often the app has asked Slack for anything but who it is."""
        entries = self.workspace.core.recorder.entries(kind="request")
        return sum(entry["method"] != "auth.test" for entry in entries)

    def settled_calls(self) -> int:
        """The same when all that has come in is done with."""
        self.wait(_settled())
        return self.calls()

    @contextmanager
    def beside(self, app: AsyncApp) -> Iterator["Front"]:
        """The same front before another app."""
        client = _served(self.loop, app, self.secret)
        try:
            yield replace(self, client=client)
        finally:
            self.wait(client.close())

    async def _post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        async with self.client.post(PATH, data=body, headers=headers) as response:
            return response.status, await response.text()


def form(**fields: str) -> bytes:
    return urlencode(fields).encode()


def interaction(payload: Any) -> bytes:
    return form(payload=json.dumps(payload))


@contextmanager
def fronted(services: AppServices) -> Iterator[Front]:
    """A front for as long as the block runs."""
    loop = asyncio.new_event_loop()
    workspace = Workspace(MANIFEST, rate_limit_scale=0)
    loop.run_until_complete(workspace.start())
    pool, secret = WorkPool(), workspace.credentials.signing_secret
    session = loop.run_until_complete(_session())
    client = web_client(workspace.credentials.bot_token, workspace.api_url, session)
    app = slack_app.build(client, services, pool, allowance=without_limit())
    http = _served(loop, app, secret)
    try:
        yield Front(loop, http, workspace, secret)
    finally:
        loop.run_until_complete(_settled())
        loop.run_until_complete(http.close())
        loop.run_until_complete(session.close())
        loop.run_until_complete(workspace.stop())
        pool.close()
        loop.close()


async def _session() -> ClientSession:
    """Sessions belong to the running loop."""
    return client_session()


def _served(loop: asyncio.AbstractEventLoop, app: AsyncApp, secret: str) -> TestClient[Request, Application]:
    server = TestServer(web_app(app, secret, lambda: float(NOW), Probe()))
    loop.run_until_complete(server.start_server(auto_decompress=False))
    return TestClient(server, loop=loop)


async def _settled() -> None:
    """Let listeners that still work finish: Bolt lets them run on after the acknowledgement."""
    async with asyncio.timeout(5):
        while any("run_ack_function" in repr(task) for task in asyncio.all_tasks()):
            await asyncio.sleep(0.01)
