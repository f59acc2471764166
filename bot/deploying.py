"""What is deployed, and what is done to it, wired: Cloud Run is asked where FIRELINE_CLOUD_RUN says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.config.settings import GOOGLE
from bot.state_adapters import approver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from bot.config.settings import Settings
    from bot.domain.access import Actor, Identity
    from bot.domain.evidence.observation import RunSeen
    from bot.domain.platform.registry import Registry, Service
    from bot.domain.verdicts.judge import Judged
    from bot.ports.clock import Clock
    from bot.ports.cloud_run import CloudRun
    from bot.ports.run_control import Answer, Order
    from bot.ports.state import State
    from bot.ports.warehouse import Warehouse
    from bot.services.app import AppServices
    from bot.services.deploys import DeploysService, Runs
    from bot.services.operating import Operating
    from bot.services.operations import OperationService, Running
    from bot.services.validation import ValidationService

IN_FLIGHT = timedelta(days=3)
"""So many dates back runs under way are looked for."""
OFF = "Cloud Run is not asked here: set FIRELINE_CLOUD_RUN=google."


def deploys_of(
    settings: Settings, opened: Warehouse, registry: Registry, store: State | None, now: Clock
) -> DeploysService:
    from bot.services.deploys import DeployReader, DeploysService

    asked = cloud_run(settings)
    reader = None if store is None or asked is None else DeployReader(store, asked, registry, now)
    return DeploysService(store, registry, runs_of(opened, registry), "" if settings.cloud_run else OFF, reader)


def operating(
    settings: Settings, store: State | None, identify: Callable[[Actor], Identity], services: AppServices
) -> OperationService:
    """What is done to services, judged by what every other answer goes by. Raises ConfigError."""
    from bot.services.access import email_by
    from bot.services.operations import OperationService, Surroundings

    registry, validation, deploys = services.registry, services.validation, services.deploys

    def judge(processor: str, day: date, now: datetime) -> Judged:
        return validation.judge(processor, day, now).judged

    off = "" if settings.cloud_run else OFF
    around = Surroundings(registry, cloud_run(settings), deploys.reader, running_over(validation), judge, off)
    work = None if store is None else operating_over(settings, store, services)
    return OperationService(store, deploys, around, identify, email_by(identify), approver(settings), work)


def running_over(validation: ValidationService) -> Running:
    """Runs under way of the last dates, whoever started them."""
    from bot.domain.evidence.observation import DateSpan

    def running(processors: Iterable[str], now: datetime) -> tuple[Sequence[str], str]:
        today = validation.dates(now).today
        names = list(processors)
        if not names:
            return (), ""
        picture = validation.picture(names, DateSpan(today - IN_FLIGHT, today), now)
        alive = (run for name, day in picture.rows for run in picture.history.day(name, day).alive(picture.as_of))
        return [_said(run) for run in alive], validation.unread(names)

    return running


def _said(run: RunSeen) -> str:
    by = f" ({run.trigger})" if run.trigger else ""
    return f"{run.processor} {run.data_date} since {run.started_at:%H:%M} UTC{by}"


def operating_over(settings: Settings, store: State, services: AppServices) -> Operating:
    """Does what was approved."""
    from bot.adapters.clock import system_clock
    from bot.adapters.run_control.health import HttpHealth
    from bot.adapters.run_control.identity import IdentityTokens
    from bot.adapters.run_control.over_http import OverHttp
    from bot.domain.platform.registry import Control
    from bot.services.operating import Operating, Reach

    tokens, channel = IdentityTokens(), settings.alerts_channel

    def clear(service: Service, order: Order) -> Answer:
        way = OverHttp(None if service.asked_by is Control.HTTP else tokens)
        return way.start(service.model_copy(update={"request": service.clear_request}), order)

    asked, reader, known = cloud_run(settings), services.deploys.reader, services.registry.service_by_name.get
    return Operating(store, Reach(asked, reader, known, HttpHealth(tokens), clear, channel, system_clock), services.now)


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
    from bot.config.chosen_registry import registry_of
    from bot.services.deploys import DeploysService
    from bot.state_adapters import to_read_if_any

    registry, _ = registry_of(settings)
    off = "" if settings.cloud_run else OFF
    with to_read_if_any(settings) as store:
        yield DeploysService(store, registry, lambda *_: (), off)
