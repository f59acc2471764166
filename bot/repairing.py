"""Repairs, wired: planned from what every answer goes by, started by people."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.domain.access import Actor, Identity
    from bot.domain.platform.registry import Registry
    from bot.ports.state import State
    from bot.ports.warehouse import Warehouse
    from bot.services.reprocessing import RepairService
    from bot.services.validation import ValidationService


def repairs_over(
    opened: Warehouse,
    registry: Registry,
    validation: ValidationService,
    store: State | None,
    settings: Settings,
    identify: Callable[[Actor], Identity],
) -> RepairService:
    """Raises ConfigError."""
    from bot.config.access import load_access
    from bot.services.access import email_by
    from bot.services.deploys import revisions_in
    from bot.services.repair_plans import RepairPlans, not_known
    from bot.services.reprocessing import RepairService

    stored = (None, not_known) if store is None else (store.repairs, revisions_in(store))
    plans = RepairPlans(opened, registry, validation, *stored)
    approves = load_access(settings.config / "access.yaml").approves
    return RepairService(store, plans, identify, email_by(identify), approves)
