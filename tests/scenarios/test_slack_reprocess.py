"""A repair in Slack: the plan for the asker alone, started once and seen by all, approved by a second person."""

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.listener.async_listener import AsyncCustomListener

from bot.adapters.notify.slack_repairs import SlackRepairs
from bot.adapters.warehouse.sql_warehouse import SqlWarehouse
from bot.bootstrap import app_services
from bot.cli.reprocess import RepairQuestion, answer_reprocess
from bot.config.settings import Settings
from bot.domain.access import Actor, Identity, Origin, Role, Way
from bot.domain.delivery import Act
from bot.domain.errors import BadInput
from bot.domain.incidents.incident import MessageRef
from bot.domain.reprocessing.plan import Limits
from bot.domain.reprocessing.repair import Circuit, Repair, RepairState, StepState
from bot.ports.fakes.state import FakeState
from bot.services.app import AppServices
from bot.services.gate import GateService
from bot.services.mend_tickets import MendTickets
from bot.services.oncall import OncallService
from bot.services.operations import OperationService, Surroundings
from bot.services.repair_control import RepairControl
from bot.services.reprocessing import RepairService
from bot.services.reprocessing_messages import RepairMessages
from bot.services.responses import ResponseService
from bot.views.blocks import actions, option, plain
from bot.views.incident import PLAIN
from tests.support.builders import DAY, loaded
from tests.support.gate_story import RULES, finding
from tests.support.repair_service import NEXT, NOW, Repairing, filled, identify, repairing
from tests.support.rotas import PLAN
from tests.support.slack_bench import ALERTS, ALEX, MONITOR, SAM, Bench, play

ROLES = {ALEX: Role.RESPONDER, SAM: Role.APPROVER}


@dataclass
class Repairs:
    """Ana is Alex in Slack, Ben is Sam, who approves."""

    services: AppServices
    state: FakeState
    bench: Repairing
    roles: dict[str, Role]
    emails: dict[str, str]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlWarehouse]:
    made = filled(tmp_path_factory.mktemp("filled"))
    yield made
    made.close()


@pytest.fixture
def repairs(tmp_path: Path, full: SqlWarehouse) -> Repairs:
    """Over data that does not change."""
    return over(tmp_path, full)


@pytest.fixture
def living(tmp_path: Path) -> Iterator[Repairs]:
    """Over data that goes on."""
    made = over(tmp_path, filled(tmp_path))
    yield made
    made.bench.warehouse.close()


def over(directory: Path, data: SqlWarehouse) -> Repairs:
    state, roles, emails = FakeState(), dict(ROLES), dict[str, str]()
    bench = repairing(directory, state, into=data)

    def known(who: Actor) -> Identity:
        return Identity(Origin.MEMBER, roles[who.id]) if who.way is Way.SLACK else identify(who)

    services = app_services(bench.warehouse, Settings(home=directory), lambda: NOW, state)
    service = RepairService(state, bench.plans, known, lambda who: emails.get(who.id, ""), Role.APPROVER)
    people = ResponseService(state, OncallService(PLAN, state).schedule)
    judge = services.validation.judge
    around = Surroundings(services.registry, None, None, lambda *_: ((), ""), lambda *of: judge(*of).judged)
    operations = OperationService(state, services.deploys, around, known)
    services = replace(services, repairs=service, responses=people, operating=lambda _: operations)
    return Repairs(services, state, bench, roles, emails)


def labels(message: dict[str, Any]) -> list[str]:
    rows = [block for block in message["blocks"] if block["type"] == "actions"]
    return [each["text"]["text"] for row in rows for each in row["elements"]]


