"""The HTTP way in: size, age, signature and repetition are checked on the raw bytes before anything is parsed."""

import hashlib
import hmac
import logging
import re
from collections.abc import Callable, Mapping

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.slack.once import Once
from handlers import payloads

log = logging.getLogger("fireline.http")
PATH = "/slack/events"
LARGEST_BODY = 256 * 1024
MOST_SKEW_S = 300
"""https://docs.slack.dev/authentication/verifying-requests-from-slack"""
REPLAY_S = 2 * MOST_SKEW_S
"""A signature is good from five minutes before its time to five minutes after it."""
MOST_REPLAYS = 50_000
TIMESTAMP_HEADER, SIGNATURE_HEADER = "X-Slack-Request-Timestamp", "X-Slack-Signature"
_TIMESTAMP = re.compile(r"[0-9]{1,10}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


def web_app(app: AsyncApp, signing_secret: str, now: Callable[[], float]) -> web.Application:
    """Serves POST /slack/events for Slack and GET /healthz for whoever keeps the process alive."""

    signatures = Once(REPLAY_S, MOST_REPLAYS, now)

    async def events(request: web.Request) -> web.Response:
        try:
            body = await request.read()
        except web.RequestPayloadError as error:
            log.warning("a request whose body cannot be read: %r", error.__cause__ or error)
            return web.json_response({"error": "unreadable body"}, status=400)
        if not _signed_once(request) or not is_genuine(signing_secret, request.headers, body, now()):
            return web.json_response({"error": "invalid signature or timestamp"}, status=401)
        signature = request.headers[SIGNATURE_HEADER]
        if not signatures.first(signature):
            log.warning("a signed request came again, byte for byte; nothing was done")
            return web.Response()
        answer = await _answered(app, request, body)
        if answer.status >= 500:
            signatures.forget(signature)
        return answer

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    site = web.Application(client_max_size=LARGEST_BODY)
    site.router.add_post(PATH, events)
    site.router.add_get("/healthz", healthz)
    return site


async def _answered(app: AsyncApp, request: web.Request, body: bytes) -> web.Response:
    try:
        bolt_request = AsyncBoltRequest(body=body.decode(), query=request.query_string, headers=dict(request.headers))
        if not payloads.is_shaped(bolt_request.body):
            raise ValueError("an action without an id, an event or a view that is none")
        return await to_aiohttp_response(await app.async_dispatch(bolt_request))
    except Exception as error:  # noqa: BLE001 (Bolt fails in any way on a payload of another shape)
        log.warning("a signed request that makes no sense: %r", error)
        return web.json_response({"error": "malformed body"}, status=400)


def _signed_once(request: web.Request) -> bool:
    """A second value of a header could be the one that somebody else looks at."""
    return all(len(request.headers.getall(name, [])) == 1 for name in (TIMESTAMP_HEADER, SIGNATURE_HEADER))


def is_genuine(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether Slack signed these bytes within the last five minutes."""
    timestamp, signature = headers.get(TIMESTAMP_HEADER, ""), headers.get(SIGNATURE_HEADER, "")
    if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
        return False
    if abs(now - int(timestamp)) > MOST_SKEW_S:
        return False
    expected = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={expected}", signature)
