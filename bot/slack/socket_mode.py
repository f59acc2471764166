"""The Socket Mode way in: connect, renew the connection before the old one ends, say when there is none."""

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import suppress
from threading import Event

from aiohttp import ClientError
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.adapters.clock import epoch_seconds
from bot.domain.errors import BadInput
from bot.slack.once import Once
from bot.slack.outcomes import NOT_SLACK
from handlers import payloads
from handlers.slack_calls import SlackFailure, Unconfirmed, asked

log = logging.getLogger("fireline.socket")
REFUSED = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "not_allowed_token_type"})
"""Trying again cannot help: https://docs.slack.dev/reference/methods/apps.connections.open#errors"""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
STEADY_S = 60.0
"""A connection that did not last so long is not followed by the next one at once, but after a growing pause."""
CHECK_S = 5.0
PING_S = 10.0
CONNECT_S = 10.0
RETIRE_S = 15.0
"""Slack closes a connection about ten seconds after it has asked for another."""
CLOSE_S = 2.0
"""A connection is closed from both ends; Slack's may be gone, and whoever stops the app waits."""
ENVELOPE_KEPT_S = 3_600.0
MOST_ENVELOPES = 50_000


class Connection(SocketModeClient):
    """One connection, once. Where the SDK would close it and then open another, it says so and goes on listening."""

    def __init__(self, app: AsyncApp, app_token: str, envelopes: Once) -> None:
        super().__init__(app_token, logger=app.logger, web_client=app.client, ping_interval=PING_S)
        self.ending = asyncio.Event()
        self._app, self._envelopes = app, envelopes
        self.socket_mode_request_listeners.append(self._answer)

    async def connect_to_new_endpoint(self, force: bool = False) -> None:  # noqa: ARG002 (the SDK's)
        """What the SDK does at Slack's `disconnect`, and when a connection was closed or is silent."""
        self.ending.set()

    async def until_it_ends(self, anew: Event) -> None:
        """Until Slack or `anew` asks for another connection, or this one does not work any more."""
        while not (self.ending.is_set() or anew.is_set()) and await self.is_connected():
            await _at_most(CHECK_S, self.ending.wait())

    async def retire(self) -> None:
        """Answer what still comes in until Slack closes it, then let it go."""
        await _at_most(RETIRE_S, self._until_closed())
        await self.let_go()

    async def let_go(self) -> None:
        """Close it, with Slack's end or without."""
        await _at_most(CLOSE_S, self.close())  # type: ignore[no-untyped-call]
        await self.aiohttp_client_session.close()

    async def _until_closed(self) -> None:
        while self.current_session is not None and not self.current_session.closed:
            await asyncio.sleep(CHECK_S / 10)

    async def _answer(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        if not self._envelopes.first(request.envelope_id):
            await self.send_socket_mode_response({"envelope_id": request.envelope_id})
            return
        began = epoch_seconds()
        try:
            answer = await _answered(self._app, request)
            await send_async_response(client, request, answer, began)
        except ConnectionError:
            log.warning("a connection to Slack ended before an acknowledgement could be sent")


async def _answered(app: AsyncApp, request: SocketModeRequest) -> BoltResponse:
    """What Bolt answers; what it cannot read is acknowledged, or Slack would send it again."""
    try:
        if not payloads.is_shaped(request.payload):
            raise ValueError("an action without an id, an event or a view that is none")
        answer: BoltResponse = await run_async_bolt_app(app, request)
    except Exception as error:  # noqa: BLE001 (Bolt fails in any way on a payload of another shape)
        log.warning("a payload (%s) could not be parsed: %r", request.type, error)
        return BoltResponse(status=200)
    return answer


async def _at_most(seconds: float, work: Awaitable[object]) -> None:
    # Not asyncio.wait_for: in Python 3.11 it loses a cancellation that comes just when the work is done, and whoever
    # cancelled waits for ever.
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await work


async def stay_connected(app: AsyncApp, app_token: str, anew: Event | None = None) -> None:
    """Hold a connection, and after it the next, until cancelled; `anew` set by any thread asks for the next one. Raises
    BadInput for a refused token.
    """
    anew = anew or Event()
    envelopes = Once(ENVELOPE_KEPT_S, MOST_ENVELOPES, epoch_seconds)
    held: list[Connection] = []
    retiring: set[asyncio.Task[None]] = set()
    brief = 0
    try:
        while True:
            held.append(await _connect(app, app_token, envelopes))
            began = epoch_seconds()
            await held[-1].until_it_ends(anew)
            anew.clear()
            if not await held[-1].is_connected():
                log.warning("the connection to Slack is gone; reconnecting")
            retiring.add(asyncio.create_task(held[-1].retire()))
            brief = brief + 1 if epoch_seconds() - began < STEADY_S else 0
            await asyncio.sleep(_pause_after(brief))
            held = [one for one in held if not one.closed]
            retiring = {task for task in retiring if not task.done()}
    finally:
        for task in retiring:
            task.cancel()
        await asyncio.gather(*(one.let_go() for one in held), return_exceptions=True)


def _pause_after(brief: int) -> float:
    """Seconds to wait when so many connections in a row have ended early: none after the first."""
    return 0 if brief < 2 else min(FIRST_PAUSE_S * 2 ** min(brief - 2, 10), LONGEST_PAUSE_S)


async def _connect(app: AsyncApp, app_token: str, envelopes: Once) -> Connection:
    wait = FIRST_PAUSE_S
    while True:
        try:
            return await _opened(app, app_token, envelopes)
        except SlackFailure as error:
            if error.reason in REFUSED:
                remedy = "Use the app-level token (xapp-…) with connections:write."
                raise BadInput(f"Slack refused SLACK_APP_TOKEN ({error.reason}). {remedy}") from error
            log.warning("%s; trying again in %.0f s", error, wait)
        except (ClientError, OSError) as error:
            log.warning("Slack cannot be reached (%r); trying again in %.0f s", error, wait)
        await asyncio.sleep(wait)
        wait = min(2 * wait, LONGEST_PAUSE_S)


async def _opened(app: AsyncApp, app_token: str, envelopes: Once) -> Connection:
    # Asked for here: the SDK's own connect() asks for ever with a token that is refused, and fails on a 503.
    answer = await asked("apps.connections.open", app.client.apps_connections_open(app_token=app_token))
    if not isinstance(answer.get("url"), str):
        raise Unconfirmed("apps.connections.open", NOT_SLACK)
    connection = Connection(app, app_token, envelopes)
    connection.wss_uri = str(answer["url"])
    try:
        async with asyncio.timeout(CONNECT_S):
            await connection.connect()  # type: ignore[no-untyped-call]
    except BaseException:
        await connection.close()  # type: ignore[no-untyped-call]
        raise
    log.info("connected to Slack")
    return connection