def test_a_plan_is_shown_to_the_asker_and_started_once_for_all_to_see(transport: str, repairs: Repairs) -> None:
    async def scenario(bench: Bench) -> None:
        plan = await bench.ask(f"/reprocess Box {DAY}", sees="ephemeral")
        assert plan["text"].splitlines()[:3] == [
            f"Reprocess Box, {DAY}",
            "1 to run, 0 skipped, about 60 s.",
            "Not in this plan: 1 dependent (Summary).",
        ]
        assert labels(plan) == ["Start 1 step", "Add 1 dependent"]
        assert (bench.posts(), repairs.state.repairs.latest(9)) == ([], [])
        shown = await bench.press(plan, "reprocess.start", sees="message")
        assert shown["text"] == f"R-1 Reprocess Box, {DAY}: Ana has started it. 1 to run, 0 skipped, about 60 s."
        await bench.until(lambda: repairs.state.repairs.latest(9)[0].message)
        (begun,) = repairs.state.repairs.latest(9)
        assert (begun.state, begun.message) == (RepairState.RUNNING, MessageRef(MONITOR, shown["ts"]))
        assert bench.whispers() == []
        again = await bench.ask("/reprocess r-1")
        assert again["text"].startswith("R-1 runs: Box, 15 Jan")
        of_when = "this message is not edited. `/reprocess R-1` shows it afresh."
        assert again["text"].splitlines()[-1] == f"As of {PLAIN.date(NOW)}; {of_when}"
        address = f"/archives/{MONITOR}/p{shown['ts'].replace('.', '')}|the message that shows its progress>"
        assert address in again["blocks"][-1]["elements"][0]["text"]
        assert "R-1 running" in (await bench.ask("/reprocess list", sees="ephemeral"))["text"]

    play(scenario, transport, repairs.services)


