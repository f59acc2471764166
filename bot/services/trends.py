"""Trends of the pipeline, a phase or a processor, from the roll-up."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.health.model import Durations, HealthReport, HealthRequest, Window
from bot.domain.health.report import Measured, Period, assess
from bot.domain.health.trends import HEAT_WEEKS, DayDurations, Trends, heat_of, local_days
from bot.domain.platform.registry import Registry
from bot.ports.warehouse import Warehouse
from bot.services.health import HealthService

DailyRates = Mapping[str, Sequence[float | None]]
"""A line's label -> its rate of each day; None: nothing to judge."""


class TrendService:
    def __init__(self, warehouse: Warehouse, registry: Registry, health: HealthService) -> None:
        self._warehouse = warehouse
        self._registry = registry
        self._health = health

    def of(self, request: HealthRequest, now: datetime) -> Trends:
        """Trends for what a health message shows. Raises BadInput as HealthService does."""
        moment = self._health.moment(request, now)
        scope = self._health.scope(request)
        zone = self._registry.zone
        days, success = self.success(request, now)
        month = Window.live(moment, HEAT_WEEKS * 7)
        failed = [item for item in self._warehouse.failed_hours(month) if scope.includes(item.processor, item.phase)]
        durations = self._durations(request, moment)
        return Trends(
            request=request,
            subject=_subject(request),
            days=days,
            success=success,
            heat=heat_of(failed, zone),
            durations=durations,
            baseline=self._baseline(request, Window.live(moment, request.days)) if durations else None,
            zone=self._registry.timezone,
        )

    def success(self, request: HealthRequest, now: datetime) -> tuple[tuple[date, ...], DailyRates]:
        """The share that succeeded on each of the last days: of the pipeline by phase, of a phase, of a processor."""
        scope, found = self._health.scope(request), dict[str, list[float | None]]()
        days = local_days(self._health.moment(request, now), self._registry.zone)
        for at, (_, window) in enumerate(days):
            period = Period(self._warehouse.health_counts(window), ())
            report = assess(Measured(period, Period((), ()), ()), scope, {}, window)
            for label, rate in _rates(report, request):
                found.setdefault(label, [None] * len(days))[at] = rate
        return tuple(day for day, _ in days), found

    def _durations(self, request: HealthRequest, moment: datetime) -> list[DayDurations]:
        if request.phase is None and request.processor is None:
            return []
        until = datetime.combine(moment.date() + timedelta(days=1), time(), tzinfo=UTC)
        month = Window(until - timedelta(days=30), until, moment, 30, exact=False)
        return [item for item in self._warehouse.daily_durations(month) if self._wanted(item.durations, request)]

    def _baseline(self, request: HealthRequest, window: Window) -> Durations | None:
        before = self._warehouse.health_durations(window.baseline())
        return next((item for item in before if self._wanted(item, request)), None)

    def _wanted(self, durations: Durations, request: HealthRequest) -> bool:
        if request.processor is not None:
            return durations.processor == self._registry.get(request.processor).name
        return durations.processor is None and durations.phase == request.phase


def _rates(report: HealthReport, request: HealthRequest) -> list[tuple[str, float | None]]:
    """Without phases the pipeline is one line."""
    if request.processor is None and not report.phases:
        return [(_subject(request), report.total.success_rate)]
    rows = report.phases if request.processor is None else report.processors
    return [(row.name, row.tally.success_rate) for row in rows]


def _subject(request: HealthRequest) -> str:
    if request.processor is not None:
        return request.processor
    return "the pipeline" if request.phase is None else f"phase {request.phase}"
