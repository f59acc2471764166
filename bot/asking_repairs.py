"""Repairs for the command line, while no process serves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.domain.access import without_slack
from bot.reading import reading
from bot.repairing import repairs_over
from bot.services.circuits import CircuitService
from bot.state_adapters import check_stored, state

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.ports.clock import Clock
    from bot.services.repair_control import RepairControl
    from bot.services.reprocessing import RepairService


@contextmanager
def asking_repairs(settings: Settings, clock: Clock) -> Iterator[tuple[RepairService, RepairControl, CircuitService]]:
    """What is started is carried out by the process that serves, once it runs. Raises BadInput without a state."""
    check_stored(settings)
    with reading(settings) as services, state(settings) as store:
        wired = services.warehouse, services.registry, services.validation, store, settings, without_slack, clock
        asking, work = repairs_over(*wired, tickets=False)
        yield asking, work.control, CircuitService(store, services.registry, without_slack)