def test_what_takes_longer_than_slack_waits_is_not_called_an_old_button(
    repairs: Repairs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    starting, go_on, real = threading.Event(), threading.Event(), RepairService.start

    def late(*given: Any) -> Repair:
        starting.set()
        assert go_on.wait(10)
        return real(*given)

    def is_told() -> bool:
        return "a block_actions took longer than three seconds; it goes on" in caplog.messages

    async def scenario(bench: Bench) -> None:
        plan = await bench.ask(f"/reprocess Box {DAY}", sees="ephemeral")
        monkeypatch.setattr(RepairService, "start", late)
        monkeypatch.setattr(AsyncCustomListener, "ack_timeout", property(lambda _: 0.05), raising=False)
        pressed = asyncio.create_task(bench.press(plan, "reprocess.start", sees="message"))
        await bench.until(starting.is_set)
        await bench.until(is_told)
        go_on.set()
        assert "Ana has started it" in (await pressed)["text"]
        assert [each["text"] for each in bench.whispers() if "older message" in each["text"]] == []

    play(scenario, "socket", repairs.services)


def test_dependents_are_added_by_a_tap_and_never_without(repairs: Repairs) -> None:
    async def scenario(bench: Bench) -> None:
        plan = await bench.ask(f"/reprocess Box {DAY}", sees="ephemeral")
        wider = await bench.press(plan, "reprocess.downstream", sees="ephemeral_changed")
        assert "2 to run, 0 skipped, about 2 min." in wider["text"]
        assert labels(wider) == ["Start 2 steps"]

    play(scenario, "socket", repairs.services)


ENTERED: dict[str, Any] = {
    "reprocess.processors": [option("Box", "Box")],
    "first": str(DAY),
    "last": str(DAY),
    "mode": "failed",
}


def test_without_dates_a_form_asks_for_them(repairs: Repairs) -> None:
    async def scenario(bench: Bench) -> None:
        view = await bench.ask("/reprocess", sees="view_opened")
        assert view["title"]["text"] == "Reprocess"
        backwards = await bench.submit(view, {**ENTERED, "last": "2026-01-10"})
        assert backwards["errors"] == {"first": "2026-01-15 comes after 2026-01-10. Write the earlier date first."}
        await bench.submit(view, {**ENTERED, "downstream": ["yes"]})
        (plan,) = await bench.until(bench.whispers)
        assert plan["text"].startswith(f"Reprocess Box and what depends on it, {DAY}\n2 to run")

    play(scenario, "socket", repairs.services)


def test_a_stale_plan_is_refused_with_its_difference(living: Repairs) -> None:
    async def scenario(bench: Bench) -> None:
        plan = await bench.ask(f"/reprocess Box {DAY}", sees="ephemeral")
        living.bench.more("healed", table_loads=[loaded(hours=60)])
        refused = await bench.press(plan, "reprocess.start", sees="ephemeral_changed")
        said = refused["text"].splitlines()
        assert said[0] == "Plan is not what would be done now: nothing was started."
        assert said[1].startswith(f"Box {DAY}: run: processor failed, 0 rows → skip, already ok")
        assert labels(refused) == []
        assert (bench.posts(), living.state.repairs.unfinished()) == ([], [])

    play(scenario, "socket", living.services)


async def third(bench: Bench, repairs: Repairs) -> dict[str, Any]:
    """The plan of the third repair of the same date, which needs a second person."""
    for number in (1, 2):
        plan = await bench.ask(f"/reprocess Box {DAY}", sees="ephemeral")
        await bench.press(plan, "reprocess.start", sees="message")
        begun = await bench.until(partial(repairs.state.repairs.numbered, number))
        with repairs.state.transaction() as tx:
            step = repairs.state.repairs.steps(begun.id)[0]
            assert tx.repairs.put_step(replace(step, state=StepState.PROVED, started_at=NOW))
            assert tx.repairs.put(replace(begun, state=RepairState.DONE)) is not None
    return await bench.ask(f"/reprocess Box {DAY}", sees="ephemeral")


def test_a_second_person_approves_it(repairs: Repairs) -> None:
    async def scenario(bench: Bench) -> None:
        plan = await third(bench, repairs)
        assert "Needs a second person: third repair in 7 days: Box 2026-01-15." in plan["text"]
        assert "open a ticket for a lasting mend of Box" in plan["text"]
        assert labels(plan)[0] == "Ask for approval"
        waiting = await bench.press(plan, "reprocess.ask", sees="message")
        assert "R-3" in waiting["text"]
        assert labels(waiting) == ["Approve and start", "Withdraw"]
        own = await bench.press(waiting, "reprocess.start", sees="ephemeral")
        assert "A second person has to approve it" in own["text"]
        repairs.emails |= {ALEX: "ana@example.com", SAM: "Ana@example.com"}
        # Ana asked before her address was known: it is that of then that counts
        repairs.roles[SAM] = Role.RESPONDER
        refused = await bench.press(waiting, "reprocess.start", user=SAM, sees="ephemeral")
        assert "You are a responder: an approver can approve a repair" in refused["text"]
        repairs.roles[SAM] = Role.APPROVER
        begun = await bench.press(waiting, "reprocess.start", user=SAM)
        assert "Ben has started it, asked for by Ana" in begun["text"]
        (known, *_) = repairs.state.repairs.latest(9)
        assert known.approved_by is not None
        assert [link.record.act for link in repairs.state.audit_of(known.subject)] == [
            "repair_approval_asked",
            "repair_started",
        ]

    play(scenario, "socket", repairs.services)


def test_what_is_repaired_again_and_again_gets_one_ticket(repairs: Repairs) -> None:
    there: dict[str, str] = {}

    def known(who: Actor) -> Identity:
        return Identity(Origin.MEMBER, repairs.roles[who.id])

    tickets = MendTickets(repairs.state, lambda channel, _: there.get(channel), lambda: NOW, known)
    services = replace(repairs.services, tickets=tickets)

    async def scenario(bench: Bench) -> None:
        assert "Open a ticket" not in labels(await third(bench, repairs)), "there is no Jira"
        there["jira"] = ""
        plan = await bench.ask(f"/reprocess Box {DAY}", sees="ephemeral")
        assert "Open a ticket" in labels(plan)
        del there["jira"]
        none = await bench.press(plan, "reprocess.ticket", sees="ephemeral")
        assert "write `jira:` in channels.yaml" in none["text"]
        assert repairs.state.pages_of("mend:Box:2026-W03") == []
        there["jira"] = ""
        said = await bench.press(plan, "reprocess.ticket", sees="ephemeral")
        assert said["text"] == "A ticket for a lasting mend of Box is written."
        again = await bench.press(plan, "reprocess.ticket", sees="ephemeral")
        assert "was written this week already" in again["text"]
        (page,) = repairs.state.pages_of("mend:Box:2026-W03")
        assert (page.page.channel, page.page.act, page.page.title) == ("jira", Act.TRIGGER, "Lasting mend of Box")
        plain = await bench.ask(f"/reprocess Box {NEXT} all", sees="ephemeral")
        assert "Open a ticket" not in labels(plain)

    play(scenario, "socket", services)


def test_what_was_asked_for_at_a_terminal_is_approved_in_slack(repairs: Repairs) -> None:
    service, seconds = repairs.services.repairs, [0.0]
    control = RepairControl(repairs.state, identify, lambda: NOW, Limits)

    def ask(act: str, name: str, by: str = "ana") -> dict[str, Any]:
        question = RepairQuestion(act, name, by, True)
        circuits = repairs.services.operations.circuits
        found: dict[str, Any] = json.loads(answer_reprocess(service, control, circuits, question, NOW))
        return found

    async def scenario(bench: Bench) -> None:
        await third(bench, repairs)
        workspace = bench.workspace
        board = SlackRepairs(workspace.credentials.bot_token, workspace.api_url, ALERTS)
        messages = RepairMessages(repairs.state, board, Limits, lambda: NOW, lambda: seconds[0])

        async def look() -> dict[str, Any]:
            await asyncio.to_thread(messages.look)
            seconds[0] += 16.0
            await asyncio.to_thread(messages.look)
            (shown,) = [each for each in bench.posts(ALERTS) if "R-3" in each["text"]]
            return {**shown, "channel": ALERTS}

        plan = ask("plan", f"Box {DAY}")["id"]
        waiting = ask("start", plan)
        assert (waiting["repair"], waiting["state"]) == ("R-3", "awaiting_approval")
        with pytest.raises(BadInput, match=r"in Slack: third repair .* There `/reprocess R-3` shows it"):
            ask("approve", "R-3", "ben")
        shown = await look()
        assert labels(shown) == ["Approve and start", "Withdraw"]
        assert "ana asks for approval: a second person can start it until" in shown["text"]
        own = await bench.press(shown, "reprocess.start", user=ALEX, sees="ephemeral")
        assert "A second person has to approve it" in own["text"]
        copy = await bench.ask("/reprocess R-3", user=SAM)
        begun = await bench.press(copy, "reprocess.start", user=SAM)
        assert "Ben has started it, asked for by ana" in begun["text"]
        assert ask("status", "R-3")["approved_by"] == "Ben"
        assert (await look())["text"].startswith("R-3 runs: Box, 15 Jan")

    play(scenario, "socket", repairs.services)


def test_one_human_under_two_ids_is_no_second_person(repairs: Repairs) -> None:
    async def scenario(bench: Bench) -> None:
        repairs.emails |= {ALEX: "ana@example.com", SAM: "Ana@example.com"}
        waiting = await bench.press(await third(bench, repairs), "reprocess.ask", sees="message")
        refused = await bench.press(waiting, "reprocess.start", user=SAM, sees="ephemeral")
        assert "A second person has to approve it" in refused["text"]
        gone = await bench.press(waiting, "reprocess.withdraw", user=SAM)
        assert gone["text"] == f"Reprocess Box, {DAY}: withdrawn by Ben. Nothing was started."

    play(scenario, "socket", repairs.services)


def test_a_verdict_that_asks_for_it_has_a_button(repairs: Repairs) -> None:
    async def scenario(bench: Bench) -> None:
        verdicts = await bench.ask(f"/validate Box {DAY}")
        plan = await bench.press(verdicts, "reprocess.plan", sees="ephemeral")
        assert plan["text"].startswith(f"Reprocess Box, {DAY}\n1 to run")

    play(scenario, "socket", repairs.services)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"Bxo {DAY}", "There is no processor 'Bxo'. Did you mean Box"),
        ("Box 2026-01-20", "2026-01-20 lies ahead"),
        ("Box 2020-01-01", "is before the data: it begins with 2026-01-07"),
        (f"Box {DAY} all missing", "all and missing are two modes. Give one of failed, missing, all."),
        ("R-99", "There is no repair R-99."),
        (f"Poller {DAY} all", "Poller has no service: nobody can start it. Write `service: NAME` for it"),
    ],
)
def test_what_makes_no_sense_says_what_to_write(text: str, said: str, repairs: Repairs) -> None:
    async def scenario(bench: Bench) -> None:
        assert said in (await bench.ask(f"/reprocess {text}", sees="ephemeral"))["text"]

    play(scenario, "socket", repairs.services)


