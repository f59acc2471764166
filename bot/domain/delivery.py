"""A page: one thing to be told to one person by one channel; and what is known of each try to send it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.findings.severity import Severity


class Kind(StrEnum):
    """What a try has shown."""

    YES = "yes"
    """It was taken."""
    NO = "no"
    """It was not taken: it may be sent again."""
    AMBIGUOUS = "ambiguous"
    """Nobody knows: look before it is sent again."""


@dataclass(frozen=True)
class Outcome:
    """`reason` is the channel's own word, or ours where it gave none; `ref` is what the channel calls the message.
    `retry_after` counts seconds; None: it named none. `permanent`: the same gets the same answer until a person puts
    something right. `looked`: nothing was sent, an earlier try was only looked for. `last`: it is not sent again, as
    nobody can see whether it came.
    """

    kind: Kind
    reason: str = ""
    ref: str = ""
    retry_after: float | None = None
    permanent: bool = False
    looked: bool = False
    last: bool = False


class Act(StrEnum):
    """What a page does. Channels with a state of their own (PagerDuty) follow; others only take TRIGGER."""

    TRIGGER = "trigger"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    ASK = "ask"
    """Ask whoever has it whether that still holds."""
    NOTE = "note"
    """Tell what is good to know, about no incident."""
    TEST = "test"
    """Page for practice, about no incident."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """`id` is unique, and the same at each try. `dedup_key` is the same for all pages of one episode of an incident.

    `target` is what the channel reaches the person by (a phone number, an address, a Slack id; "" where it needs none);
    `title` is one line, `text` says all of it, without markup: both are written when it is sent, unless it is about no
    incident. `attempts` were made before, the first at `first_attempt_at`. `others`: what the channel calls
    messages that are known to be of other pages.
    """

    id: str
    dedup_key: str
    label: str
    severity: Severity
    act: Act
    channel: str
    person: str
    target: str
    created_at: datetime
    title: str = ""
    text: str = ""
    attempts: int = 0
    first_attempt_at: datetime | None = None
    others: frozenset[str] = frozenset()


class PageState(StrEnum):
    PENDING = "pending"
    UNCLEAR = "unclear"
    """To be sent again, unless it is seen that the last try was taken."""
    SENDING = "sending"
    CARRIED = "carried"
    """It goes as a line of another page, to the same person by the same channel."""
    SENT = "sent"
    CANCELLED = "cancelled"
    """It was acknowledged or resolved before it was sent."""
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """Of a page for practice, or of a note of which nobody can see whether it came: it is not tried again."""


WAITING = frozenset({PageState.PENDING, PageState.UNCLEAR})
"""What is still to be sent, and is not under way."""
UNSENT = WAITING | {PageState.SENDING, PageState.CARRIED}
LOOKS_S = (1.0, 2.0, 4.0)
"""Whoever has declared an incident waits so long each until it is looked at again what has become of its pages."""
PRACTICE_LOOKS_S = (*LOOKS_S, 8.0)
"""The same of pages for practice: each channel is waited for."""


@dataclass(frozen=True, kw_only=True)
class Queued:
    """A page in the outbox. `incident` is its id; "": it is about none. `not_before`: it is not tried earlier;
    `lease_until`: until then it belongs to the process that tries it. `reason` is what the last try has shown.
    `carried_by` is the id of the page that it goes with, or has gone with. Times are of the machine, aware UTC;
    `not_before` of what was sent says when.
    """

    page: Page
    incident: str
    state: PageState = PageState.PENDING
    not_before: datetime
    lease_until: datetime | None = None
    reason: str = ""
    ref: str = ""
    carried_by: str = ""


def settled(pages: Iterable[Queued]) -> bool:
    """Is it known what became of each page that wakes somebody? There is one at least."""
    triggers = [each for each in pages if each.page.act is Act.TRIGGER]
    return bool(triggers) and all(each.state in (PageState.SENT, PageState.CANCELLED) for each in triggers)
