"""Until when an incident is watched once nothing of it holds any more: one rule for its message and every answer."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.incidents.incident import AlertState, Incident


def watched_until(incident: Incident, members: Iterable[AlertState], rest: timedelta) -> datetime | None:
    """When it counts as resolved if it stays so. `rest`: how long nothing may hold. None while what it is about holds,
    while that comes and goes, and when it is over.
    """
    roots = [member for member in members if member.is_root]
    if not incident.is_open or not roots or incident.flapping or any(member.holding for member in roots):
        return None
    return max(member.last_held_at for member in roots) + rest
