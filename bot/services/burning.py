"""Findings of budgets that burn: the outcomes are asked once an hour, as they settle hour by hour at most."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.errors import BadInput
from bot.domain.findings.finding import Finding
from bot.domain.findings.severity_policy import SeverityPolicy
from bot.domain.platform.calendar import floor_hour
from bot.domain.reports.objectives import SloReport, burning
from bot.services.slo import SloService

log = logging.getLogger("fireline.slo")
Burns = Callable[[datetime], Sequence[Finding]]


def nothing_burns(_now: datetime) -> Sequence[Finding]:
    """Where no objectives are watched."""
    return ()


class Burning:
    def __init__(self, slo: SloService, policy: SeverityPolicy) -> None:
        self._slo, self._policy = slo, policy
        self._hour: datetime | None = None
        self._found: Sequence[Finding] = ()

    def __call__(self, now: datetime) -> Sequence[Finding]:
        """Raises WarehouseUnavailable, as any look at the history does."""
        if self._hour != floor_hour(now):
            report = self._asked(now)
            began = {each.fingerprint: each.since for each in self._found}
            found = [burning(each, report.as_of, self._policy) for each in report.objectives if each.burns]
            self._found = [replace(each, since=began.get(each.fingerprint, each.since)) for each in found]
            self._hour = floor_hour(now)
        return self._found

    def _asked(self, now: datetime) -> SloReport:
        """Where there is no history to ask, nothing burns: detection goes on."""
        try:
            return self._slo.of(now)
        except BadInput as error:
            log.info("budgets are not looked at: %s", error)
            return SloReport(now, (), ())
