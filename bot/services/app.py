"""Every use case that Slack's handlers call, wired."""

from dataclasses import dataclass

from bot.domain.platform.registry import Registry
from bot.ports.clock import Clock
from bot.services.health import HealthService
from bot.services.impact import ImpactService
from bot.services.incidents import IncidentService
from bot.services.queries import QueryService
from bot.services.sampling import SamplingService
from bot.services.trends import TrendService
from bot.services.validation import ValidationService


@dataclass(frozen=True)
class AppServices:
    now: Clock
    registry: Registry
    health: HealthService
    trends: TrendService
    impact: ImpactService
    validation: ValidationService
    sampling: SamplingService
    queries: QueryService
    incidents: IncidentService
