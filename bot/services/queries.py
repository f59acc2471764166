"""The SQL behind an answer: what the warehouse is asked for it, with the values bound in."""

from datetime import datetime

from bot.domain.health.model import HealthRequest
from bot.domain.impact.report import ImpactRequest
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.platform.registry import Registry
from bot.domain.slo import ServiceLevels
from bot.domain.verdicts.validation import ValidationRequest
from bot.ports.warehouse import AskedQuery, Warehouse
from bot.services.health import HealthService
from bot.services.impact import ImpactService
from bot.services.validation import ValidationService


class QueryService:
    """Each answer is given once more over a warehouse that notes what it is asked: what is shown is what runs."""

    def __init__(
        self, warehouse: Warehouse, registry: Registry, levels: ServiceLevels, accepted: AcceptedLosses
    ) -> None:
        self._warehouse, self._registry, self._levels, self._accepted = warehouse, registry, levels, accepted

    def of_health(self, request: HealthRequest, now: datetime) -> list[AskedQuery]:
        traced, asked = self._warehouse.traced()
        self._health(traced).of(request, now)
        return asked

    def of_impact(self, request: ImpactRequest, now: datetime) -> list[AskedQuery]:
        traced, asked = self._warehouse.traced()
        ImpactService(traced, self._registry, self._health(traced)).of(request, now)
        return asked

    def of_validation(self, request: ValidationRequest, now: datetime) -> list[AskedQuery]:
        traced, asked = self._warehouse.traced()
        ValidationService(traced, self._registry, self._health(traced), self._accepted).of(request, now)
        return asked

    def named(self, name: str, now: datetime, processor: str | None = None) -> AskedQuery:
        """One query by its name, over the last 7 days. Raises BadInput, with the nearest, for a name that is none."""
        chosen = self._registry.get(processor) if processor is not None else self._registry.processors[0]
        moment = self._health(self._warehouse).moment(HealthRequest(), now)
        return self._warehouse.query(name, moment, chosen.name)

    def _health(self, warehouse: Warehouse) -> HealthService:
        return HealthService(warehouse, self._registry, self._levels)
