"""One process with runbooks over a small history in which a date is lost, and the next process over the same state."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from bot.adapters.notify.slack_runbooks import SlackRunbooks
from bot.adapters.state.database import open_engine
from bot.adapters.state.stores import SqlState
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.bootstrap import app_services
from bot.config.settings import Settings
from bot.domain.access import Actor, Identity, Origin, Role
from bot.domain.incidents.escalation_policy import EscalationPolicy
from bot.domain.incidents.incident import Incident, MessageRef
from bot.domain.incidents.timeline import EntryKind
from bot.domain.runbooks.run import Run
from bot.domain.runbooks.shown import Shown
from bot.guiding import guided
from bot.ports.runbook_runs import RunbookBoard
from bot.services.app import AppServices
from bot.services.declaring import DeclaringService, Paging
from bot.services.gate import GateService
from bot.services.incidents import IncidentService
from bot.services.oncall import OncallService
from bot.services.reprocessing import RepairService
from bot.services.responses import ResponseService
from bot.services.runbook_work import RunbookWork
from bot.services.silences import silences_over
from tests.support import builders
from tests.support.builders import DAY, NOW, PROCESSORS, game, load, loaded, raw_file, run
from tests.support.gate_story import RULES, finding
from tests.support.loaded_worlds import copied
from tests.support.migrated_state import empty_state
from tests.support.pager import member
from tests.support.rotas import PEOPLE, PLAN
from tests.support.runbook_texts import FRONT, LOST
from tests.support.slack_bench import ALERTS, Bench

RUNS = [run("s1", records_processed=0), run("scraped", "BoxScraper", start=28)]
SERVED = [{**each, "service": "raw"} for each in PROCESSORS]
BEFORE = [DAY - timedelta(days=days) for days in range(1, 8)]
EMPTY = builders.World(
    RUNS,
    [loaded("an.summary"), *(loaded(rows=300, day=day) for day in BEFORE)],
    [raw_file()],
    [game(), *(game(f"G{day}", day) for day in BEFORE)],
    processors=SERVED,
)
"""Box has 300 rows of each date before, and none of DAY: its run said zero records."""
MENDED = EMPTY.but(table_loads=[*EMPTY.table_loads, loaded(rows=318)])
TWO = FRONT.replace("lost-date", "go-back").replace("kinds: [zero_records_processor]\n", "") + (
    "1. Go back.\n\n   ```action rollback\n   ```\n2. See.\n\n   ```check rows\n   expect: = 0\n   ```\n"
)


class Board:
    """Where nobody looks: it takes everything, and remembers the newest."""

    def __init__(self) -> None:
        self.shown: dict[str, Shown] = {}

    def post(self, shown: Shown) -> MessageRef:
        self.shown[shown.run.id] = shown
        return MessageRef("C1", f"{len(self.shown)}.0")

    def edit(self, message: MessageRef, shown: Shown) -> None:  # noqa: ARG002
        self.shown[shown.run.id] = shown

    def find(self, shown: Shown) -> MessageRef | None:  # noqa: ARG002
        return None


@dataclass
class Desk:
    """Everything of one process over the same folder; `again` is the next one."""

    folder: Path
    services: AppServices
    state: SqlState
    now: list[datetime]
    warehouse: SqlWarehouse

    def work(self, board: RunbookBoard) -> RunbookWork:
        return RunbookWork(self.services, self.state, board, lambda: self.now[0], lambda: 0.0)

    async def look(self, bench: Bench) -> None:
        """As the lane does, on another thread than the workspace's."""
        await asyncio.to_thread(self.work(self.board(bench)).look)

    def board(self, bench: Bench) -> SlackRunbooks:
        return SlackRunbooks(bench.workspace.credentials.bot_token, bench.workspace.api_url, ALERTS)

    def again(self) -> "Desk":
        self.state.close()
        return _desk(self.folder, self.warehouse, self.now)

    def later(self, **length: float) -> None:
        self.now[0] += timedelta(**length)

    def mend(self) -> None:
        """The lost date has its rows."""
        load(self.warehouse, MENDED.write(self.folder / "mended"), SERVED)

    @property
    def incident(self) -> Incident:
        return self.state.open_incidents()[0]

    def run(self, number: int = 1) -> Run:
        found = self.state.runbooks.numbered(number)
        assert found is not None
        return found

    def told(self) -> list[str]:
        return [each.text for each in self.state.timeline(self.incident.id) if each.kind is EntryKind.RUNBOOK]


def known(actor: Actor) -> Identity:
    """Ben approves."""
    return Identity(Origin.MEMBER, Role.APPROVER) if actor.id == PEOPLE["Ben"] else member(actor)


def _desk(folder: Path, warehouse: SqlWarehouse, now: list[datetime]) -> Desk:
    state = SqlState(open_engine(folder / "state.db"))
    made = app_services(warehouse, Settings(home=folder), lambda: now[0], state)
    oncall, paging = OncallService(PLAN, state), Paging(EscalationPolicy(), lambda *_: "somewhere")
    services = replace(
        made,
        oncall=oncall,
        responses=ResponseService(state, oncall.schedule, identify=known),
        incidents=IncidentService(state, made.registry, made.validation.judge),
        silences=silences_over(state, made.registry, made.health, known),
        declaring=DeclaringService(state, oncall.schedule, paging, made.registry.by_name, known),
        repairs=RepairService(state, made.repairs.plans, known),
        guide=partial(guided, Settings(home=folder, config=folder / "config"), state, known),
    )
    return Desk(folder, services, state, now, warehouse)


@contextmanager
def desk_in(folder: Path, *, bundled: bool = False) -> Iterator[Desk]:
    """`bundled`: with the runbooks that come with Fireline, in place of two of its own."""
    empty_state(folder / "state.db")
    (folder / "config").mkdir()
    (folder / "config" / "access.yaml").write_text(f"roles:\n  approver: [{PEOPLE['Ben']}]\n")
    if not bundled:
        (folder / "config" / "runbooks").mkdir()
        (folder / "config" / "runbooks" / "lost.md").write_text(LOST)
        (folder / "config" / "runbooks" / "back.md").write_text(TWO)
    warehouse = copied(EMPTY, folder / "warehouse.duckdb", SERVED)
    desk = _desk(folder, warehouse, [NOW])
    lost = finding("Box", severity="P0", data_date=DAY, since=NOW, evident_at=NOW)
    GateService(desk.state, RULES, escalation=EscalationPolicy()).tick(NOW, [lost])
    try:
        yield desk
    finally:
        desk.state.close()
        warehouse.close()
