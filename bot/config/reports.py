"""`reports:` of `policy.yaml`: when reports come, and to whom; what is left out keeps its default."""

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from bot.config.lengths import Length
from bot.config.oncall_file import Zone
from bot.domain.platform.registry import Frozen, WallClock
from bot.domain.reports.policy import ReportPolicy

STANDARD = ReportPolicy()


class ReportsEntry(Frozen):
    """`mail` names people of oncall.yaml."""

    daily: WallClock = STANDARD.daily
    weekly: WallClock = STANDARD.weekly
    monthly: WallClock = STANDARD.monthly
    until: WallClock = STANDARD.until
    zone: Zone | None = None
    channel: str = STANDARD.channel
    mail: tuple[Annotated[str, Field(min_length=1)], ...] = STANDARD.mail
    readiness_before: Length | None = STANDARD.readiness_before

    @model_validator(mode="after")
    def _in_order(self) -> "ReportsEntry":
        for name in ("daily", "weekly", "monthly"):
            if self.until <= getattr(self, name):
                raise ValueError(f"until is not after {name}; give the time of day up to which a missed one is of use")
        return self

    def policy(self) -> ReportPolicy:
        return ReportPolicy(
            daily=self.daily,
            weekly=self.weekly,
            monthly=self.monthly,
            until=self.until,
            zone=None if self.zone is None else ZoneInfo(self.zone),
            channel=self.channel,
            mail=self.mail,
            readiness_before=self.readiness_before,
        )
