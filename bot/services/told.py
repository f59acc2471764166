"""What people were told over a span of time."""

from datetime import datetime

from bot.domain.health.notified import Told, told_of
from bot.ports.state import State


def told_within(state: State, since: datetime, until: datetime) -> Told:
    """From `since` to before `until`, aware UTC; and what was announced by then and is open now."""
    known = [incident for incident in state.open_incidents() if incident.announced_at <= until]
    return told_of(state.decisions(since, until), known)
