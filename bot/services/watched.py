"""Incidents of which nothing holds any more, and until when they are watched."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.watched import watched_until
from bot.ports.state import State

Watched = Callable[[Incident], datetime | None]


def watched_in(state: State, rest: Callable[[], timedelta]) -> Watched:
    """`rest` is asked only where there is an incident to ask it for."""
    return lambda incident: watched_until(incident, state.members(incident.id), rest())


def never(_incident: Incident) -> None:
    """Where nobody can tell."""
