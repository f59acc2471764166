"""What people were notified over a span of time."""

from datetime import datetime

from bot.domain.health.notified import Notified, notified_of
from bot.ports.state import State


def notified_within(state: State, since: datetime, until: datetime) -> Notified:
    """From `since` to before `until`, aware UTC; and what was announced by then and is open now."""
    known = [incident for incident in state.open_incidents() if incident.announced_at <= until]
    return notified_of(state.decisions(since, until), known)
