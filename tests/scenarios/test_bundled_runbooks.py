"""The runbooks that come with Fireline, each gone through from its first step to its last in a small world."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config.bundled import bundled
from bot.config.runbooks import load_runbooks
from bot.domain.deploys.deployed import Deployed, Revision, Target
from bot.domain.deploys.seen import Seen
from bot.domain.platform.accepted_losses import AcceptedLosses
from bot.domain.platform.registry import Registry, Service
from bot.domain.runbooks.expectation import Fit
from bot.domain.runbooks.registry import CHECKS
from bot.domain.runbooks.run import Run, RunState, StepRun, StepState, Subject
from bot.domain.runbooks.runbook import Step, StepKind
from bot.domain.sources import Feed, SourcePlan, SourceStatus
from bot.guiding import deployments_of
from bot.ports.fakes.state import FakeState
from bot.services import runbook_work
from bot.services.blindness import Blindness
from bot.services.deploys import DeploysService
from bot.services.runbooks import Deed
from bot.services.validation import ValidationService
from tests.support.builders import DAY, NOW, at, load, run
from tests.support.rotas import PEOPLE
from tests.support.runbook_desk import EMPTY, SERVED, Board, Desk, desk_in

TEN = [each.id for each in load_runbooks(bundled("runbooks")).runbooks]
NOT_HERE = {"restart", "cancel_execution", "clear_marker", "rollback"}
"""Nobody asks Cloud Run in this world."""
NEVER_KNOWN = {"error_lines", "deployments", "source_age"}
"""No logs, no deployments and no sources are read in this world."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path, bundled=True) as made:
        yield made


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Of which checks are asked, and nothing else."""
    with desk_in(tmp_path_factory.mktemp("asked"), bundled=True) as made:
        yield made


def pairs(run: Run) -> list[tuple[Step, StepRun]]:
    return list(zip(run.runbook.steps, run.steps, strict=True))


def press(desk: Desk, run: Run, number: int, deed: Deed, who: str) -> None:
    [grant] = [each.id for each in desk.state.runbooks.grants(run.id) if each.step == number]
    person = desk.services.responses.who(PEOPLE[who], desk.now[0])
    desk.services.runbooks.press(grant, deed, person, desk.now[0])


def go_on(desk: Desk, run: Run, step: Step, state: StepState, why: str) -> None:
    """What a person does about a step that waits for one."""
    if state is StepState.UNMET or step.kind is StepKind.CHECK or (state is StepState.READY and why):
        press(desk, run, step.number, Deed.SKIP, "Ana")
    elif step.kind is StepKind.MANUAL:
        press(desk, run, step.number, Deed.DONE, "Ana")
    else:
        press(
            desk, run, step.number, Deed.ACT, "Ana" if state is StepState.READY and step.call == "rollback" else "Ben"
        )


@pytest.mark.parametrize("name", TEN)
def test_every_step_works(name: str, desk: Desk) -> None:
    ben = desk.services.responses.who(PEOPLE["Ben"], NOW)
    run = desk.services.runbooks.start(name, ben, NOW, incident=desk.incident)
    board = Board()
    if name == "tracking-fault":
        desk.mend()
    for _ in range(60):
        desk.work(board).look()
        run = desk.run()
        if run.state is not RunState.RUNNING:
            break
        waiting = [each for each in run.current if each.state is not StepState.CHECKING]
        if any(step.call == "reprocess" and state.state is StepState.DONE for step, state in pairs(run)):
            desk.mend()
        if not waiting:
            desk.later(minutes=1)
        for each in waiting:
            go_on(desk, run, run.runbook.steps[each.number - 1], each.state, each.why)
    assert run.state is RunState.DONE or run.steps[-1].state is StepState.UNMET, run.steps
    for step, state in pairs(run):
        if step.kind is StepKind.CHECK and state.at is not None:
            assert (state.fit is Fit.NOT_KNOWN) is (step.call in NEVER_KNOWN), (step, state)
        if step.kind is StepKind.ACTION:
            assert (state.state is StepState.SKIPPED) is (step.call in NOT_HERE), (step, state)
    assert any("started the runbook" in each for each in desk.told())


def test_what_failed_before_an_action_does_not_count_against_it(desk: Desk) -> None:
    ben = desk.services.responses.who(PEOPLE["Ben"], NOW)
    run = desk.services.runbooks.start("alert-storm", ben, NOW, incident=desk.incident)
    began = NOW - timedelta(hours=1)
    assert runbook_work._since(run, began) == began - runbook_work.AROUND
    steps = [replace(state, state=StepState.DONE, at=NOW) for _, state in pairs(run)]
    assert runbook_work._since(replace(run, steps=tuple(steps)), began) == NOW


def measured(desk: Desk, call: str, subject: Subject, **arguments: str) -> tuple[object, str]:
    step = Step(number=1, id="1", text="Ask.", kind=StepKind.CHECK, call=call, arguments=arguments, expect="")
    found = desk.services.runbooks.checks.measure(step, subject, NOW, desk.now[0])
    return found.value, f"{found.text}: {found.because}" if found.because else found.text


BOX = Subject(processor="Box", data_date=DAY)


@pytest.mark.parametrize(
    ("call", "subject", "value", "said"),
    [
        ("verdict", BOX, "processor_failed", "processor_failed: the raw file is there, the table is empty"),
        ("rows", BOX, 0, "0"),
        ("coverage", BOX, 0, "0 %"),
        ("dependencies_not_ready", replace(BOX, processor="Summary"), 1, "1 of 1: Box: "),
        ("runs_in_flight", BOX, 0, "0"),
        ("heartbeat_age", BOX, 0.0, "no run is in flight"),
        ("open_incidents", BOX, 1, "1"),
        ("verdict", Subject(), None, "not known: the runbook was started for no processor"),
        ("verdict", Subject(processor="Box"), None, "not known: the runbook was started for no data date"),
        ("rows", Subject(processor="Nobody", data_date=DAY), None, "not known: "),
        ("runs_in_flight", Subject(processor="Nobody", data_date=DAY), None, "not known: Nobody is not registered"),
        ("real_failures", Subject(processor="Nobody", data_date=DAY), None, "not known: Nobody is not registered"),
        ("health", Subject(processor="Nobody", data_date=DAY), None, "not known: Nobody is not registered"),
        ("source_age", BOX, None, "not known: no source is configured"),
        ("deployments", BOX, None, "not known: The registry has no service 'raw'"),
        ("error_lines", BOX, None, "not known: logs are not read here: set FIRELINE_CLOUD_LOGGING"),
        ("circuit", BOX, "closed", "closed"),
        ("hands", BOX, None, "not known: this release has no check hands"),
    ],
)
def test_what_checks_answer(call: str, subject: Subject, value: object, said: str, asked: Desk) -> None:
    found, text = measured(asked, call, subject)
    assert (found if found is None or isinstance(value, str) else round(float(str(found))), text.startswith(said)) == (
        value,
        True,
    ), (found, text)


OF_RUNS = ("runs_in_flight", "heartbeat_age", "real_failures", "expected_failures")
BLIND = [(Feed.RUNS, call, subject) for call in OF_RUNS for subject in (BOX, Subject(data_date=DAY))]
BLIND += [(Feed.TABLE_LOADS, call, BOX) for call in ("rows", "coverage")]


@pytest.mark.parametrize(("feed", "call", "subject"), BLIND)
def test_what_a_blind_source_would_show_is_not_known(asked: Desk, feed: Feed, call: str, subject: Subject) -> None:
    since = asked.now[0] - timedelta(minutes=40)
    plan = SourcePlan("history", "sql", feed, timedelta(minutes=1), timedelta())
    status = SourceStatus(plan, asked.now[0], synced_at=since, failing_since=since, error="refused")
    services, known = asked.services, asked.services.registry
    blindness = Blindness(lambda: [status])
    validation = ValidationService(asked.warehouse, known, services.health, AcceptedLosses(), blindness=blindness)
    found, text = measured(replace(asked, services=replace(services, validation=validation)), call, subject)
    assert found is None
    assert text.startswith("not known: what has come is not known: source history cannot be read since ")
    late = replace(status, failing_since=None, error="", synced_at=asked.now[0] - timedelta(minutes=4))
    blindness.statuses = lambda: [late]
    found, text = measured(replace(asked, services=replace(services, validation=validation)), call, subject)
    assert (found, text.split(": ")[-1]) == (None, "source history has not been read for 4 min")


def test_every_check_of_the_registry_is_there(asked: Desk) -> None:
    for call in CHECKS:
        assert "this release has no check" not in measured(asked, call, BOX)[1]
    assert measured(asked, "health", BOX, phase="2")[0] in CHECKS["health"].words
    assert measured(asked, "real_failures", BOX, phase="2")[0] is not None


def test_deployments_are_those_of_the_last_day_that_were_read() -> None:
    state, service = FakeState(), Service(name="raw", project="p", region="r")
    deploys = DeploysService(state, Registry(services=(service,)), lambda *_: ())
    assert deployments_of(deploys, "raw", NOW) is None
    made = [Revision(name=f"raw-{hours}", created_at=NOW - timedelta(hours=hours), ready=True) for hours in (1, 20, 30)]
    deployed = Deployed("raw", "e", "https://raw", NOW, "ci", "raw-1", (Target("", 100),), tuple(made))
    with state.transaction() as tx:
        tx.deploys.put(Seen("raw", deployed, NOW))
    assert deployments_of(deploys, "raw", NOW) == 2


def test_an_action_that_was_cut_off_is_done_once(desk: Desk) -> None:
    """The process dies after the act and before its end is noted: the next one does it again, to no effect."""
    ben = desk.services.responses.who(PEOPLE["Ben"], NOW)
    run = desk.services.runbooks.start("alert-storm", ben, NOW, incident=desk.incident)
    board = Board()
    for _ in range(12):
        desk.work(board).look()
        ready = [each for each in desk.run().current if each.state in (StepState.READY, StepState.UNMET)]
        if any(run.runbook.steps[each.number - 1].kind is StepKind.ACTION for each in ready):
            break
        for each in ready:
            go_on(desk, run, run.runbook.steps[each.number - 1], each.state, each.why)
    press(desk, run, 5, Deed.ACT, "Ben")
    before = desk.run()
    desk.work(board).look()
    [silence] = desk.state.silences(desk.now[0])
    with desk.state.transaction() as tx:
        assert tx.runbooks.put(replace(before, version=desk.run().version))  # as if its end had not been noted
    desk = desk.again()
    desk.later(minutes=3)
    desk.work(board).look()
    assert desk.run().steps[4].state is StepState.DONE
    assert desk.state.silences(desk.now[0]) == [silence]


def test_a_run_is_alive_while_its_heart_beats(desk: Desk) -> None:
    begun = run("hangs", start=131.5, status="running", completed_at=None, records_processed=None)
    begun |= {"last_heartbeat_at": at(131.9), "inserted_at": at(131.9)}
    load(desk.warehouse, EMPTY.but(runs=[*EMPTY.runs, begun]).write(desk.folder / "hangs"), SERVED)
    assert measured(desk, "runs_in_flight", BOX) == (1, "1")
    assert measured(desk, "heartbeat_age", BOX)[1] == "6 min"
    desk.later(minutes=30)
    news = EMPTY.but(runs=[*EMPTY.runs, begun, run("later", "Poller", start=132.4)])
    load(desk.warehouse, news.write(desk.folder / "news"), SERVED)
    assert measured(desk, "runs_in_flight", BOX) == (0, "0")
    assert measured(desk, "heartbeat_age", BOX)[1] == "36 min"
    assert measured(desk, "runs_in_flight", Subject())[0] == 0