def test_what_a_circuit_stops_is_let_go_on_from_the_plan(repairs: Repairs) -> None:
    async def scenario(bench: Bench) -> None:
        with repairs.state.transaction() as tx:
            tx.repairs.open_circuit(Circuit(processor="Box", opened_at=NOW, opened_by="fireline", because="it fails"))
        plan = await bench.ask(f"/reprocess Box {DAY}", sees="ephemeral")
        assert "circuit open" in plan["text"]
        assert labels(plan) == ["Open circuits…"]
        listed = await bench.press(plan, "reprocess.circuits", sees="ephemeral")
        assert listed["text"].startswith("Box: repairs are stopped by fireline ")
        closed = await bench.press(listed, "circuit.close", sees="message")
        assert closed["text"] == "Ana lets repairs of Box go on."
        none = await bench.ask("/reprocess circuits", sees="ephemeral")
        assert none["text"] == "No circuit is open: whatever is planned may run."
        assert "Start 1 step" in labels(await bench.ask(f"/reprocess Box {DAY}", sees="ephemeral"))

    play(scenario, "socket", repairs.services)


def test_a_viewer_is_told_who_can(repairs: Repairs) -> None:
    async def scenario(bench: Bench) -> None:
        repairs.roles[ALEX] = Role.VIEWER
        assert (
            "You are a viewer: a responder can plan"
            in (await bench.ask(f"/reprocess Box {DAY}", sees="ephemeral"))["text"]
        )

    play(scenario, "socket", repairs.services)


def test_an_incident_that_is_to_run_again_has_a_button_and_its_repair_says_so(repairs: Repairs) -> None:
    lost = finding("Box", severity="P0", data_date=DAY, since=NOW, evident_at=NOW)
    GateService(repairs.state, RULES).tick(NOW, [lost])
    (incident,) = repairs.state.open_incidents()

    async def scenario(bench: Bench) -> None:
        button = {"type": "button", "text": plain("Reprocess", 75), "action_id": "reprocess.incident"}
        blocks = [actions([{**button, "value": incident.id}])]
        posted = await bench.app.client.chat_postMessage(channel=MONITOR, text="INC-1", blocks=blocks)
        message = {"channel": MONITOR, "ts": posted["ts"]}
        plan = await bench.press(message, "reprocess.incident", sees="ephemeral")
        assert plan["text"].startswith(f"Reprocess Box, {DAY}\n1 to run")
        await bench.press(plan, "reprocess.start", sees="message")
        (begun,) = repairs.state.repairs.latest(9)
        assert begun.incident == incident.id

    play(scenario, "socket", repairs.services)
