"""How many notifications were sent: announcements and updates; P3 waits for the digest."""

from datetime import datetime

from bot.domain.replay_report import TOLD
from bot.domain.severity import Severity
from bot.ports.state import State


def notifications_sent(state: State, since: datetime, until: datetime) -> int:
    """From `since` to before `until`, aware UTC."""
    decisions = state.decisions(since, until)
    return sum(decision.outcome in TOLD and decision.severity is not Severity.P3 for decision in decisions)
