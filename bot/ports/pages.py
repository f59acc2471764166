"""Channels that reach a person."""

from typing import Protocol

from bot.domain.delivery import Outcome, Page
from bot.domain.oncall.schedule import Person


class PageChannel(Protocol):
    """One way to a person. Nothing is tried twice in here, and nothing is raised for the network: what happened is the
    outcome. Each call ends within five seconds.
    """

    @property
    def name(self) -> str:
        """What policy.yaml calls it: slack, voice, sms, mail, pagerduty, webhook."""
        ...

    @property
    def provider(self) -> str:
        """Whose outage silences it: two channels of one provider are no second way."""
        ...

    @property
    def wakes(self) -> bool:
        """Does it reach a person who is asleep, or only write something down?"""
        ...

    def target(self, person: Person) -> str | None:
        """What reaches that person; None: the channel cannot. "" where it needs nothing of the person."""
        ...

    def send(self, page: Page) -> Outcome: ...

    def find(self, page: Page) -> Outcome | None:
        """Was an earlier try of this page taken? YES or NO where the channel shows it; AMBIGUOUS where it does not
        answer just now; None where it cannot be seen.
        """
        ...
