"""Findings in shadow, in memory."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.gate.memory import GateMemory, GateResult, is_remembered
from bot.domain.incidents.incident import AlertState, Incident, numbered


class FakeShadow:
    """Implements `bot.ports.shadow.ShadowRecord` and `Shadow`."""

    def __init__(self, alerts: dict[str, AlertState], incidents: dict[str, Incident]) -> None:
        self._alerts, self._incidents = alerts, incidents

    def keep(self, result: GateResult) -> None:
        last = max((each.number for each in self._incidents.values()), default=0)
        self._alerts.update({each.fingerprint: each for each in result.alerts})
        known = numbered(result.incidents, last)
        self._incidents.update({each.id: replace(each, version=each.version + 1) for each in known})

    def remembered(self, now: datetime, repeat_window: timedelta) -> GateMemory:
        horizon = now - repeat_window
        alerts = {name: each for name, each in self._alerts.items() if is_remembered(each, self._incidents, horizon)}
        known = {
            name: each
            for name, each in self._incidents.items()
            if each.resolved_at is None or each.resolved_at >= horizon
        }
        return GateMemory(alerts, known)

    def incidents(self, since: datetime, until: datetime) -> list[Incident]:
        found = (
            each
            for each in self._incidents.values()
            if each.announced_at < until and (each.resolved_at is None or each.resolved_at >= since)
        )
        return sorted(found, key=lambda each: (each.announced_at, each.id))
