"""Reports, wired: composed from the services of a process, and posted by the one that claims them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.config.settings import Settings
    from bot.domain.escalation.pages import Targets
    from bot.domain.impact.readiness import Readiness
    from bot.domain.platform.registry import Registry
    from bot.domain.reports.daily import DailyReport, Summary
    from bot.domain.reports.monthly import MonthlyReport, MonthSummary
    from bot.domain.reports.policy import Schedule
    from bot.domain.reports.report import Report
    from bot.domain.reports.weekly import WeeklyReport, WeekSummary
    from bot.ports.clock import Clock
    from bot.ports.state import State
    from bot.ports.warehouse import Warehouse
    from bot.services.app import AppServices
    from bot.services.blindness import Blindness
    from bot.services.health import HealthService
    from bot.services.impact import ImpactService
    from bot.services.oncall import OncallService
    from bot.services.readiness_posts import ReadinessPosts
    from bot.services.report_posts import ReportKind, ReportPosts, Words
    from bot.services.reports import ReportService
    from bot.services.responses import ResponseService
    from bot.services.retrospect import RetrospectService
    from bot.services.slo import SloService
    from bot.services.trends import TrendService
    from bot.services.watch_posts import WatchPosts
    from bot.views.blocks import Card

R = TypeVar("R", bound="Report")
BACK_DAYS = 6
"""So long a report that comes once a week or a month is looked back for: it is said that there was none."""


class ReportLanes(NamedTuple):
    """What posts by itself: the reports that come round, what a date still lacks, results of watches."""

    reports: tuple[ReportPosts[Any], ...]
    readiness: ReadinessPosts
    watches: WatchPosts

    @property
    def lanes(self) -> tuple[ReportPosts[Any] | ReadinessPosts | WatchPosts, ...]:
        return *self.reports, self.readiness, self.watches


def reports_over(
    settings: Settings,
    registry: Registry,
    health: HealthService,
    slo: SloService,
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
    watchdog = partial(watching, settings, store)
    fires = CronFires(policy.reports.daily, policy.reports.zone or registry.zone)
    asked = Asked(health, slo, impact, trends, oncall, responses, store, policy.gate.shadow, watchdog)
    return ReportService(asked, registry, policy.reports, fires, policy.severity.prediction_phase)


def looking_back(settings: Settings, store: State | None) -> RetrospectService:
    """By the policy of the settings as it is now."""
    from bot.services.retrospect import RetrospectService
    from bot.state_adapters import shadow_of

    in_shadow = shadow_of(settings)
    return RetrospectService(store, lambda: in_shadow)


def watching(settings: Settings, store: State | None) -> Sequence[str]:
    """What watches Fireline from outside, and how it stands now."""
    from bot.services.echo import HEARD, WORK

    last = None if store is None else store.last_tick()
    looked = "detection has never looked" if last is None else f"detection looked last {last:%Y-%m-%d %H:%M} UTC"
    beat = "outside monitor set" if settings.heartbeat_url.get_secret_value() else "no outside monitor"
    if not settings.echo_channel:
        return looked, beat, "no echo through Slack"
    echo = None if store is None else store.lease(WORK)
    heard = echo is not None and echo.note == HEARD
    return looked, beat, f"the last echo through Slack {'was heard' if heard else 'was not heard yet'}"


def slo_over(
    settings: Settings, opened: Warehouse, registry: Registry, health: HealthService, blindness: Blindness
) -> SloService:
    from bot.opening import service_levels
    from bot.services.slo import SloService

    return SloService(opened, registry, service_levels(settings), health, blindness)


def report_posts(services: AppServices, store: State, targets: Targets, wall: Clock, channel: str) -> ReportLanes:
    """A lane each. `channel` is where incidents are posted."""
    from bot.services.readiness_posts import ReadinessPosts
    from bot.services.report_posts import ReportPosts
    from bot.views import readiness

    def card(found: Readiness) -> tuple[str, str]:
        return readiness.card(found, services.reports.zone).stored()

    return ReportLanes(
        tuple(ReportPosts(each, services, store, targets, wall, channel) for each in report_kinds()),
        ReadinessPosts(services, store, card, readiness.unavailable, wall, channel),
        watch_posts(services, store, wall),
    )


def watch_posts(services: AppServices, store: State, wall: Clock) -> WatchPosts:
    from bot.services.watch_posts import WatchPosts
    from bot.views import watch

    return WatchPosts(services, store, lambda found: watch.card(found).stored(), watch.gone, wall)


def report_kinds() -> tuple[ReportKind[DailyReport], ReportKind[WeeklyReport], ReportKind[MonthlyReport]]:
    from bot.domain.reports.policy import Schedule
    from bot.services.report_posts import ReportKind
    from bot.views import daily_report as daily
    from bot.views import monthly_report as monthly
    from bot.views import report_pictures
    from bot.views import weekly_report as weekly

    digest = ReportKind(
        schedule=Schedule.DAILY,
        name="daily digest",
        called="digest",
        prefix="digest",
        back_days=2,
        fires=lambda services: services.reports.fires,
        compose=lambda services, now: services.reports.daily(now),
        words=_words(
            "daily digest", daily.card, daily.rest, report_pictures.daily, daily.markdown, lambda report: report.summary
        ),
    )
    week = _words(
        "weekly report",
        weekly.card,
        weekly.rest,
        report_pictures.weekly,
        weekly.markdown,
        lambda report: report.summary,
    )
    month = _words(
        "monthly review",
        monthly.card,
        monthly.rest,
        report_pictures.monthly,
        monthly.markdown,
        lambda report: report.summary,
    )
    return (
        digest,
        _review(Schedule.WEEKLY, "weekly report", lambda services, now: services.reviews.weekly(now), week),
        _review(Schedule.MONTHLY, "monthly review", lambda services, now: services.reviews.monthly(now), month),
    )


def _review(
    schedule: Schedule, name: str, compose: Callable[[AppServices, datetime], R], words: Words[R]
) -> ReportKind[R]:
    from bot.services.report_posts import ReportKind

    return ReportKind(
        schedule=schedule,
        name=name,
        called=name,
        prefix=schedule.value,
        back_days=BACK_DAYS,
        fires=lambda services: services.reviews.fires[schedule],
        compose=compose,
        words=words,
    )


def _words(
    name: str,
    card: Callable[[R], Card],
    rest: Callable[[R], str],
    picture: Callable[[R], str],
    markdown: Callable[[R], str],
    summary: Callable[[R], Summary | WeekSummary | MonthSummary],
) -> Words[R]:
    """Of what a report's view makes."""
    from bot.domain.reports.summaries import written
    from bot.services.report_posts import Words
    from bot.views import report_pictures, report_text

    return Words(
        card=lambda report: card(report).stored(),
        rest=rest,
        picture=picture,
        seen=report_pictures.words,
        all=lambda report: report_text.plain(markdown(report)),
        facts=lambda report: written(summary(report)),
        skipped=partial(report_text.skipped, name),
    )
