"""Build the Bolt app: what runs before every handler, the handlers, one place where errors become answers."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiohttp import ClientError
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.listener.async_listener import AsyncListener
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

import handlers.asking
import handlers.declaring
import handlers.deploys
import handlers.hands
import handlers.health
import handlers.home
import handlers.impact
import handlers.incident
import handlers.oncall
import handlers.operations
import handlers.postmortem
import handlers.practice
import handlers.reports
import handlers.reprocessing
import handlers.reprocessing_control
import handlers.response
import handlers.response_forms
import handlers.runbook
import handlers.severity
import handlers.silence
import handlers.slo
import handlers.thread_reply
import handlers.timeline_note
import handlers.validate
import handlers.watch
from bot.adapters.clock import epoch_seconds, monotonic_seconds
from bot.domain.errors import FirelineError
from bot.ports.inbox import DELIVERY, AlreadyHandled
from bot.services.app import AppServices
from bot.services.echo import MARK
from bot.slack.allowance import Allowance, Taken
from bot.slack.client import Identity, own_response_url
from bot.slack.once import Once
from bot.slack.own_messages import is_from
from bot.views import choices, failure
from bot.views.blocks import Card
from handlers import payloads
from handlers.questions import Choose
from handlers.replies import Place, Reply, WorkPool
from handlers.slack_calls import Refused, SlackFailure, Unconfirmed

FEATURES = (
    handlers.thread_reply,
    handlers.asking,
    handlers.health,
    handlers.home,
    handlers.impact,
    handlers.incident,
    handlers.oncall,
    handlers.postmortem,
    handlers.practice,
    handlers.reports,
    handlers.response,
    handlers.response_forms,
    handlers.declaring,
    handlers.reprocessing,
    handlers.reprocessing_control,
    handlers.runbook,
    handlers.severity,
    handlers.silence,
    handlers.slo,
    handlers.watch,
    handlers.timeline_note,
    handlers.deploys,
    handlers.operations,
    handlers.hands,
    handlers.validate,
)
"""In the order in which they are asked, and in which the manifest names their commands."""
EVENT_KEPT_S = 25 * 3_600.0
"""Retries go on for a day where the app has asked for them: https://docs.slack.dev/apis/events-api#retries"""
MOST_EVENTS = 50_000
Payload = Mapping[str, Any]
JOINS = ("member_joined_channel", "member_left_channel")
"""Events of our own that are not about what we have said. A type may be anything: it is compared, not looked up."""
log = logging.getLogger("fireline.slack")
TOO_MANY = "That is too much at once: I leave alone what you ask for in the next seconds."
ACK_SEEN_S = 0.02
"""Bolt looks for an acknowledgement every 10 ms, and loses it when a listener and its error handler end before that."""


def build(
    client: AsyncWebClient,
    services: AppServices,
    pool: WorkPool,
    identity: Identity | None = None,
    allowance: Allowance | None = None,
) -> AsyncApp:
    """The app with all its handlers. Requests over HTTP are verified before they reach it (bot.slack.http)."""
    known = identity or Identity(client)

    async def authorize() -> AuthorizeResult:
        return await known.get()

    bolt = logging.getLogger("fireline.bolt")
    bolt.addFilter(_one_line_for_the_network)
    bolt.setLevel(logging.ERROR)  # Bolt warns that it leaves the client's token to `authorize`, as it is meant to.
    app = AsyncApp(
        name=bolt.name,  # With each request Bolt gives the logger of this name its own level.
        client=client,
        authorize=authorize,
        signing_secret="",
        request_verification_enabled=False,
        ignoring_self_events_enabled=False,  # of our own messages the echo is heard
        raise_error_for_unhandled_request=True,
        logger=bolt,
    )
    bolt.setLevel(logging.WARNING)  # On INFO, Bolt writes whole request bodies.
    _hear_ourselves(app, services, pool)
    _take_events_once(app, Once(EVENT_KEPT_S, MOST_EVENTS, epoch_seconds))
    _answer_through(app, pool)
    _allow_each(app, allowance or Allowance(monotonic_seconds))
    _change_once(app, services)
    for feature in FEATURES:
        feature.register(app, services)
    _answer_old_buttons(app)
    _tell_people(app)
    return app


def _one_line_for_the_network(record: logging.LogRecord) -> bool:
    """The SDK logs a traceback for a connection that fails: only a fault of code needs one."""
    if record.exc_info and isinstance(record.exc_info[1], ClientError | OSError):
        record.exc_info = None
    return True


def _hear_ourselves(app: AsyncApp, services: AppServices, pool: WorkPool) -> None:
    """What we do ourselves asks for nothing; one message tells us that Slack reaches us."""

    @app.use
    async def hear(body: Payload, context: AsyncBoltContext, next: Callable[[], Awaitable[Any]]) -> BoltResponse | None:
        event, known = body.get("event"), context.authorize_result
        ours = {"bot_id": context.bot_id, "user_id": context.bot_user_id}
        if known is None or not isinstance(event, dict) or event.get("type") in JOINS or not is_from(event, ours):
            await next()
            return None
        if event.get("type") == "message" and str(event.get("text")).startswith(MARK):
            await pool.run(services.hear, event["text"])
        return BoltResponse(status=200)


def _take_events_once(app: AsyncApp, seen: Once) -> None:
    """Slack sends an event again when our answer was late or lost, under a fresh signature or in a fresh envelope."""

    @app.use
    async def take_once(body: Payload, next: Callable[[], Awaitable[Any]]) -> BoltResponse | None:
        event_id = body.get("event_id")
        if isinstance(event_id, str) and not seen.first(event_id):
            log.info("event %s was already handled; ignored", event_id)
            return BoltResponse(status=200)
        await next()
        return None


