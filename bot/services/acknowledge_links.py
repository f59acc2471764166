"""A link in a page that acknowledges its incident: whoever has the page may, for a day, without Slack."""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from bot.domain.delivery import Act, Page
from bot.domain.errors import BadInput

PATH = "/ack/"
GOOD_FOR = timedelta(hours=24)
SEAL = 16
"""Bytes of the HMAC that a link carries: https://www.rfc-editor.org/rfc/rfc2104#section-5"""
CARRY_LINKS = frozenset({"mail", "sms", "webhook", "pagerduty"})
"""Channels of pages in which a link can be opened; Slack has its buttons."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{24,500}")


class Forged(BadInput):
    """We have not made that link."""


class Expired(BadInput):
    """It is too old."""


@dataclass(frozen=True)
class Link:
    """`incident` is its number; the link is good until `until` (aware UTC), and for that episode alone."""

    incident: int
    episode: int
    person: str
    until: datetime


class AcknowledgeLinks:
    """`secret` "": pages carry no links, and none is taken."""

    def __init__(self, public_url: str, secret: str) -> None:
        self._url, self._secret = public_url, secret.encode()

    def of(self, page: Page) -> str:
        """The address that acknowledges the page's incident; "" for a page that carries none."""
        number = page.label.removeprefix("INC-")
        if not (self._url and self._secret and page.channel in CARRY_LINKS and number.isdigit()):
            return ""
        if page.act is not Act.TRIGGER:
            return ""
        link = Link(int(number), int(page.dedup_key.rpartition(":")[2]), page.person, page.created_at + GOOD_FOR)
        return f"{self._url}{PATH}{self._token(link)}"

    def read(self, token: str, now: datetime) -> Link:
        """Raises Forged for a token that we have not made, Expired for an old one."""
        if not self._secret or not _TOKEN.fullmatch(token):
            raise Forged("This link is not one of Fireline's.")
        try:
            sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:  # a mail program has cut it off
            raise Forged("This link is not one of Fireline's.") from None
        seal, said = sealed[:SEAL], sealed[SEAL:]
        if not hmac.compare_digest(seal, self._seal(said)):
            raise Forged("This link is not one of Fireline's.")
        incident, episode, until, person = said.decode().split(":", 3)
        link = Link(int(incident), int(episode), person, datetime.fromtimestamp(int(until), UTC))
        if now > link.until:
            raise Expired(f"This link was good until {link.until:%Y-%m-%d %H:%M} UTC.")
        return link

    def _token(self, link: Link) -> str:
        said = f"{link.incident}:{link.episode}:{int(link.until.timestamp())}:{link.person}".encode()
        return urlsafe_b64encode(self._seal(said) + said).decode().rstrip("=")

    def _seal(self, said: bytes) -> bytes:
        return hmac.new(self._secret, b"acknowledge:" + said, sha256).digest()[:SEAL]
