"""The sources that `sources.yaml` names, wired."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.opening import dataset_of, registry_in_use

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.ports.clock import Clock
    from bot.ports.warehouse import Warehouse
    from bot.services.sources import SourcesService


def sources_service(opened: Warehouse, settings: Settings, clock: Clock) -> SourcesService:
    """Over an open warehouse."""
    from bot.services.sources import SourcesService

    registry = partial(registry_in_use, opened, settings)
    if settings.sources_file is None:
        return SourcesService(opened, (), registry, clock)
    from bot.source_adapters import connected_sources

    return SourcesService(opened, connected_sources(settings, registry, dataset_of(settings)), registry, clock)
