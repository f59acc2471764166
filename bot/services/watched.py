"""Incidents of which nothing holds any more, and until when they are watched."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.incidents.incident import AlertState, Incident
from bot.domain.incidents.watched import watched_until
from bot.ports.state import State

Watched = Callable[[Sequence[Incident]], Mapping[str, datetime]]
"""Of several at once, by id; without those that are not watched."""


def watched_in(state: State, rest: Callable[[], timedelta]) -> Watched:
    """`rest` is asked only where there is an incident to ask it for."""

    def watched(incidents: Sequence[Incident]) -> Mapping[str, datetime]:
        if not incidents:
            return {}
        members = dict[str, list[AlertState]]()
        for each in state.members(*(each.id for each in incidents)):
            members.setdefault(each.incident, []).append(each)
        length = rest()
        found = {each.id: watched_until(each, members.get(each.id, ()), length) for each in incidents}
        return {name: until for name, until in found.items() if until is not None}

    return watched


def never(_incidents: Sequence[Incident]) -> Mapping[str, datetime]:
    """Where nobody can tell."""
    return {}
