"""What was found in shadow over a window. Only reads."""

from datetime import datetime

from bot.domain.gate.noise_ledger import Ending
from bot.domain.gate.shadow_policy import ShadowPolicy
from bot.domain.reports.shadow import ShadowReport
from bot.ports.state import State
from bot.services.noise_ledger import ledger_within


def shadow_within(state: State, policy: ShadowPolicy, since: datetime, until: datetime) -> ShadowReport:
    """From `since` to before `until`, aware UTC."""
    findings = ledger_within(state, since, until).totals[Ending.SHADOW]
    return ShadowReport(policy, since, until, tuple(state.shadow.incidents(since, until)), findings)
