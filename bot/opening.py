"""What the settings name, opened: the part of the composition root that the others build on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.config.settings import Settings
from bot.domain.errors import BadInput

if TYPE_CHECKING:
    from bot.domain.blindness import BlindnessPolicy
    from bot.domain.health.missing import LossRules
    from bot.domain.platform.accepted_losses import AcceptedLosses
    from bot.domain.slo import ServiceLevels
    from bot.ports.warehouse import Warehouse
    from bot.services.blindness import Blindness
    from bot.services.sources import SourcesService

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


def blindness_of(sources: SourcesService, settings: Settings) -> Blindness:
    """What the sources of a process show, by the policy of the settings."""
    from bot.services.blindness import Blindness

    return Blindness(sources.statuses, blindness_policy(settings))


def blindness_policy(settings: Settings) -> BlindnessPolicy:
    """When a source counts as blind."""
    from bot.config.policy import load_policy

    return load_policy(settings.config / "policy.yaml").blindness


def loss_rules(settings: Settings) -> LossRules:
    from bot.config.policy import load_policy
    from bot.domain.health.missing import LossRules

    return LossRules(accepted_losses(settings), load_policy(settings.config / "policy.yaml").severity)


def accepted_losses(settings: Settings) -> AcceptedLosses:
    from bot.config.accepted_losses import load_accepted_losses

    return load_accepted_losses(settings.config / "accepted_losses.yaml")


def service_levels(settings: Settings) -> ServiceLevels:
    from bot.config.slos import load_slos

    return load_slos(settings.config / "slos.yaml")
