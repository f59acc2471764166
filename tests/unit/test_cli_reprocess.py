"""`fireline reprocess` beside a process that serves, and over its answer: the same plan, the same store."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.adapters.clock import system_clock
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.cli.app import app
from bot.cli.reprocess import RepairQuestion, answer_reprocess, question_of
from bot.config.settings import Settings
from bot.domain.access import Actor, Way, without_slack
from bot.domain.errors import BadInput
from bot.domain.reprocessing.plan import Limits
from bot.domain.reprocessing.repair import Person, started, steps_of
from bot.ports.fakes.state import FakeState
from bot.services.circuits import CircuitService
from bot.services.repair_control import RepairControl
from bot.state_adapters import state
from tests.support.builders import DAY
from tests.support.repair_service import NOW, WORLD, filled, repairing


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history is loaded, and there is a state."""
    folder = tmp_path_factory.mktemp("home")
    loaded = CliRunner().invoke(app, ["load", str(WORLD.write(folder / "data")), "--home", str(folder)])
    assert loaded.exit_code == 0, loaded.output
    with state(Settings(home=folder)):
        return folder


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> SqlWarehouse:
    return filled(tmp_path_factory.mktemp("filled"))


def fireline(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["reprocess", *arguments, "--home", str(home)])


def approved_by_ben(home: Path, plan: str) -> None:
    with state(Settings(home=home)) as store, store.transaction() as tx:
        known = store.repairs.of(plan)
        assert known is not None
        begun = tx.repairs.put(started(known, Person("slack:U2", "Ben"), system_clock()))
        assert begun is not None
        tx.repairs.add_steps(steps_of(begun.plan, begun.id))


def test_a_plan_is_shown_started_paused_and_cancelled(home: Path) -> None:
    shown = fireline(home, "plan", "Box", str(DAY), "--downstream")
    assert shown.exit_code == 0, shown.output
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert "2 to run, 0 skipped, about 2 min." in shown.stdout
    assert "Ask for approval: fireline reprocess start" in shown.stdout
    assert "second person: whether runs are under way is not known, nothing new has come since 20" in " ".join(
        shown.stdout.split()
    ), "files were loaded once, and nothing brings more"
    plan = json.loads(fireline(home, "plan", "Box", str(DAY), "--json", "--as", "Ana").stdout)
    assert (plan["repair"], plan["state"], plan["to_run"], plan["skipped"]) == (None, "planned", 1, {})
    assert plan["downstream_not_in_it"] == ["Summary"]
    assert plan["steps"][0]["verdict"] == "processor_failed"
    asked = json.loads(fireline(home, "start", plan["id"], "--as", "Ana", "--json").stdout)
    assert (asked["repair"], asked["state"], asked["asked_by"]) == ("R-1", "awaiting_approval", "Ana")
    approved_by_ben(home, plan["id"])
    begun = json.loads(fireline(home, "status", "R-1", "--json").stdout)
    assert (begun["state"], begun["left"]) == ("running", 1)
    again = fireline(home, "start", plan["id"])
    assert (again.exit_code, "R-1 is running already" in again.stderr) == (1, True), again.stderr
    assert json.loads(fireline(home, "pause", "R-1", "--json").stdout)["state"] == "paused"
    assert json.loads(fireline(home, "resume", "r-1", "--json").stdout)["state"] == "running"
    assert json.loads(fireline(home, "cancel", "R-1", "--json").stdout)["state"] == "cancelled"
    assert [each["repair"] for each in json.loads(fireline(home, "status", "--json").stdout)] == ["R-1"]
    assert "R-1 was stopped" in fireline(home, "status", "R-1").stdout
    assert json.loads(fireline(home, "plan", "Box", str(DAY), "--json").stdout)["to_run"] == 1  # at once again


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("plan", "Bxo", str(DAY)), "There is no processor 'Bxo'. Did you mean Box"),
        (("plan", "Box"), "Which dates?"),
        (("plan", "Box", "2020-01-01"), "is before the data"),
        (("start", "R-99"), "There is no repair R-99"),
        (("start", "nothing"), "No plan 'nothing' is known"),
    ],
)
def test_what_makes_no_sense_is_refused(home: Path, arguments: tuple[str, ...], said: str) -> None:
    refused = fireline(home, *arguments)
    assert refused.exit_code == 1
    assert said in " ".join(refused.stderr.split())


def test_the_process_that_serves_answers_the_same(tmp_path: Path, full: SqlWarehouse) -> None:
    store = FakeState()
    made, control = repairing(tmp_path, store, into=full), RepairControl(store, without_slack, lambda: NOW, Limits)

    circuits = CircuitService(store, made.service.plans.registry, without_slack)

    def ask(act: str, text: str, by: str = "ana") -> str:
        question = question_of({"act": act, "text": text, "by": by, "as_json": act != "plan"})
        return answer_reprocess(made.service, control, circuits, question, NOW)

    text = ask("plan", f"Box {DAY}")
    name = text.splitlines()[-1].removeprefix("Start it: fireline reprocess start ")
    assert json.loads(ask("start", name))["state"] == "running"
    with pytest.raises(BadInput, match="R-1 is running already"):
        ask("start", name)
    withdrawn = json.loads(ask("status", "R-1"))
    assert withdrawn["left"] == 1
    circuits.open("Box", "it loops", Actor("ana", "ana", Way.TERMINAL), NOW)
    [found] = json.loads(ask("circuits", ""))
    assert (found["processor"], found["opened_by"], found["because"]) == ("Box", "ana", "it loops")
    assert json.loads(ask("circuits", "box")) == []
    with pytest.raises(TypeError):
        question_of({"act": "plan", "other": 1})
    assert RepairQuestion("plan", "Box", "ana").as_json is False


def test_a_mode_is_one_of_three_and_never_a_processor(home: Path) -> None:
    for mode in ("some", "Box", ""):
        refused = fireline(home, "plan", "Box", str(DAY), "--mode", mode)
        assert (refused.exit_code, "is not one of 'failed'" in refused.output) == (2, True), refused.output
    assert fireline(home, "plan", "Box", str(DAY), "missing").exit_code == 0
