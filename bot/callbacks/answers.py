"""What every way in beside Slack shares: one header, a body of its size, work off the event loop."""

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

from aiohttp import web

from bot.domain.errors import StateUnavailable
from bot.ports.inbox import DELIVERY

T = TypeVar("T")
log = logging.getLogger("fireline.callbacks")


def refused(vendor: str, why: str) -> web.Response:
    """And the connection is closed: whoever cannot sign has no use for it."""
    log.warning("refused a request that should be %s's: %s", vendor, why)
    answer = web.json_response({"error": why}, status=401)
    answer.force_close()
    return answer


def only_header(request: web.Request, name: str) -> str:
    """The value of a header that is there once; else "": a second one could be the one that somebody else sees."""
    found = request.headers.getall(name, [])
    return found[0] if len(found) == 1 else ""


async def read(request: web.Request, most: int) -> bytes:
    """The body. Raises HTTPRequestEntityTooLarge and HTTPBadRequest."""
    try:
        body = bytearray(await request.content.read(most + 1))
        while len(body) <= most and not request.content.at_eof():
            body += await request.content.read(most + 1 - len(body))
    except (web.RequestPayloadError, ConnectionError):
        raise web.HTTPBadRequest(text="unreadable body") from None
    if len(body) > most:
        raise web.HTTPRequestEntityTooLarge(most, len(body))
    return bytes(body)


async def worked(work: Callable[..., T], *args: object, delivery: str = "") -> T:
    """Raises HTTPServiceUnavailable where the state cannot be reached: the vendor asks again; AlreadyHandled where a
    delivery of that name has changed the same before, on any replica.
    """
    DELIVERY.set(delivery)
    try:
        return await asyncio.to_thread(work, *args)
    except StateUnavailable as error:
        log.warning("what was sent could not be stored: %s", error)
        raise web.HTTPServiceUnavailable(text="try again", headers={"Retry-After": "5"}) from None
