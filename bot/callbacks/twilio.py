"""Twilio says which digit was pressed in a call: https://www.twilio.com/docs/voice/twiml/gather."""

import hmac
import logging
import re
from base64 import b64encode
from hashlib import sha1
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from aiohttp import web

from bot.callbacks.answers import only_header, read, refused, worked
from bot.domain.errors import BadInput
from bot.ports.inbox import AlreadyHandled
from bot.services.acknowledging import Acknowledging

HEADER = "X-Twilio-Signature"
"""https://www.twilio.com/docs/usage/security#validating-requests"""
LARGEST_BODY, MOST_FIELDS = 16 * 1024, 200
TAKES_IT = "1"
MOST_SAID = 3
_SIGNATURE = re.compile(r"[A-Za-z0-9+/]{27}=")
_PAGE = re.compile(r"[\w-]{1,64}", re.ASCII)
log = logging.getLogger("fireline.callbacks")


class TwilioDigits:
    """`public_url` is how Twilio reaches us: its signature is over the address that it asked."""

    def __init__(self, public_url: str, account: str, token: str, acknowledging: Acknowledging) -> None:
        self._url, self._account, self._token = public_url, account, token.encode()
        self._acknowledging = acknowledging

    async def answer(self, request: web.Request) -> web.Response:
        given = only_header(request, HEADER)
        if not _SIGNATURE.fullmatch(given):
            return refused("Twilio", "no signature")
        fields = _fields(await read(request, LARGEST_BODY))
        if fields is None or not hmac.compare_digest(given, self._signature(request.raw_path, fields)):
            return refused("Twilio", "a wrong signature: check FIRELINE_PUBLIC_URL and the token of the account")
        said = dict(fields)
        if said.get("AccountSid") != self._account:
            return refused("Twilio", "another account")
        if said.get("Digits") != TAKES_IT:
            return _spoken("Not acknowledged.")
        return _spoken(await self._taken(request.query.get("page", ""), given))

    async def _taken(self, page_id: str, signature: str) -> str:
        """What the person at the phone hears."""
        if not _PAGE.fullmatch(page_id):
            return "Not acknowledged: this page is not known."
        try:
            found = await worked(self._acknowledging.by_call, page_id, delivery=f"twilio:{signature}")
        except AlreadyHandled:
            return "Already acknowledged."
        except web.HTTPServiceUnavailable:
            return "Not acknowledged: Fireline cannot store it just now. Acknowledge in Slack."
        except BadInput as error:
            log.info("a digit on the phone has no effect: %s", error)
            return f"Not acknowledged. {error}"
        labels = " and ".join(each.label for each in found[:MOST_SAID])
        more = f" and {len(found) - MOST_SAID} more" if len(found) > MOST_SAID else ""
        return f"{labels}{more} {'is' if len(found) == 1 else 'are'} acknowledged. Goodbye."

    def _signature(self, path: str, fields: list[tuple[str, str]]) -> str:
        signed = f"{self._url}{path}" + "".join(name + value for name, value in sorted(set(fields)))
        return b64encode(hmac.new(self._token, signed.encode(errors="surrogateescape"), sha1).digest()).decode()


def _fields(body: bytes) -> list[tuple[str, str]] | None:
    """None: it is no form."""
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        return None


def _spoken(text: str) -> web.Response:
    said = f'<?xml version="1.0" encoding="UTF-8"?><Response><Say>{escape(text)}</Say></Response>'
    return web.Response(text=said, content_type="text/xml")
