"""Every use case that Slack's handlers call, wired."""

from dataclasses import dataclass

from bot.domain.registry import Registry
from bot.ports.clock import Clock
from bot.services.health import HealthService
from bot.services.impact import ImpactService
from bot.services.queries import QueryService
from bot.services.trends import TrendService


@dataclass(frozen=True)
class AppServices:
    now: Clock
    registry: Registry
    health: HealthService
    trends: TrendService
    impact: ImpactService
    queries: QueryService
    chart_theme: str
