"""Run the Slack app until asked to stop: Socket Mode with an app token, else signed HTTP."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from threading import Event

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.listener.async_listener_start_handler import AsyncListenerStartHandler
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.adapters.clock import epoch_seconds
from bot.config.settings import Settings
from bot.config.slack_tokens import SlackTokens
from bot.domain.errors import BadInput, reason_of
from bot.services.app import AppServices
from bot.services.probe import Probe
from bot.slack import app as slack_app
from bot.slack.client import Identity, client_session, web_client
from bot.slack.doors import BACKLOG, Doors, most_connections
from bot.slack.http import watched, web_app, without_traceback
from bot.slack.socket_mode import REFUSED, stay_connected
from handlers.replies import WorkPool
from handlers.slack_calls import SlackFailure

log = logging.getLogger("fireline.serving")
NOT_WATCHED = Probe()
SWITCH_INTERVAL_S = 0.0005
"""Work on other threads must not keep the event loop from sending an acknowledgement: the default is 5 ms."""
FINISH_S = 4.0
"""Hosts wait ten seconds and more between asking a process to stop and killing it."""


class Answers(AsyncListenerStartHandler):
    """What is being answered: Bolt lets listeners run on after the acknowledgement, and knows them no more."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[object]] = set()

    async def handle(self, request: AsyncBoltRequest, response: BoltResponse | None) -> None:  # noqa: ARG002 (Bolt's)
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def finish(self) -> None:
        """Let them end, for FINISH_S at most."""
        if self._running:
            log.info("finishing %d answers", len(self._running))
            await asyncio.wait(self._running, timeout=FINISH_S)


async def serve(
    settings: Settings,
    services: AppServices,
    duties: AbstractContextManager[None] | None = None,
    probe: Probe = NOT_WATCHED,
    callbacks: Sequence[web.RouteDef] = (),
    *,
    one_of_several: bool = False,
    anew: Event | None = None,
) -> None:
    """Serve until cancelled, then end what is being answered; `duties` are done meanwhile. `one_of_several`: whoever
    keeps such processes alive asks over HTTP, with Socket Mode too; so does whoever calls back. Where `anew` is set the
    connection of Socket Mode is made anew. Raises BadInput when a token is missing or refused.
    """
    tokens = SlackTokens.of(settings)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    async with client_session() as session:
        client = web_client(tokens.bot, settings.slack_api_url, session)
        identity = Identity(client)
        await _greet(identity)
        pool = WorkPool()
        app = slack_app.build(client, services, pool, identity)
        try:
            with duties or nullcontext():
                await _answer(app, tokens, settings, probe, callbacks, one_of_several=one_of_several, anew=anew)
        finally:
            pool.close()


async def _answer(
    app: AsyncApp,
    tokens: SlackTokens,
    settings: Settings,
    probe: Probe,
    callbacks: Sequence[web.RouteDef],
    *,
    one_of_several: bool,
    anew: Event | None,
) -> None:
    app.listener_runner.listener_start_handler = answers = Answers()
    try:
        if tokens.app:
            asked = one_of_several or callbacks
            site = watched_site(settings.port, settings.host, probe, callbacks) if asked else nullcontext()
            async with site:
                await stay_connected(app, tokens.app, anew)
            return
        async with http_site(app, tokens.secret, settings.port, settings.host, probe, callbacks) as served_on:
            log.info("waiting for Slack on %s port %d", settings.host, served_on)
            await asyncio.Event().wait()
    finally:
        await answers.finish()


async def _greet(identity: Identity) -> None:
    """Ask who we are: a wrong token is reported at once. A workspace that cannot be reached is tried again later."""
    try:
        await identity.learn()
    except SlackFailure as error:
        if error.reason in REFUSED:
            remedy = "Use the bot token (xoxb-…) of this app."
            raise BadInput(f"Slack refused SLACK_BOT_TOKEN ({error.reason}). {remedy}") from error
        log.warning("%s; it will be tried again", error)


@asynccontextmanager
async def http_site(
    app: AsyncApp,
    secret: str,
    port: int,
    host: str,
    probe: Probe = NOT_WATCHED,
    callbacks: Sequence[web.RouteDef] = (),
) -> AsyncIterator[int]:
    """The HTTP front on a port (0: any free one); yields the port. Raises BadInput for one that cannot be had."""
    doors = Doors(most_connections())
    site = web_app(app, secret, epoch_seconds, probe, doors.genuine, callbacks)
    async with _listening(site, doors, port, host) as served_on:
        yield served_on


@asynccontextmanager
async def watched_site(
    port: int, host: str, probe: Probe, callbacks: Sequence[web.RouteDef] = ()
) -> AsyncIterator[int]:
    """The same without Slack: /healthz, /metrics and `callbacks`."""
    async with _listening(watched(probe, callbacks), Doors(most_connections()), port, host) as served_on:
        log.info("serving /healthz and /metrics on %s port %d", host, served_on)
        yield served_on


@asynccontextmanager
async def _listening(site: web.Application, doors: Doors, port: int, host: str) -> AsyncIterator[int]:
    server_log = logging.getLogger("fireline.http.server")
    server_log.addFilter(without_traceback)
    # Nothing is unpacked: Slack packs nothing, and a signature is over the bytes that came.
    runner = web.AppRunner(site, access_log=None, auto_decompress=False, logger=server_log)
    await runner.setup()
    assert runner.server is not None
    try:
        opening = asyncio.get_running_loop().create_server(doors.before(runner.server), host, port, backlog=BACKLOG)
        try:
            listening = await opening
        except OSError as error:
            raise BadInput(
                f"Cannot listen on {host} port {port} ({reason_of(error)}). Set PORT or FIRELINE_HOST."
            ) from error
        try:
            yield listening.sockets[0].getsockname()[1]
        finally:
            listening.close()  # `async with` would wait, from Python 3.12 on, for connections that the runner closes
    finally:
        await runner.cleanup()
