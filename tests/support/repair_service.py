"""Repairs over a real warehouse and a state: one game day that went wrong for Box, and what waits for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.domain.access import Actor, Identity, Origin, Role, Way
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.slo import ServiceLevels
from bot.ports.state import State
from bot.services.health import HealthService
from bot.services.queries import QueryService
from bot.services.repair_plans import RepairPlans
from bot.services.reprocessing import RepairService
from bot.services.validation import ValidationService
from tests.support.builders import (
    DAY,
    PROCESSORS,
    World,
    at,
    failed,
    game,
    load,
    loaded,
    raw_file,
    registry,
    run,
    warehouse,
)

NOW = datetime(2026, 1, 18, 12, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)
BEFORE = [DAY - timedelta(days=back) for back in range(1, 9)]
SERVED = {"BoxScraper": "scrapers", "Box": "raw", "Summary": "analytics", "Daily": "raw"}
PIPELINE = [{**one, **({"service": SERVED[one["name"]]} if one["name"] in SERVED else {})} for one in PROCESSORS]
WORLD = World(
    runs=[
        *(run(f"b{day}", start=30, day=day) for day in BEFORE),
        *(run(f"s{day}", "Summary", start=33, day=day) for day in BEFORE),
        *(failed(f"f{n}", start=29 + n, text="ValueError: 'DNP'", category="processing_error") for n in (1, 2)),
        failed("summary", "Summary", category="upstream_failure", start=33),
        run("next", start=30, day=NEXT),
        run("next-summary", "Summary", start=33, day=NEXT),
    ],
    table_loads=[
        *(
            loaded(table, day=day, hours=hours)
            for day in BEFORE
            for table, hours in (("raw.box", 30.01), ("an.summary", 33.01))
        ),
        loaded(day=NEXT, hours=30.01),
        loaded("an.summary", day=NEXT, hours=33.01),
    ],
    raw_files=[raw_file(day=day) for day in [*BEFORE, DAY, NEXT]],
    game_schedule=[game(f"G{day}", day) for day in [*BEFORE, DAY, NEXT]],
    processors=PIPELINE,
)
ANA, BEN = Actor("U1", "Ana"), Actor("U2", "Ben")
AT_TERMINAL = Actor("ana", "ana", Way.TERMINAL)


@dataclass
class Repairing:
    service: RepairService
    plans: RepairPlans
    warehouse: SqlWarehouse
    directory: Path
    validation: ValidationService
    queries: QueryService

    def more(self, name: str, **rows: Any) -> None:
        """What becomes known meanwhile."""
        load(self.warehouse, World(processors=PIPELINE, **rows).write(self.directory / name), PIPELINE)


ROLES: Mapping[str, Role] = {"U1": Role.RESPONDER, "U2": Role.APPROVER, "U3": Role.RESPONDER, "U4": Role.VIEWER}


def identify(who: Actor) -> Identity:
    if who.way is Way.TERMINAL:
        return Identity(Origin.TERMINAL, Role.ADMIN)
    return Identity(Origin.MEMBER, ROLES[who.id])


def filled(directory: Path, world: World = WORLD) -> SqlWarehouse:
    into = warehouse()
    load(into, world.write(directory / "world"), world.processors)
    return into


def repairing(
    directory: Path, state: State | None, world: World = WORLD, into: SqlWarehouse | None = None
) -> Repairing:
    """Over a warehouse that is filled already, if given."""
    into, known = into or filled(directory, world), registry(world.processors)
    validation = ValidationService(into, known, HealthService(into, known, ServiceLevels(())), AcceptedLosses())
    plans = RepairPlans(into, known, validation, None if state is None else state.repairs)
    service = RepairService(state, plans, identify, lambda _: "", Role.APPROVER)
    queries = QueryService(into, known, ServiceLevels(()), AcceptedLosses())
    return Repairing(service, plans, into, directory, validation, queries)


def running(processor: str = "Box", hours: float = 83.9) -> dict[str, Any]:
    """A run that somebody else started just before NOW."""
    begun: dict[str, Any] = {"status": "running", "trigger": "backfill", "completed_at": None, "duration_seconds": None}
    beats: dict[str, Any] = {"last_heartbeat_at": at(hours), "inserted_at": at(hours), "records_processed": None}
    return run("other", processor, start=hours, **begun, **beats)
