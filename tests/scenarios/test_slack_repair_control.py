"""A repair that runs, in Slack: one message that is edited, and its buttons, for who may press them."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.notify import slack_history
from bot.adapters.notify.slack_repairs import SlackRepairs
from bot.bootstrap import app_services
from bot.config.settings import Settings
from bot.domain.access import Actor, Identity, Origin, Role
from bot.domain.reprocessing.plan import Limits
from bot.domain.reprocessing.repair import Repair, RepairState
from bot.ports.fakes.state import FakeState
from bot.services.app import AppServices
from bot.services.oncall import OncallService
from bot.services.repair_control import RepairControl
from bot.services.reprocessing_messages import RepairMessages
from bot.services.responses import ResponseService
from tests.support.repair_service import repairing
from tests.support.repair_world import World, execution, run_until, started_repair
from tests.support.repairs import LAST, asked, planned
from tests.support.rotas import PLAN
from tests.support.slack_bench import ALERTS, ALEX, SAM, Bench, play


@dataclass
class Running:
    """`seconds` is the clock by which messages are edited."""

    services: AppServices
    state: FakeState
    world: World
    repair: Repair
    seconds: list[float]

    def board(self, bench: Bench) -> SlackRepairs:
        return SlackRepairs(bench.workspace.credentials.bot_token, bench.workspace.api_url, ALERTS)

    def messages(self, bench: Bench) -> RepairMessages:
        return RepairMessages(self.state, self.board(bench), Limits, lambda: self.world.now, lambda: self.seconds[0])

    def now(self) -> Repair:
        found = self.state.repairs.of(self.repair.id)
        assert found is not None
        return found


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    state, world = FakeState(), World(outcome=lambda key: "half" if key.data_date == LAST else "ok")
    bench = repairing(tmp_path, state)
    services = app_services(bench.warehouse, Settings(home=tmp_path), lambda: world.now, state)
    roles = {ALEX: Role.RESPONDER, SAM: Role.VIEWER}

    def identify(who: Actor) -> Identity:
        return Identity(Origin.MEMBER, roles[who.id])

    control = RepairControl(state, identify, lambda: world.now, Limits)
    people = ResponseService(state, OncallService(PLAN, state).schedule)
    work = replace(services.repair_work, control=control, execution=None, messages=None)
    repair = started_repair(state, planned(asked("Gamebook", dates=3)))
    yield Running(replace(services, responses=people, repair_work=work), state, world, repair, [0.0])
    bench.warehouse.close()


def labels(message: dict[str, Any]) -> list[str]:
    rows = [block for block in message["blocks"] if block["type"] == "actions"]
    return [each["text"]["text"] for row in rows for each in row["elements"]]


def test_one_message_shows_how_far_it_is_and_is_edited_at_most_every_15_seconds(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(bench: Bench) -> None:
        messages, made = running.messages(bench), execution(running.state, running.world)
        await asyncio.to_thread(messages.look)
        assert bench.posts(ALERTS) == []  # whoever started it may be posting it
        made.tick()
        running.seconds[0] = 11.0
        await asyncio.to_thread(messages.look)
        (shown,) = bench.posts(ALERTS)
        assert shown["text"].splitlines()[1] == "0 of 3 done: 0 proved right. 2 running, 1 left."
        assert labels(shown) == ["Pause", "Stop"]
        run_until(running.state, running.world, made, within=running.world.takes(None) * 60)  # type: ignore[arg-type]
        running.seconds[0] = 20.0
        await asyncio.to_thread(messages.look)
        assert bench.posts(ALERTS)[0]["text"] == shown["text"]
        running.seconds[0] = 27.0
        await asyncio.to_thread(messages.look)
        (ended,) = bench.posts(ALERTS)
        assert ended["text"].splitlines()[:2] == [
            "R-1 has ended, not all of it is right: Gamebook, 12 Jan to 14 Jan",
            "3 of 3 done: 2 proved right, 1 failed.",
        ]
        assert labels(ended) == ["Retry 1 failed step", "Receipt"]
        await asyncio.to_thread(running.messages(bench).look)  # another process
        assert len(bench.posts(ALERTS)) == 1
        await bench.ask("/health", ALERTS)
        monkeypatch.setattr(slack_history, "PAGE", 1)
        found = await asyncio.to_thread(running.board(bench).find, running.now(), None)
        assert found is not None  # though it is not on the newest page
        assert found == running.now().message

    play(scenario, "socket", running.services)


def test_its_buttons_do_what_they_say_once_and_for_who_may(transport: str, running: Running) -> None:
    async def scenario(bench: Bench) -> None:
        running.seconds[0] = 0.0
        messages, made = running.messages(bench), execution(running.state, running.world)
        await asyncio.to_thread(messages.look)
        running.seconds[0] = 11.0
        await asyncio.to_thread(messages.look)
        (shown,) = bench.posts(ALERTS)
        shown = {**shown, "channel": ALERTS}
        refused = await bench.press(shown, "reprocess.pause", user=SAM, sees="ephemeral")
        assert "You are a viewer" in refused["text"]
        paused = await bench.press(shown, "reprocess.pause", sees="message_changed")
        assert (running.now().state, labels(paused)) == (RepairState.PAUSED, ["Resume", "Stop"])
        made.tick()
        assert running.world.orders == []
        copy = await bench.ask("/reprocess R-1")
        resumed = await bench.press(copy, "reprocess.resume", sees="message_changed")
        assert labels(resumed) == ["Pause", "Stop"]
        assert "this message is not edited" in resumed["text"]
        assert "this message is not edited" not in paused["text"]
        stopped = await bench.press(shown, "reprocess.stop", sees="message_changed")
        said = stopped["text"].splitlines()
        assert said[0].startswith("R-1 was stopped: Gamebook")
        assert said[1] == "0 of 3 done: 0 proved right, 3 stopped."
        assert labels(stopped) == ["Receipt"]
        receipt = await bench.press(shown, "reprocess.receipt", sees="ephemeral")
        assert receipt["text"].splitlines()[0] == "Receipt of R-1: not repaired. 3 steps: 3 not run."
        assert {"repair_paused", "repair_resumed", "repair_cancelled"} <= {
            link.record.act for link in running.state.audit_of(running.repair.subject)
        }

    play(scenario, transport, running.services)


def test_whoever_backs_out_of_stopping_keeps_it_running(running: Running) -> None:
    async def scenario(bench: Bench) -> None:
        messages = running.messages(bench)
        await asyncio.to_thread(messages.look)
        running.seconds[0] = 11.0
        await asyncio.to_thread(messages.look)
        (shown,) = bench.posts(ALERTS)
        (stop,) = [
            each
            for block in shown["blocks"]
            if block["type"] == "actions"
            for each in block["elements"]
            if each["action_id"] == "reprocess.stop"
        ]
        sure = stop["confirm"]
        assert (sure["confirm"]["text"], sure["deny"]["text"]) == ("Stop", "Keep running")
        assert sure["text"]["text"].endswith("All of it can be planned again at once.")

    play(scenario, "socket", running.services)
