"""What the settings name, opened: the part of the composition root that the others build on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config.settings import Settings
from bot.domain.errors import BadInput

if TYPE_CHECKING:
    from bot.domain.blindness import BlindnessPolicy
    from bot.domain.health.missing import LossRules
    from bot.domain.platform.accepted_losses import AcceptedLosses
    from bot.domain.platform.registry import Registry
    from bot.domain.slo import ServiceLevels
    from bot.ports.warehouse import Warehouse
    from bot.services.blindness import Blindness
    from bot.services.health import HealthService
    from bot.services.loading import LoadingService
    from bot.services.opened import Opened
    from bot.services.queries import QueryService
    from bot.services.recorded import RecordedService
    from bot.services.sources import SourcesService
    from bot.services.validation import ValidationService

FIRST_STEPS = "Load one with `fireline load DIR`, or try `fireline demo`."


@contextmanager
def warehouse(settings: Settings, *, read_only: bool) -> Iterator[Warehouse]:
    """The warehouse that the settings name. Raises WarehouseUnavailable when it cannot be opened."""
    opened = _bigquery(settings) if settings.warehouse == "bigquery" else _duckdb(settings, read_only=read_only)
    try:
        yield opened
    finally:
        opened.close()


def _duckdb(settings: Settings, *, read_only: bool) -> Warehouse:
    from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
    from bot.adapters.warehouse.sql_warehouse import SqlWarehouse

    path = settings.warehouse_file
    if read_only and not path.exists():
        raise BadInput(f"There is no run history in {settings.home} yet. {FIRST_STEPS}")
    return SqlWarehouse(DuckDBEngine(path, read_only=read_only, cache_directory=settings.sql_cache))


def _bigquery(settings: Settings) -> Warehouse:
    from bot.adapters.warehouse.bigquery_engine import BigQueryEngine
    from bot.adapters.warehouse.sql_warehouse import SqlWarehouse

    if not settings.bigquery_project:
        raise BadInput("FIRELINE_BIGQUERY_PROJECT is not set. Name the Google Cloud project of the warehouse.")
    engine = BigQueryEngine(settings.bigquery_project, settings.bigquery_dataset, endpoint=settings.bigquery_endpoint)
    return SqlWarehouse(engine)


def dataset_of(settings: Settings) -> str | None:
    """The data set of the warehouse, where it is in BigQuery."""
    return f"{settings.bigquery_project}.{settings.bigquery_dataset}" if settings.warehouse == "bigquery" else None


def blindness_of(sources: SourcesService, settings: Settings) -> Blindness:
    """What the sources of a process show, by the policy of the settings."""
    from bot.services.blindness import Blindness

    def heard() -> Mapping[str, int] | None:
        told = sources.heard()
        return None if told is None else told.held

    if settings.sources_file is None:
        return Blindness(heard=heard)  # none can be blind
    return Blindness(sources.statuses, blindness_policy(settings), heard=heard)


def blindness_policy(settings: Settings) -> BlindnessPolicy:
    """When a source counts as blind."""
    from bot.config.policy import load_policy

    return load_policy(settings.config / "policy.yaml").blindness


def loss_rules(settings: Settings) -> LossRules:
    from bot.config.severity import load_severity
    from bot.domain.health.missing import LossRules

    return LossRules(accepted_losses(settings), load_severity(settings.config / "policy.yaml"))


def accepted_losses(settings: Settings) -> AcceptedLosses:
    from bot.config.accepted_losses import load_accepted_losses

    return load_accepted_losses(settings.config / "accepted_losses.yaml")


def service_levels(settings: Settings) -> ServiceLevels:
    from bot.config.slos import load_slos

    return load_slos(settings.config / "slos.yaml")


def registry_of_data(opened: Warehouse, settings: Settings) -> Registry:
    """The registry that the data was loaded with; before there is any, the configured one if sources will bring it."""
    from bot.domain.platform.registry import Registry

    document = opened.platform_document()
    if document is not None:
        return Registry.model_validate_json(document)
    from bot.config.chosen_sources import sources_in_use

    if sources_in_use(settings):
        from bot.config.chosen_registry import registry_of

        return registry_of(settings)[0]
    raise BadInput(f"There is no run history yet. {FIRST_STEPS} Or name sources in sources.yaml.")


def registry_in_use(opened: Warehouse, settings: Settings) -> Registry:
    """The configured registry, where a team has one of its own; else the one the data was loaded with."""
    from bot.config.chosen_registry import registry_of
    from bot.config.settings import BUNDLED_CONFIG
    from bot.domain.platform.registry import Registry

    document = opened.platform_document()
    if settings.config != BUNDLED_CONFIG or document is None:
        return registry_of(settings)[0]
    return Registry.model_validate_json(document)


def validation_over(
    opened: Warehouse,
    registry: Registry,
    health: HealthService,
    settings: Settings,
    incidents: Opened | None,
    blindness: Blindness,
) -> ValidationService:
    from bot.services.validation import ValidationService

    return ValidationService(opened, registry, health, accepted_losses(settings), incidents, blindness)


def queries_over(opened: Warehouse, registry: Registry, settings: Settings) -> QueryService:
    from bot.services.queries import QueryService

    return QueryService(opened, registry, service_levels(settings), accepted_losses(settings))


@contextmanager
def in_memory() -> Iterator[Warehouse]:
    """An empty warehouse that is gone afterwards."""
    from bot.adapters.warehouse.duckdb_engine import DuckDBEngine
    from bot.adapters.warehouse.sql_warehouse import SqlWarehouse

    opened = SqlWarehouse(DuckDBEngine(None, read_only=False))
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def recorded(settings: Settings, registry: Registry) -> Iterator[RecordedService]:
    """The service that replays a data directory, over a warehouse in memory."""
    from bot.config.policy import load_policy
    from bot.services.health import HealthService
    from bot.services.recorded import RecordedService
    from bot.services.replay import ReplayService

    policy = load_policy(settings.config / "policy.yaml")
    with in_memory() as opened:
        gate = replace(policy.gate, shadow=policy.gate.shadow.in_part)
        replay = ReplayService(policy.severity, gate, accepted_losses(settings))
        health = HealthService(opened, registry, service_levels(settings))
        yield RecordedService(opened, loading_service(opened, settings), replay, health)


@contextmanager
def loading(settings: Settings) -> Iterator[LoadingService]:
    """The service that takes data in; it alone may write to the warehouse."""
    with warehouse(settings, read_only=False) as opened:
        yield loading_service(opened, settings)


def loading_service(opened: Warehouse, settings: Settings) -> LoadingService:
    return loading_by(opened, settings.config, settings.sources_file)


def loading_by(opened: Warehouse, config: Path, sources: Path | None) -> LoadingService:
    """By the words of a configuration, and of its sources for a folder that one of them reads."""
    from bot.config.chosen_sources import written_in
    from bot.config.policy import load_policy
    from bot.config.sources import load_sources
    from bot.services.loading import LoadingService

    policy = load_policy(config / "policy.yaml")
    entries = () if sources is None else load_sources(sources)
    return LoadingService(
        opened, policy.failure_text_rules, lambda directory: written_in(directory, entries, policy.vocabulary)
    )
