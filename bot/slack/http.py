"""The HTTP way in: size, age, signature and repetition are checked on the raw bytes before anything is parsed."""

import asyncio
import hmac
import logging
import re
import traceback
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.ports.metrics import METRICS_TYPE
from bot.services.probe import Probe
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


def web_app(
    app: AsyncApp,
    signing_secret: str,
    now: Callable[[], float],
    probe: Probe,
    genuine: Callable[[asyncio.BaseTransport | None], None] = lambda _transport: None,
    callbacks: Iterable[web.RouteDef] = (),
) -> web.Application:
    """Serves POST /slack/events for Slack, GET /healthz for whoever keeps the process alive, GET /metrics for whoever
    counts, and `callbacks`. `genuine` hears of the connection of each request that Slack signed.
    """
    signatures = Once(REPLAY_S, MOST_REPLAYS, now)

    async def events(request: web.Request) -> web.Response:
        if not _is_signed(request, now()):
            return _refused()
        try:
            body = await request.read()
        except (web.RequestPayloadError, ConnectionError) as error:
            log.warning("the body of a request could not be read: %s", type(error.__cause__ or error).__name__)
            return web.json_response({"error": "unreadable body"}, status=400)
        if not is_genuine(signing_secret, request.headers, body, now()):
            return _refused()
        genuine(request.transport)
        signature = request.headers[SIGNATURE_HEADER]
        if not signatures.first(signature):
            log.warning("a signed request was already handled; ignored")
            return web.Response()
        answer = await _answered(app, request, body)
        if answer.status >= 500:
            signatures.forget(signature)
        return answer

    site = watched(probe, callbacks)
    site.router.add_post(PATH, events)
    return site


def watched(probe: Probe, callbacks: Iterable[web.RouteDef] = ()) -> web.Application:
    """Serves GET /healthz, GET /metrics, and `callbacks`."""

    async def healthz(_: web.Request) -> web.Response:
        found = list(probe.wrong())
        said = {"ok": not found, "wrong": found, "warnings": list(probe.warnings()), "sources": list(probe.sources())}
        return web.json_response(said, status=503 if found else 200)

    site = web.Application(client_max_size=LARGEST_BODY)
    site.add_routes(callbacks)
    site.router.add_get("/healthz", healthz)
    site.router.add_get("/metrics", metrics_of(probe))
    return site


def metrics_of(probe: Probe) -> Callable[[web.Request], Awaitable[web.Response]]:
    """https://prometheus.io/docs/instrumenting/exposition_formats/"""

    async def metrics(_: web.Request) -> web.Response:
        text = await asyncio.to_thread(probe.metrics)  # the first time it loads the vendor's package
        return web.Response(body=text, headers={"Content-Type": METRICS_TYPE})

    return metrics


def without_traceback(record: logging.LogRecord) -> bool:
    """A filter: what aiohttp could not read is named by its kind and place, without the bytes that strangers sent."""
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
        record.msg, record.args = "an HTTP request failed: %s%s", (type(error).__name__, place)
        record.exc_info = None
    return True


def _refused() -> web.Response:
    """And the connection is closed: whoever cannot sign has no use for it."""
    log.warning("refused a request without a signature of Slack: check SLACK_SIGNING_SECRET if Slack sent it")
    answer = web.json_response({"error": "invalid signature or timestamp"}, status=401)
    answer.force_close()
    return answer


async def _answered(app: AsyncApp, request: web.Request, body: bytes) -> web.Response:
    try:
        bolt_request = AsyncBoltRequest(body=body.decode(), query=request.query_string, headers=dict(request.headers))
        if not payloads.is_shaped(bolt_request.body):
            raise ValueError("an action without an id, an event or a view that is none")
        return await to_aiohttp_response(await app.async_dispatch(bolt_request))
    except Exception as error:  # noqa: BLE001 (Bolt fails in any way on a payload of another shape)
        log.warning("a signed request could not be parsed: %s", type(error).__name__)
        return web.json_response({"error": "malformed body"}, status=400)


def _is_signed(request: web.Request, now: float) -> bool:
    """What the headers tell before a body is read. A second value of one could be the one that somebody else sees."""
    once = all(len(request.headers.getall(name, [])) == 1 for name in (TIMESTAMP_HEADER, SIGNATURE_HEADER))
    return once and _in_time(request.headers, now) is not None


def _in_time(headers: Mapping[str, str], now: float) -> str | None:
    """The timestamp as it is written, if both headers have their shape and it lies within five minutes of `now`."""
    timestamp, signature = headers.get(TIMESTAMP_HEADER, ""), headers.get(SIGNATURE_HEADER, "")
    if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
        return None
    skew = now - int(timestamp)
    if abs(skew) > MOST_SKEW_S:
        log.warning("refused a request signed more than five minutes ago, or from the future: check the clock")
        return None
    return timestamp


def is_genuine(secrets: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether Slack signed these bytes within the last five minutes. `secrets`: one, or several with commas between
    them, while the secret is being changed.
    """
    timestamp = _in_time(headers, now)
    if timestamp is None:
        return False
    signed = b"v0:" + timestamp.encode() + b":" + body
    expected = [hmac.digest(each.encode(), signed, "sha256").hex() for each in secrets.split(",") if each]
    return any(hmac.compare_digest(f"v0={each}", headers[SIGNATURE_HEADER]) for each in expected)
