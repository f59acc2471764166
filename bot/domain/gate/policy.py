"""How long the gate waits, what it counts as a storm, and how much it says an hour."""

from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.findings.storm_policy import StormPolicy
from bot.domain.gate.shadow_policy import NOTHING, ShadowPolicy


@dataclass(frozen=True, kw_only=True)
class GatePolicy:
    """The defaults are PRODUCT.md's, capability 6, where it gives a figure.

    `group_wait` runs from when the evidence sufficed; `repeat_window` from when the trouble last held;
    `downstream_grace` is what dependents get to recover after their root's incident resolved, `window_settle` what
    trouble that began in a planned window gets after its end; `resolve_after` is how long nothing may have held;
    `consecutive_days` is how far apart two data dates of one processor may be to count as the same trouble going on;
    `messages_per_hour` counts new messages of a channel, not updates of those that stand there; what is in
    `shadow` is judged apart, and sent to nobody.
    """

    group_wait: timedelta = timedelta(seconds=30)
    update_interval: timedelta = timedelta(minutes=5)
    repeat_window: timedelta = timedelta(hours=24)
    downstream_grace: timedelta = timedelta(minutes=5)
    window_settle: timedelta = timedelta(minutes=30)
    resolve_after: timedelta = timedelta(minutes=15)
    consecutive_days: int = 1
    flap_changes: int = 4
    flap_window: timedelta = timedelta(hours=1)
    storm: StormPolicy = field(default_factory=StormPolicy)
    messages_per_hour: int = 20
    shadow: ShadowPolicy = NOTHING
