"""`gate:` of `policy.yaml`: what is left out keeps its default."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from bot.domain.findings.storm_policy import StormPolicy
from bot.domain.gate.policy import GatePolicy
from bot.domain.platform.registry import Frozen, Number, Whole

DEFAULT = GatePolicy()
Duration = Annotated[Number, Field(ge=0, le=10_000)]
Count = Annotated[Whole, Field(ge=1, le=10_000)]


def _seconds(duration: timedelta) -> float:
    return duration / timedelta(seconds=1)


def _minutes(duration: timedelta) -> float:
    return duration / timedelta(minutes=1)


class GateEntry(Frozen):
    group_wait_seconds: Duration = _seconds(DEFAULT.group_wait)
    update_interval_minutes: Duration = _minutes(DEFAULT.update_interval)
    repeat_window_hours: Annotated[Duration, Field(gt=0)] = DEFAULT.repeat_window / timedelta(hours=1)
    downstream_grace_minutes: Duration = _minutes(DEFAULT.downstream_grace)
    window_settle_minutes: Duration = _minutes(DEFAULT.window_settle)
    resolve_after_minutes: Duration = _minutes(DEFAULT.resolve_after)
    consecutive_days: Annotated[Whole, Field(ge=0, le=31)] = DEFAULT.consecutive_days
    flap_changes: Annotated[Count, Field(ge=2)] = DEFAULT.flap_changes
    flap_window_minutes: Duration = _minutes(DEFAULT.flap_window)
    storm_processors: Annotated[Count, Field(ge=2)] = DEFAULT.storm.processors
    storm_window_minutes: Duration = _minutes(DEFAULT.storm.window)
    storm_failures_per_hour: Count = DEFAULT.storm.failures_per_hour
    storm_retries_per_hour: Count = DEFAULT.storm.retries_per_hour
    messages_per_hour: Count = DEFAULT.messages_per_hour

    def policy(self) -> GatePolicy:
        return GatePolicy(
            group_wait=timedelta(seconds=self.group_wait_seconds),
            update_interval=timedelta(minutes=self.update_interval_minutes),
            repeat_window=timedelta(hours=self.repeat_window_hours),
            downstream_grace=timedelta(minutes=self.downstream_grace_minutes),
            window_settle=timedelta(minutes=self.window_settle_minutes),
            resolve_after=timedelta(minutes=self.resolve_after_minutes),
            consecutive_days=self.consecutive_days,
            flap_changes=self.flap_changes,
            flap_window=timedelta(minutes=self.flap_window_minutes),
            storm=StormPolicy(
                processors=self.storm_processors,
                window=timedelta(minutes=self.storm_window_minutes),
                failures_per_hour=self.storm_failures_per_hour,
                retries_per_hour=self.storm_retries_per_hour,
            ),
            messages_per_hour=self.messages_per_hour,
        )
