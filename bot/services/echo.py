"""Does what happens in Slack reach us? Every five minutes a message of our own is posted to a channel of its own, and
Slack has to tell us of it: clicks, commands and replies come the same way.

Any process may hear it, so what is to be heard stands in the state, as the work of the process that posts.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Event
from typing import Protocol

from bot.domain.errors import FirelineError
from bot.ports.clock import Clock
from bot.ports.echo import EchoChannel, EchoUnavailable
from bot.ports.leases import Lease
from bot.ports.state import State

WORK = "hearing Slack"
MARK = "fireline echo"
HEARD = "heard"
EVERY_S, FIRST_S = 300.0, 60.0
WITHIN_S = 30.0
"""So long after it was posted Slack has sent an event: https://docs.slack.dev/apis/events-api retries after that."""
DEAF_AFTER = 2
"""Echoes in a row that were not heard; after the first the connection is made anew."""
CHECK = "Check the app's event subscriptions, and that it is in the echo channel."
log = logging.getLogger("fireline.echo")


class Deaf(FirelineError):
    """What people do in Slack does not reach this installation."""


class Alarm(Protocol):
    """Tells people by another way, once for the same `since`."""

    def begin(self, since: datetime, text: str) -> None: ...

    def end(self, since: datetime) -> None: ...


@dataclass(frozen=True)
class _Posted:
    text: str
    ref: str
    at_s: float


class Echo:
    """`me` names this process; `mine`: is it the one that posts? `seconds` is a clock that nobody sets, `wall` dates
    what is said.
    """

    def __init__(
        self,
        state: State,
        channel: EchoChannel,
        me: str,
        mine: Callable[[], bool],
        seconds: Callable[[], float],
        wall: Clock,
    ) -> None:
        self._state, self._channel, self._me, self._mine = state, channel, me, mine
        self._seconds, self._wall = seconds, wall
        self._next_s = seconds() + FIRST_S
        self._posted: _Posted | None = None
        self._missed, self._since = 0, wall()
        self.alarm: Alarm | None = None
        self._alarmed, self._why = False, ""
        self.anew = Event()
        """Set: a connection to Slack, where there is one, is to be made anew."""

    def look(self) -> None:
        """Post what is due, and look whether the last was heard. Raises Deaf, and StateUnavailable."""
        if not self._mine():
            self._posted, self._missed, self._alarmed, self._since = None, 0, False, self._wall()
            return
        if self._posted is not None:
            self._listen(self._posted)
        elif self._seconds() >= self._next_s:
            self._post()
        if self.is_deaf:
            text = (
                f"Nothing that happens in Slack has reached Fireline since {self._since:%H:%M} UTC: clicks, commands "
                f"and replies are lost. Acknowledge with `fireline incident ack`. {self._why or CHECK}"
            )
            if self.alarm is not None and not self._alarmed:
                self.alarm.begin(self._since, text)
                self._alarmed = True
            raise Deaf(text)

    @property
    def is_deaf(self) -> bool:
        return self._missed >= DEAF_AFTER

    def _post(self) -> None:
        before = self._state.lease(WORK)
        mine = Lease(WORK, self._me, 1 if before is None else before.beat + 1, "")
        with self._state.transaction() as tx:
            if not tx.leases.put(before, mine):
                return
        text = _text(mine)
        try:
            self._posted = _Posted(text, self._channel.post(text), self._seconds())
            self._why = ""
        except EchoUnavailable as error:
            log.warning("the echo could not be posted: %s", error)
            self._why = f"Fireline cannot post to its echo channel: {error}."
            self._miss()

    def _listen(self, posted: _Posted) -> None:
        found = self._state.lease(WORK)
        if found is not None and found.note == HEARD and _text(found) == posted.text:
            if self._missed:
                log.info("Slack is heard again")
            if self.is_deaf and self.alarm is not None:
                self.alarm.end(self._since)
            self._alarmed = False
            self._missed, self._since = 0, self._wall()
            self._next_s = posted.at_s + EVERY_S
        elif self._seconds() - posted.at_s >= WITHIN_S:
            self._miss()
        else:
            return
        self._posted = None
        self._channel.remove(posted.ref)

    def _miss(self) -> None:
        """The next one follows at once."""
        self._missed += 1
        self._next_s = self._seconds() + WITHIN_S * (self._missed > DEAF_AFTER)
        if self._missed < DEAF_AFTER:
            log.warning("an echo through Slack was not heard: the connection is made anew, and it is tried again")
        self.anew.set()


def hear(state: State | None, text: str) -> None:
    """Slack has told us of a message of our own. Raises StateUnavailable."""
    found = None if state is None else state.lease(WORK)
    if state is not None and found is not None and _text(found) == text:
        with state.transaction() as tx:
            tx.leases.put(found, replace(found, note=HEARD))


def _text(lease: Lease) -> str:
    return f"{MARK} {lease.holder} {lease.beat}"
