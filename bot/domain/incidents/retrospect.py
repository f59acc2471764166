"""An incident looked back at: what happened, how its episodes went, and those like it before."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.incidents.figures import Episode
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.timeline import Entry


@dataclass(frozen=True)
class Past:
    """An incident of the same root and family that was announced before; `ended` says how, as it was known at that
    moment; "": it had not.
    """

    incident: Incident
    ended_at: datetime | None
    ended: str


@dataclass(frozen=True)
class Retrospect:
    incident: Incident
    timeline: tuple[Entry, ...]
    episodes: tuple[Episode, ...]
    similar: tuple[Past, ...]
    now: datetime
