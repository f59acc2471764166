"""What there is to say about a moment: whose turn it is, who comes next, what is open."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.oncall.covers import Cover
from bot.domain.oncall.schedule import Schedule, Shift


@dataclass(frozen=True)
class Turn:
    """`following` is the turn after it; None: none in sight."""

    shift: Shift
    following: Shift | None


@dataclass(frozen=True)
class Overview:
    """`gaps`: the turns of nobody in the next 60 days, in order of time; `covers`: requests whose time is not over."""

    at: datetime
    schedule: Schedule
    turns: tuple[Turn, ...]
    gaps: tuple[Shift, ...]
    covers: tuple[Cover, ...]