def _change_once(app: AsyncApp, services: AppServices) -> None:
    """What has changed something is answered, and nothing else is done: on any replica, and after a restart. Two that
    come at the same time meet in the transaction of the change.
    """

    @app.use
    async def once(body: Payload, reply: Reply, next: Callable[[], Awaitable[Any]]) -> BoltResponse | None:
        delivery = payloads.delivery(body)
        DELIVERY.set(delivery)
        if delivery and payloads.may_change(body) and await reply.work(services.inbox.has, delivery):
            log.info("delivery %s has changed something already; ignored", delivery)
            return BoltResponse(status=200)
        await next()
        return None


def _answer_through(app: AsyncApp, pool: WorkPool) -> None:
    @app.use
    async def attach_reply(context: AsyncBoltContext, body: Payload, next: Callable[[], Awaitable[Any]]) -> None:
        url = own_response_url(context.response_url, app.client.base_url)
        context["reply"] = Reply(app.client, url, pool, Place.of(body), _workspace(context))
        await next()


def _workspace(context: AsyncBoltContext) -> str:
    known = context.authorize_result
    return known.url or "" if known is not None else ""


def _allow_each(app: AsyncApp, allowance: Allowance) -> None:
    """What one person asks for too fast is acknowledged, and answered once; type-ahead asks with every letter, and who
    talks to others asks for nothing.
    """
    saying: set[asyncio.Task[None]] = set()

    @app.use
    async def allow(body: Payload, reply: Reply, next: Callable[[], Awaitable[Any]]) -> BoltResponse | None:
        free = body.get("type") == "block_suggestion" or payloads.is_overheard(body)
        taken = Taken.SERVED if free or not reply.place.user else allowance.take(reply.place.user)
        if taken is Taken.SERVED:
            await next()
            return None
        if taken is Taken.TOO_MANY:
            log.warning("user %s sends too many requests; the rest is ignored", reply.place.user)
            saying.add(task := asyncio.create_task(_say_too_many(reply)))
            task.add_done_callback(saying.discard)
        return BoltResponse(status=200)


async def _say_too_many(reply: Reply) -> None:
    try:
        await reply.privately(failure.explained(TOO_MANY, retryable=True))
    except SlackFailure as lost:
        log.warning("could not tell the user: %s", lost)


def _answer_old_buttons(app: AsyncApp) -> None:
    """Messages outlive releases: a button that nothing handles any more gets an answer too."""
    ours = tuple(app._async_listeners)

    async def old(request: AsyncBoltRequest) -> bool:
        return not await _is_at_work(ours, request)

    @app.action(re.compile(".*"), matchers=[old])
    async def outdated(ack: AsyncAck, reply: Reply) -> None:
        await ack()
        await reply.privately(failure.outdated())


async def _is_at_work(listeners: Sequence[AsyncListener], request: AsyncBoltRequest) -> bool:
    """Has one of these taken it? Bolt goes on to the next when one has not acknowledged within three seconds, and that
    one works on.
    """
    answered = BoltResponse(status=200)
    for each in listeners:
        if await each.async_matches(req=request, resp=answered):
            return True
    return False


def _tell_people(app: AsyncApp) -> None:
    """The edge: what nothing has taken is acknowledged; what is taken and late is left to whoever is at it."""
    listeners = tuple(app._async_listeners)

    @app.error
    async def tell(
        error: Exception,
        context: AsyncBoltContext,
        body: Payload,
        request: AsyncBoltRequest,
        response: BoltResponse | None,
    ) -> BoltResponse | None:
        if not isinstance(error, BoltUnhandledRequestError):
            return await _tell(error, context, body, response)
        if await _is_at_work(listeners, request):
            log.warning("a %s took longer than three seconds; it goes on", body.get("type", "command"))
            return BoltResponse(status=200)
        return _acknowledged(body)


async def _tell(
    error: Exception, context: AsyncBoltContext, body: Payload, response: BoltResponse | None
) -> BoltResponse | None:
    """The person who asked gets errors that they can act on; the rest is logged, and an apology sent. `response`: None
    once it is acknowledged. Bolt takes no other then."""
    if isinstance(error, AlreadyHandled):
        log.info("%s", error)
        return None if response is None else BoltResponse(status=200)
    await asyncio.sleep(ACK_SEEN_S)
    card = _card_of(error, body)
    reply = context.get("reply")
    if isinstance(reply, Reply):
        try:
            await reply.apologise(card)
        except SlackFailure as lost:
            log.warning("could not tell the user: %s", lost)
    return None


def _card_of(error: Exception, body: Payload) -> Card:
    if isinstance(error, Choose):
        return choices.card(str(error), error.requests)
    if isinstance(error, FirelineError):
        return failure.explained(str(error), retryable=error.retryable)
    if isinstance(error, Refused | Unconfirmed):
        log.warning("%s", error)
        words = failure.refused if isinstance(error, Refused) else failure.unconfirmed
        return words(error.method, error.reason)
    log.error("unhandled error in a listener (payload type %s)", body.get("type", "command"), exc_info=error)
    return failure.unexpected()


def _acknowledged(body: Payload) -> BoltResponse:
    """Nothing of ours. Slack sends again what is not acknowledged, and a person would be shown an error."""
    command, event = body.get("command"), body.get("event")
    kind = event.get("type") if isinstance(event, dict) else body.get("type")
    log.info("no handler for %s; acknowledged", command or kind or "a request without a type")
    if isinstance(command, str):
        answer = failure.unknown_command(command).payload()
        return BoltResponse(status=200, body={"response_type": "ephemeral", **answer})
    return BoltResponse(status=200)
