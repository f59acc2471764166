"""The incidents that are open, or were at a moment: as they were known then."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.domain.incidents.as_of import as_of
from bot.domain.incidents.incident import Incident
from bot.ports.state import State

OLDEST = timedelta(days=400)
"""Nothing is open for longer."""
SECOND = timedelta(seconds=1)
Opened = Callable[[datetime | None], Sequence[Incident]]
"""Open at a moment; None: now."""


def opened_in(state: State, at: datetime | None) -> list[Incident]:
    """Of those that people are told of: a note for the digest has no number."""
    if at is None:
        return [each for each in state.open_incidents() if each.number]
    known = state.announced(at - OLDEST, at + SECOND)
    found = (
        as_of(each, state.history(each.id), at) for each in known if each.resolved_at is None or each.resolved_at > at
    )
    return [each for each in found if each is not None]
