"""A page for practice: marked TEST, about no incident. It is tried a few times, and escalates to nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.audit import Record, record
from bot.domain.delivery import Act, Kind, Outcome, PageState, Queued
from bot.domain.escalation.pages import KEEP_A_STATE, Targets, about_no_incident, following
from bot.domain.incidents.escalation_policy import WRITTEN, EscalationPolicy
from bot.domain.oncall.schedule import Person

ONCE_IN = timedelta(minutes=5)
"""So often at most a person is paged for practice."""
TRIES = 3
LATE = timedelta(minutes=10)
"""What was not sent by then is not sent: whoever asked is gone."""
OVER = frozenset({PageState.SENT, PageState.REFUSED, PageState.UNKNOWN})
"""What is known of a page for practice does not change any more."""


@dataclass(frozen=True)
class Practice:
    """`pages`, one a channel, to `person`; `unreached`: the channels of the policy that do not reach them."""

    person: str
    pages: tuple[Queued, ...]
    unreached: tuple[str, ...]

    @property
    def over(self) -> bool:
        return all(each.state in OVER for each in self.pages)

    @property
    def taken(self) -> bool:
        """Was it accepted by each channel, and are they all that the policy has?"""
        return not self.unreached and all(each.state is PageState.SENT for each in self.pages)


def key_of(person: str, now: datetime) -> str:
    """The same for all that is asked for within a while."""
    return f"practice:{person}:{int(now.timestamp() // ONCE_IN.total_seconds())}"


def ways(policy: EscalationPolicy, person: Person, targets: Targets) -> tuple[dict[str, str], tuple[str, ...]]:
    """By which of the channels that the policy wakes people with that person is reached, and by which not."""
    steps = [step for ladder in policy.ladders.values() for step in ladder.steps]
    channels = dict.fromkeys(channel for step in steps for channel in step.by if channel not in WRITTEN)
    found = {channel: targets(channel, person) for channel in channels}
    reached = {channel: target for channel, target in found.items() if target is not None}
    return reached, tuple(channel for channel in channels if channel not in reached)


def pages(person: Person, reached: dict[str, str], by: str, key: str, now: datetime, wall: datetime) -> list[Queued]:
    def text(channel: str) -> str:
        return (
            f"TEST page from Fireline, for practice: {by} asked whether {channel} reaches {person.name}.\n"
            "TEST: nothing is wrong, and there is nothing to acknowledge."
        )

    return [
        about_no_incident(key, Act.TEST, channel, person.name, target, text(channel), now, wall)
        for channel, target in reached.items()
    ]


def after(outcome: Outcome, tries: int) -> PageState | None:
    """What a try has shown for good; None: it is worth another."""
    if outcome.kind is Kind.YES:
        return PageState.SENT
    if not outcome.permanent and tries < TRIES:
        return None
    return PageState.REFUSED if outcome.kind is Kind.NO else PageState.UNKNOWN


def ended(queued: Queued) -> list[Queued]:
    """A channel that keeps a state of its own is told at once that a page for practice, which it has taken, is over."""
    is_test = queued.page.act is Act.TEST and queued.page.channel in KEEP_A_STATE
    return [following(queued, Act.RESOLVE, queued.page.created_at)] if is_test else []


def asked_for(person: str, by: str, channels: Sequence[str], now: datetime) -> Record:
    return record(now, by, "paged_for_practice", f"person:{person}", {"channels": list(channels)})
