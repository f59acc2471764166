"""`fireline reprocess cancel` where no process serves: it waits for what it ends, and names what it could not end."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

from typer.testing import CliRunner

from bot.cli.app import app
from bot.config.settings import Settings
from bot.domain.access import Identity, Origin, Role
from bot.domain.platform.registry import Registry
from bot.domain.reprocessing.plan import Limits
from bot.domain.reprocessing.repair import Person, StepState
from bot.ports.cloud_run import ExecutionState, JobOrder
from bot.ports.fakes.state import FakeState
from bot.ports.run_control import Answer, Order, Taken
from bot.services.repair_control import UNNAMED, RepairControl
from bot.services.step_runs import UNHEARD, StepRuns
from bot.state_adapters import state
from tests.support.builders import DAY
from tests.support.cloud_run import CLEANUP, cloud_run
from tests.support.repair_service import ANA, WORLD
from tests.support.repair_world import started_repair
from tests.support.repairs import NOW, asked, planned


def test_an_execution_that_runs_has_ended_when_the_command_has(tmp_path: Path) -> None:
    data = WORLD.write(tmp_path / "data")
    said = json.loads((data / "registry.yaml").read_text())
    job = {"control": "cloud_run_job", "project": CLEANUP.project, "region": CLEANUP.region}
    said["services"].append({"name": CLEANUP.name, **job})
    (data / "registry.yaml").write_text(json.dumps(said))
    loaded = CliRunner().invoke(app, ["load", str(data), "--home", str(tmp_path)])
    assert loaded.exit_code == 0, loaded.output
    plan = planned(asked("Gamebook"))
    plan = replace(plan, steps=(replace(plan.steps[0], processor="Box", data_date=DAY, service=CLEANUP.name),))
    with cloud_run() as bench:
        taken = bench.client.run_job(CLEANUP, JobOrder("r1"))
        with state(Settings(home=tmp_path)) as store:
            repair = started_repair(store, plan, Person("terminal:ana", "ana"))
            [step] = store.repairs.steps(repair.id)
            with store.transaction() as tx:
                tx.repairs.put_step(replace(step, state=StepState.RUNNING, attempt=1, execution=taken.name))
        command = [sys.executable, "-m", "bot", "reprocess", "cancel", "R-1", "--json", "--home", str(tmp_path)]
        env = {**os.environ, "FIRELINE_CLOUD_RUN": bench.server.address}
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        assert (answer["state"], answer["not_ended"]) == ("cancelled", [])
        [left] = bench.client.executions(CLEANUP, bench.world.now - timedelta(days=1))
        assert left.state is ExecutionState.CANCELLED


class Slow:
    """Ends the first, cannot end the second, and does not answer for the third."""

    def __init__(self) -> None:
        self.released = Event()

    def start(self, order: Order) -> Answer:
        raise AssertionError(order)

    def find(self, order: Order, since: object) -> Answer:
        raise AssertionError(order, since)

    def cancel(self, _: Order, execution: str) -> Answer:
        if execution == "e2":
            self.released.wait(30)
        refused = Answer(taken=Taken.REFUSED, reason="raw cannot end a run that it has begun")
        return refused if execution == "e1" else Answer(taken=Taken.ACCEPTED)


def test_what_could_not_be_ended_in_time_is_named() -> None:
    store, slow = FakeState(), Slow()
    repair = started_repair(store, planned(asked("Gamebook", dates=5)))
    with store.transaction() as tx:
        for step in store.repairs.steps(repair.id)[:4]:
            begun = replace(step, state=StepState.RUNNING, attempt=1, execution=f"e{step.seq}" if step.seq < 3 else "")
            tx.repairs.put_step(begun)
    runs = StepRuns(slow, Registry)
    member = Identity(Origin.MEMBER, Role.RESPONDER)
    control = RepairControl(store, lambda _: member, lambda: NOW, Limits, runs.end_all)
    stopped, left = control.stopped(repair.id, ANA, 0.3)
    slow.released.set()
    assert stopped.state == "cancelled"
    assert left == [
        "e1 of Gamebook 2026-01-13: raw cannot end a run that it has begun",
        f"e2 of Gamebook 2026-01-12: {UNHEARD}",
        f"Gamebook 2026-01-11: {UNNAMED}",
    ]
