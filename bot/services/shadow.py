"""What was found in shadow over a window. Only reads."""

from datetime import datetime

from bot.domain.gate.noise_ledger import Ending, noise_ledger
from bot.domain.gate.shadow_policy import ShadowPolicy
from bot.domain.reports.shadow import ShadowReport
from bot.ports.state import State


def shadow_within(state: State, policy: ShadowPolicy, since: datetime, until: datetime) -> ShadowReport:
    """From `since` to before `until`, aware UTC."""
    in_shadow = [each for each in state.ledger_entries(since, until) if each.ending is Ending.SHADOW]
    findings = noise_ledger(in_shadow, since, until).findings  # those that were taken out of it and told, too
    return ShadowReport(policy, since, until, tuple(state.shadow.incidents(since, until)), findings)
