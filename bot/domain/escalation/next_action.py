"""The next act of an incident's escalation: decided from what is stored, when it is looked at."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.incidents.escalation_policy import Step
from bot.domain.incidents.response import PAGING, Response, ResponseState


class WhyStop(StrEnum):
    """Why nothing comes next, in words that can be shown."""

    RESOLVED = "it is resolved"
    MITIGATED = "it is mitigated"
    NO_LADDER = "nobody is paged at this severity"
    EXHAUSTED = "everybody was paged"


@dataclass(frozen=True)
class PageStep:
    """Page whoever has the turn now; `number` counts from 1."""

    step: Step
    number: int


@dataclass(frozen=True)
class Exhaust:
    """Everybody was paged, and nobody has answered."""


@dataclass(frozen=True)
class AskOwner:
    """Ask whoever has it whether that still holds."""


@dataclass(frozen=True)
class Expire:
    """The acknowledgement is over: paging begins again."""


@dataclass(frozen=True)
class Wait:
    until: datetime


@dataclass(frozen=True)
class Stop:
    because: WhyStop


Action = PageStep | Exhaust | AskOwner | Expire | Wait | Stop


def next_action(response: Response, now: datetime) -> Action:
    """Pure; `now` is aware. A late look returns the step that is overdue, and only that one."""
    if response.state is ResponseState.RESOLVED:
        return Stop(WhyStop.RESOLVED)
    if response.state is ResponseState.MITIGATED:
        return Stop(WhyStop.MITIGATED)
    if response.next_at is None:
        return Stop(WhyStop.EXHAUSTED if response.state is ResponseState.EXHAUSTED else WhyStop.NO_LADDER)
    if now < response.next_at:
        return Wait(response.next_at)
    if response.state not in PAGING:
        return Expire() if response.asked else AskOwner()
    steps = response.ladder.steps
    return PageStep(steps[response.step], response.step + 1) if response.step < len(steps) else Exhaust()
