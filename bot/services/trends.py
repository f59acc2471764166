"""Trends of the pipeline, a phase or a processor, from the roll-up."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.health.model import Durations, HealthRequest, Tally, Window, total_of
from bot.domain.health.report import Period, Scope
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
            weekdays=self._health.weekdays(request, now) if durations else (),
        )

    def success(self, request: HealthRequest, now: datetime) -> tuple[tuple[date, ...], DailyRates]:
        """The share that succeeded on each of the last days: of the pipeline by phase, of a phase, of a processor."""
        scope, found = self._health.scope(request), dict[str, list[float | None]]()
        days = local_days(self._health.moment(request, now), self._registry.zone)
        for at, (_, window) in enumerate(days):
            period = Period(self._warehouse.health_counts(window), ())
            for label, rate in _rates(period, scope, request):
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


def _rates(period: Period, scope: Scope, request: HealthRequest) -> Iterator[tuple[str, float | None]]:
    """As `assess` has them, which knows much more than rates. Without phases the pipeline is one line."""
    tallies = period.tallies(scope.registry)
    known = [each for each in scope.registry.processors if scope.includes(each.name, each.phase)]
    if scope.processor is not None:
        yield scope.processor.name, tallies.get(scope.processor.name, Tally()).success_rate
        return
    phases = sorted({each.phase for each in known if each.phase is not None})
    for phase in phases:
        members = (tallies[each.name] for each in known if each.phase == phase and each.name in tallies)
        yield f"phase {phase}", total_of(members).success_rate
    if not phases:
        yield _subject(request), total_of(tallies.values()).success_rate


def _subject(request: HealthRequest) -> str:
    if request.processor is not None:
        return request.processor
    return "the pipeline" if request.phase is None else f"phase {request.phase}"
