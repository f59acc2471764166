"""The weekly report, the monthly review and watches of fixes, wired."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.config.settings import Settings
    from bot.domain.access import Actor, Identity
    from bot.domain.platform.registry import Registry
    from bot.ports.state import State
    from bot.ports.warehouse import Warehouse
    from bot.services.blindness import Blindness
    from bot.services.deploys import DeploysService
    from bot.services.health import HealthService
    from bot.services.impact import ImpactService
    from bot.services.oncall import OncallService
    from bot.services.reports import ReportService
    from bot.services.reviews import ReviewService
    from bot.services.slo import SloService
    from bot.services.watches import WatchService


def reviews_over(
    settings: Settings,
    opened: Warehouse,
    registry: Registry,
    health: HealthService,
    slo: SloService,
    oncall: OncallService,
    deploys: DeploysService,
    store: State | None,
) -> ReviewService:
    """By the policy of the settings as it is now."""
    from bot.adapters.fire_times import CronFires
    from bot.config.policy import load_policy
    from bot.domain.reports.policy import Schedule
    from bot.guiding import RunbookFiles
    from bot.reporting import looking_back, watching
    from bot.services.reviews import Asked, ReviewService

    rules = load_policy(settings.config / "policy.yaml")
    policy = rules.reports
    zone = policy.zone or registry.zone
    fires = {
        Schedule.WEEKLY: CronFires(policy.weekly, zone, day_of_week="sun"),
        Schedule.MONTHLY: CronFires(policy.monthly, zone, day="1st mon"),
    }
    library, watchdog = RunbookFiles(settings.config), partial(watching, settings, store)
    asked = Asked(opened, health, slo, oncall, deploys, looking_back(settings, store), library, store, watchdog)
    return ReviewService(asked, registry, policy, fires, rules.prices)


def watches_over(
    settings: Settings,
    opened: Warehouse,
    registry: Registry,
    health: HealthService,
    slo: SloService,
    store: State | None,
    identify: Callable[[Actor], Identity],
) -> WatchService:
    from bot.config.policy import load_policy
    from bot.services.watches import WatchService

    policy = load_policy(settings.config / "policy.yaml").reports
    return WatchService(opened, registry, health, slo, store, policy, identify)


def watches_to_read(
    settings: Settings, opened: Warehouse, registry: Registry, health: HealthService, blindness: Blindness
) -> WatchService:
    """For a command, while no process serves: nothing is begun."""
    from bot.domain.access import without_slack
    from bot.reporting import slo_over

    slo = slo_over(settings, opened, registry, health, blindness)
    return watches_over(settings, opened, registry, health, slo, None, without_slack)


@contextmanager
def reports_to_read(
    settings: Settings,
    opened: Warehouse,
    registry: Registry,
    health: HealthService,
    impact: ImpactService,
    blindness: Blindness,
) -> Iterator[tuple[ReportService, ReviewService]]:
    """Over an open warehouse, for a command, while no process serves."""
    from bot.adapters.clock import system_clock
    from bot.config.chosen_oncall import oncall_in_use
    from bot.deploying import deploys_of
    from bot.reporting import reports_over, slo_over
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
        deploys = deploys_of(settings, opened, registry, store, system_clock)
        slo = slo_over(settings, opened, registry, health, blindness)
        yield (
            reports_over(settings, registry, health, slo, impact, trends, oncall, responses, store),
            reviews_over(settings, opened, registry, health, slo, oncall, deploys, store),
        )
