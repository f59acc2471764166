"""The use cases of commands: each is wired, and imported, when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING

from bot.adapters.clock import system_clock
from bot.opening import (
    blindness_of,
    loss_rules,
    queries_over,
    registry_of_data,
    service_levels,
    validation_over,
    warehouse,
)
from bot.sourcing import sources_service
from bot.state_adapters import has_state, to_read, watched_by

if TYPE_CHECKING:
    from datetime import datetime

    from bot.config.settings import Settings
    from bot.domain.health.notified import Notified
    from bot.domain.platform.registry import Registry
    from bot.ports.state import State
    from bot.ports.warehouse import Warehouse
    from bot.services.blindness import Blindness
    from bot.services.health import HealthService
    from bot.services.impact import ImpactService
    from bot.services.queries import QueryService
    from bot.services.sampling import SamplingService
    from bot.services.slo import SloService
    from bot.services.sources import SourcesService
    from bot.services.validation import ValidationService


class Services:
    """Over an open warehouse. The registry is the one the data was loaded with. Incidents are known here, too: an
    answer is the same as the serving process's.
    """

    def __init__(self, opened: Warehouse, settings: Settings, closing: ExitStack) -> None:
        self.warehouse = opened
        self._settings, self._closing = settings, closing

    @cached_property
    def _has_state(self) -> bool:
        return has_state(self._settings)

    @cached_property
    def _state(self) -> State:
        return self._closing.enter_context(to_read(self._settings))

    def clock(self) -> datetime:
        from bot.services.moment import answered_at

        return answered_at(lambda: self._state.last_tick(), system_clock()) if self._has_state else system_clock()

    def _notified(self, since: datetime, until: datetime) -> Notified:
        from bot.services.notified import notified_within

        return notified_within(self._state, watched_by(self._state, self._settings), since, until)

    @cached_property
    def sources(self) -> SourcesService:
        return sources_service(self.warehouse, self._settings, self.clock)

    @cached_property
    def blindness(self) -> Blindness:
        """As the process that reads the sources has stored it."""
        return blindness_of(self.sources, self._settings)

    @cached_property
    def registry(self) -> Registry:
        return registry_of_data(self.warehouse, self._settings)

    def keep_registry(self) -> None:
        """Store the configured registry, where the data is there with another: a read that brings rows does so too."""
        from bot.domain.evidence.platform_facts import platform_facts
        from bot.opening import loading_service, registry_in_use

        registry, stored = registry_in_use(self.warehouse, self._settings), self.warehouse.platform_document()
        if stored is not None and platform_facts(registry).document != stored:
            loading_service(self.warehouse, self._settings).adopt(registry, self.clock())

    @cached_property
    def health(self) -> HealthService:
        from bot.services.health import HealthService

        losses, notified = partial(loss_rules, self._settings), self._notified if self._has_state else None
        levels = service_levels(self._settings)
        health = HealthService(self.warehouse, self.registry, levels, notified, losses, self.blindness)
        health.budgets = lambda moment, phase: self.slo.spent(moment, phase)  # not every answer asks
        return health

    @cached_property
    def slo(self) -> SloService:
        from bot.services.slo import SloService

        levels = service_levels(self._settings)
        return SloService(self.warehouse, self.registry, levels, self.health, self.blindness)

    @cached_property
    def impact(self) -> ImpactService:
        from bot.services.impact import ImpactService

        return ImpactService(self.warehouse, self.registry, self.health, self.blindness)

    @cached_property
    def validation(self) -> ValidationService:
        from bot.services.opened import opened_in

        opened = (lambda at: opened_in(self._state, at)) if self._has_state else None
        return validation_over(self.warehouse, self.registry, self.health, self._settings, opened, self.blindness)

    @cached_property
    def queries(self) -> QueryService:
        return queries_over(self.warehouse, self.registry, self._settings)

    @cached_property
    def sampling(self) -> SamplingService:
        from bot.domain.verdicts.sampling import Plan
        from bot.services.sampling import SamplingService

        return SamplingService(self.warehouse, self.registry, self.health, Plan())


@contextmanager
def reading(settings: Settings) -> Iterator[Services]:
    """Services that only read."""
    with warehouse(settings, read_only=True) as opened, ExitStack() as closing:
        yield Services(opened, settings, closing)


@contextmanager
def syncing(settings: Settings) -> Iterator[Services]:
    """Services whose sources may be read, by a command."""
    with warehouse(settings, read_only=False) as opened, ExitStack() as closing:
        yield Services(opened, settings, closing)
