"""What is deployed, and what is done to it, wired: Cloud Run is asked where FIRELINE_CLOUD_RUN says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.config.settings import GOOGLE

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.config.settings import Settings
    from bot.domain.evidence.observation import RunSeen
    from bot.domain.platform.registry import Registry
    from bot.ports.clock import Clock
    from bot.ports.cloud_run import CloudRun
    from bot.ports.state import State
    from bot.ports.warehouse import Warehouse
    from bot.services.deploys import DeploysService, Runs

OFF = "Cloud Run is not asked here: set FIRELINE_CLOUD_RUN=google."


def deploys_of(
    settings: Settings, opened: Warehouse, registry: Registry, store: State | None, now: Clock
) -> DeploysService:
    from bot.services.deploys import DeployReader, DeploysService

    asked = cloud_run(settings)
    reader = None if store is None or asked is None else DeployReader(store, asked, registry, now)
    return DeploysService(store, registry, runs_of(opened, registry), "" if settings.cloud_run else OFF, reader)


def cloud_run(settings: Settings) -> CloudRun | None:
    """None: it is not asked here. Its channels outlive the configuration."""
    return _client(settings.cloud_run) if settings.cloud_run else None


@lru_cache(maxsize=1)
def _client(address: str) -> CloudRun:
    from bot.adapters.cloud_run.client import GoogleCloudRun

    return GoogleCloudRun("" if address == GOOGLE else address)


def runs_of(opened: Warehouse, registry: Registry) -> Runs:
    """The runs of a processor of the registry, as the warehouse knows them."""
    from bot.domain.evidence.observation import DateSpan
    from bot.domain.verdicts.context import Neighbours

    def runs(processor: str, first: date, last: date, as_of: datetime) -> Sequence[RunSeen]:
        of = Neighbours(registry).asked([processor])
        return opened.observed_dates(DateSpan(first, last), first, as_of, of).runs

    return runs


@contextmanager
def deploys_to_read(settings: Settings) -> Iterator[DeploysService]:
    """As the process that reads Cloud Run has stored it; without a state nothing was read."""
    from bot.adapters.state.to_read import state_to_read
    from bot.config.chosen_registry import registry_of
    from bot.services.deploys import DeploysService
    from bot.state_adapters import has_state, state_engine

    registry, _ = registry_of(settings)
    off = "" if settings.cloud_run else OFF
    if not has_state(settings):
        yield DeploysService(None, registry, lambda *_: (), off)
        return
    with state_to_read(state_engine(settings)) as store:
        yield DeploysService(store, registry, lambda *_: (), off)
