"""Reports, wired: composed from the services of a process, and posted by the one that claims them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.domain.escalation.pages import Targets
    from bot.domain.impact.readiness import Readiness
    from bot.domain.platform.registry import Registry
    from bot.domain.reports.daily import DailyReport
    from bot.ports.clock import Clock
    from bot.ports.state import State
    from bot.ports.warehouse import Warehouse
    from bot.services.app import AppServices
    from bot.services.blindness import Blindness
    from bot.services.health import HealthService
    from bot.services.impact import ImpactService
    from bot.services.oncall import OncallService
    from bot.services.readiness_posts import ReadinessPosts
    from bot.services.report_posts import ReportKind, ReportPosts
    from bot.services.reports import ReportService
    from bot.services.responses import ResponseService
    from bot.services.retrospect import RetrospectService
    from bot.services.slo import SloService
    from bot.services.trends import TrendService


def reports_over(
    settings: Settings,
    registry: Registry,
    health: HealthService,
    impact: ImpactService,
    trends: TrendService,
    oncall: OncallService,
    responses: ResponseService,
    store: State | None,
) -> ReportService:
    """By the policy of the settings as it is now."""
    from bot.adapters.fire_times import CronFires
    from bot.config.policy import load_policy
    from bot.services.reports import Asked, ReportService

    policy = load_policy(settings.config / "policy.yaml")
    fires = CronFires(policy.reports.daily, policy.reports.zone or registry.zone)
    asked = Asked(health, impact, trends, oncall, responses, store, policy.gate.shadow)
    return ReportService(asked, registry, policy.reports, fires, policy.severity.prediction_phase)


@contextmanager
def reports_to_read(
    settings: Settings, opened: Warehouse, registry: Registry, health: HealthService, impact: ImpactService
) -> Iterator[ReportService]:
    """Over an open warehouse, for a command, while no process serves."""
    from bot.config.chosen_oncall import oncall_in_use
    from bot.services.oncall import OncallService
    from bot.services.responses import ResponseService
    from bot.services.trends import TrendService
    from bot.state_adapters import to_read_if_any, watched_by

    with to_read_if_any(settings) as store:
        oncall = OncallService(oncall_in_use(settings), store)
        if store is None:
            responses = ResponseService(None, oncall.schedule)
        else:
            responses = ResponseService(store, oncall.schedule, watched=watched_by(store, settings))
        trends = TrendService(opened, registry, health)
        yield reports_over(settings, registry, health, impact, trends, oncall, responses, store)


def looking_back(settings: Settings, store: State | None) -> RetrospectService:
    """By the policy of the settings as it is now."""
    from bot.services.retrospect import RetrospectService
    from bot.state_adapters import shadow_of

    in_shadow = shadow_of(settings)
    return RetrospectService(store, lambda: in_shadow)


def slo_over(
    settings: Settings, opened: Warehouse, registry: Registry, health: HealthService, blindness: Blindness
) -> SloService:
    from bot.opening import service_levels
    from bot.services.slo import SloService

    return SloService(opened, registry, service_levels(settings), health, blindness)


def report_posts(
    services: AppServices, store: State, targets: Targets, wall: Clock, channel: str
) -> tuple[ReportPosts[Any], ReadinessPosts]:
    """A lane each. `channel` is where incidents are posted."""
    from bot.services.readiness_posts import ReadinessPosts
    from bot.services.report_posts import ReportPosts
    from bot.views import readiness

    def card(found: Readiness) -> tuple[str, str]:
        return readiness.card(found, services.reports.zone).stored()

    return (
        ReportPosts(daily_kind(), services, store, targets, wall, channel),
        ReadinessPosts(services, store, card, readiness.unavailable, wall, channel),
    )


def daily_kind() -> ReportKind[DailyReport]:
    from bot.domain.reports.policy import Schedule
    from bot.domain.reports.summaries import written
    from bot.services.report_posts import ReportKind, Words
    from bot.views import daily_report

    words = Words(
        card=lambda report: daily_report.card(report).stored(),
        rest=daily_report.rest,
        all=daily_report.markdown,
        facts=lambda report: written(report.summary),
        skipped=daily_report.skipped,
    )
    return ReportKind(
        schedule=Schedule.DAILY,
        name="daily digest",
        called="digest",
        prefix="digest",
        back_days=2,
        fires=lambda services: services.reports.fires,
        compose=lambda services, now: services.reports.daily(now),
        words=words,
    )
