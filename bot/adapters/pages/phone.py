"""Phone calls and text messages through Twilio. Placed is not reached: a digit acknowledges, or a person elsewhere."""

from collections import deque
from urllib.parse import urlencode
from xml.sax.saxutils import escape, quoteattr

from bot.adapters.pages.texts import both_ends, mark
from bot.adapters.pages.twilio import Account, told
from bot.domain.delivery import Kind, Outcome, Page
from bot.domain.oncall.schedule import Person
from bot.views.text import one_line

DIGITS = "/twilio/digits"
"""Answered by bot.callbacks.twilio."""
SPOKEN = 600
"""Characters: about 40 seconds. A Twiml parameter has at most 4,000, and an entity for each may stand in it."""
WRITTEN = 450
"""Characters: three parts of a message."""
REMEMBERED = 500


class Voice:
    """A call that says the page twice. Twilio tells the digit to `public_url`; without it none is asked for."""

    name, provider, wakes = "voice", "twilio", True

    def __init__(self, account: Account, public_url: str = "") -> None:
        self._account, self._public_url = account, public_url
        self._placed: deque[tuple[str, str]] = deque(maxlen=REMEMBERED)

    def target(self, person: Person) -> str | None:
        return person.phone or None

    def send(self, page: Page) -> Outcome:
        outcome = self._account.create("Calls", page, Twiml=self._script(page))
        if outcome.kind is Kind.YES:
            self._placed.append((outcome.ref, page.id))
        return outcome

    def find(self, page: Page) -> Outcome | None:
        """A call carries no name: one of ours to that number since the first try is this page's, unless it is known
        to be another's.
        """
        calls = self._account.made_since_first_try("Calls", page)
        if not isinstance(calls, list):
            return calls
        others = page.others.union(sid for sid, placed_for in self._placed if placed_for != page.id)
        own = [
            told(call)
            for call in calls
            if call.get("direction") == "outbound-api"
            and call.get("from") == self._account.sender
            and call.get("sid") not in others
        ]
        arrived = [outcome for outcome in own if outcome.kind is Kind.YES]
        return next(iter(arrived or own), Outcome(Kind.NO, "no call since the first try"))

    def _script(self, page: Page) -> str:
        """TwiML: https://www.twilio.com/docs/voice/twiml/gather"""
        text = escape(_spoken(page.text))
        if not self._public_url:
            return f'<Response><Say loop="2">{text}.</Say></Response>'
        action = quoteattr(f"{self._public_url}{DIGITS}?{urlencode({'page': page.id})}")
        say = f'<Say loop="2">{text}. Press 1 to acknowledge.</Say>'
        return f'<Response><Gather numDigits="1" timeout="10" action={action}>{say}</Gather></Response>'


def _spoken(text: str) -> str:
    """A sentence a line, without the point of the last."""
    lines = (one_line(line).strip().removesuffix(".") for line in both_ends(text, SPOKEN).splitlines())
    return ". ".join(filter(None, lines))


class Sms:
    """A text message; its last word is the page's mark."""

    name, provider, wakes = "sms", "twilio", True

    def __init__(self, account: Account) -> None:
        self._account = account

    def target(self, person: Person) -> str | None:
        return person.phone or None

    def send(self, page: Page) -> Outcome:
        word = mark(page)
        return self._account.create("Messages", page, Body=f"{both_ends(page.text, WRITTEN - len(word) - 1)}\n{word}")

    def find(self, page: Page) -> Outcome | None:
        messages = self._account.made_since_first_try("Messages", page)
        if not isinstance(messages, list):
            return messages
        word = mark(page)
        own = (told(each) for each in messages if str(each.get("body")).endswith(word))
        return next(own, Outcome(Kind.NO, "no such message since the first try"))
