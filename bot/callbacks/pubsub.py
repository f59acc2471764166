"""Pub/Sub pushes what the pipeline tells of its runs. https://docs.cloud.google.com/pubsub/docs/push"""

import binascii
import logging
from base64 import b64decode
from hashlib import sha256
from typing import NamedTuple

from aiohttp import web

from bot.callbacks.answers import only_header, read, refused, worked
from bot.callbacks.runs import BEARER, LARGEST_BODY, answered
from bot.domain.pushed.reading import Fault, Refused, shown
from bot.ports.identity_tokens import IdentityTokens, KeysUnknown, WrongToken
from bot.services.intake import Intake, Taken, parsed

PATH = "/v1/pubsub"
LONGEST_ID = 200
log = logging.getLogger("fireline.intake")


class _Message(NamedTuple):
    id: str
    data: bytes


class PubSubDoor:
    """A message is acknowledged (2xx) once it is stored: what came before changes nothing."""

    def __init__(self, tokens: IdentityTokens, intake: Intake) -> None:
        self._tokens, self._intake = tokens, intake

    async def push(self, request: web.Request) -> web.Response:
        header = only_header(request, "Authorization")
        try:
            await worked(self._tokens.check, header.removeprefix(BEARER) if header.startswith(BEARER) else "")
        except WrongToken as error:
            return refused("Pub/Sub", f"a wrong token ({error}): check FIRELINE_PUBSUB_AUDIENCE and _ACCOUNT")
        except KeysUnknown as error:
            log.warning("%s Nothing of Pub/Sub is taken until they can be; it sends again", error)
            return web.json_response({"error": str(error)}, status=503, headers={"Retry-After": "10"})
        return await answered(self._taken, await read(request, LARGEST_BODY), acknowledged=True)

    def _taken(self, body: bytes) -> Taken:
        """What cannot be understood is kept and acknowledged: sent again, it would be no better."""
        try:
            message = _message(body)
        except Refused as error:
            return self._intake.set_aside(body, f"pubsub:{sha256(body).hexdigest()}", error)
        return self._intake.message(message.data, f"pubsub:{message.id}")


def _message(body: bytes) -> _Message:
    """Raises Refused."""
    envelope = parsed(body)
    message = envelope.get("message") if isinstance(envelope, dict) else None
    if not isinstance(message, dict):
        raise Refused([Fault("message", "(missing)", "is needed: send what Pub/Sub pushes, wrapped")])
    name, data = message.get("messageId"), message.get("data") or ""
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_ID:
        raise Refused([Fault("message.messageId", shown(name), "is no id")])
    try:
        return _Message(f"{envelope.get('subscription', '')}:{name}"[: 3 * LONGEST_ID], b64decode(data, validate=True))
    except (TypeError, ValueError, binascii.Error):
        raise Refused([Fault("message.data", shown(data)[:40], "is no base64")]) from None
