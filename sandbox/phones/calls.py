"""A call: it rings, is answered or rings out, speaks, and tells the digit that is pressed, signed as Twilio signs."""

import asyncio
import hmac
from base64 import b64encode
from hashlib import sha1
from urllib.parse import urlencode

import aiohttp

from sandbox.phones import twiml
from sandbox.phones.book import Book, Entry
from sandbox.slack.clock import Clock

RINGS_S = 60.0
"""Of the time that people see: Twilio's `Timeout`, https://www.twilio.com/docs/voice/api/call-resource."""
RINGS_AT_LEAST_S = 15.0
"""Of the machine's time: a phone that nobody could reach in time is no phone."""
TALKS_S = 120.0
"""Of the machine's time: the page twice, and the wait for a digit."""
ANSWERS_WITHIN_S = 15.0
"""https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides"""
APOLOGY = "We are sorry, an application error has occurred. Goodbye."
RINGING, TALKING, COMPLETED, NO_ANSWER, BUSY = "ringing", "in-progress", "completed", "no-answer", "busy"
"""https://www.twilio.com/docs/voice/api/call-resource#call-status-values"""


class Refused(Exception):
    """That cannot be done with a phone now."""


class Calls:
    def __init__(self, book: Book, clock: Clock, account: str, token: str) -> None:
        self._book, self._clock = book, clock
        self._account, self._token = account, token
        self._running: set[asyncio.Task[None]] = set()

    def hang_up_all(self) -> None:
        """What rang when the process before this one ended rings no more."""
        for each in self._book.latest():
            if each.kind == "call" and each.state in (RINGING, TALKING):
                self._book.change(each, state=NO_ANSWER if each.state == RINGING else COMPLETED)

    def ring(self, entry: Entry) -> None:
        """Until it is answered, or nobody does."""
        pace = max(self._clock.pace(), 1.0)
        self._later(max(RINGS_S / pace, RINGS_AT_LEAST_S), entry.id, RINGING, NO_ANSWER)

    def answer(self, entry: Entry) -> None:
        self._expect(entry, RINGING)
        self._book.change(entry, state=TALKING)
        self._later(TALKS_S, entry.id, TALKING, COMPLETED)

    def decline(self, entry: Entry) -> None:
        self._expect(entry, RINGING)
        self._book.change(entry, state=BUSY)

    def hang_up(self, entry: Entry) -> None:
        self._expect(entry, TALKING)
        self._book.change(entry, state=COMPLETED)

    async def press(self, entry: Entry, digit: str) -> None:
        """What is said to it is heard, and the call is over."""
        self._expect(entry, TALKING)
        if len(digit) != 1 or digit not in "0123456789*#":
            raise Refused(f"{digit!r} is no key of a phone.")
        if not entry.callback:
            raise Refused("The call asks for no digit.")
        pressed = self._book.change(entry, state=COMPLETED, heard=(*entry.heard, f"Pressed {digit}."))
        said = await self._told(entry, digit)
        self._book.change(pressed, heard=(*pressed.heard, said))

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _expect(self, entry: Entry, state: str) -> None:
        if entry.kind != "call" or entry.state != state:
            raise Refused(f"The call is {entry.state}." if entry.kind == "call" else "This is no call.")

    def _later(self, seconds: float, entry_id: str, before: str, after: str) -> None:
        async def end() -> None:
            await self._clock.sleep(seconds)
            entry = self._book.get(entry_id)
            if entry is not None and entry.state == before:
                self._book.change(entry, state=after)

        task = asyncio.ensure_future(end())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _told(self, entry: Entry, digit: str) -> str:
        """What the customer's address answers, as it is heard."""
        fields = {
            "AccountSid": self._account,
            "ApiVersion": "2010-04-01",
            "CallSid": entry.id,
            "CallStatus": TALKING,
            "Digits": digit,
            "Direction": "outbound-api",
            "From": entry.sender,
            "To": entry.number,
        }
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": signature(self._token, entry.callback, fields),
        }
        limit = aiohttp.ClientTimeout(total=ANSWERS_WITHIN_S)
        try:
            async with (
                aiohttp.ClientSession(timeout=limit) as session,
                session.post(entry.callback, data=urlencode(fields).encode(), headers=headers) as answer,
            ):
                return twiml.parse(await answer.text()).says if answer.ok else APOLOGY
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return APOLOGY


def signature(token: str, url: str, fields: dict[str, str]) -> str:
    """https://www.twilio.com/docs/usage/security#validating-requests"""
    signed = url + "".join(name + value for name, value in sorted(fields.items()))
    return b64encode(hmac.new(token.encode(), signed.encode(), sha1).digest()).decode()
