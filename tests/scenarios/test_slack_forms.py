"""A form whose work takes longer than Slack waits: it says so, and loses neither its error nor what was entered."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain.reprocessing.repair import Repair
from bot.services.reprocessing import RepairService
from handlers import forms
from tests.scenarios.test_slack_reprocess import ENTERED, Repairs, over
from tests.support.builders import DAY
from tests.support.repair_service import filled
from tests.support.slack_bench import ALEX, Bench, play


@pytest.fixture
def repairs(tmp_path: Path) -> Iterator[Repairs]:
    made = over(tmp_path, filled(tmp_path))
    yield made
    made.bench.warehouse.close()


def shown_in(bench: Bench) -> dict[str, Any]:
    """The modal that Alex sees."""
    (view,) = bench.workspace.core.modals.stack(ALEX)
    return view


def words_of(view: dict[str, Any]) -> str:
    return str(view["blocks"][0].get("text", view["blocks"][0].get("elements", [{}])[0])["text"])


AT_WORK = "*It is sent.* This takes longer than usual …"


def held(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Plans are made once it is set."""
    go_on, real = threading.Event(), RepairService.propose

    def late(*given: Any) -> Repair:
        assert go_on.wait(10)
        return real(*given)

    monkeypatch.setattr(RepairService, "propose", late)
    monkeypatch.setattr(forms, "SETTLES_S", 0.0)
    return go_on


def test_a_form_whose_work_takes_long_keeps_its_error_and_what_was_entered(
    transport: str, repairs: Repairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = held(monkeypatch)
    monkeypatch.setattr(forms, "WAITS_S", 0.0)

    async def scenario(bench: Bench) -> None:
        opened = await bench.ask("/reprocess", sees="view_opened")
        await bench.until(lambda: "callback_id" in shown_in(bench) and shown_in(bench)["callback_id"])
        backwards = {**ENTERED, "last": "2026-01-10", "mode": "all", "downstream": ["yes"]}
        assert "errors" not in await bench.submit(opened, backwards)
        assert words_of(shown_in(bench)) == AT_WORK
        go_on.set()
        await bench.until(lambda: words_of(shown_in(bench)).startswith("*Nothing was taken.*"))
        again = shown_in(bench)
        wrong = "From: 2026-01-15 comes after 2026-01-10. Write the earlier date first."
        assert words_of(again) == f"*Nothing was taken.* {wrong}"
        entered = {
            each["block_id"]: next(value for name, value in each["element"].items() if name.startswith("initial_"))
            for each in again["blocks"]
            if each["type"] == "input"
        }
        assert (entered["first"], entered["last"], entered["mode"]["value"]) == (str(DAY), "2026-01-10", "all")
        assert [each["value"] for each in entered["reprocess.processors"]] == ["Box"]
        assert [each["value"] for each in entered["downstream"]] == ["yes"]
        go_on.clear()
        await bench.submit(again, {"last": str(DAY)})
        go_on.set()
        (plan,) = await bench.until(bench.whispers)
        assert plan["text"].startswith(f"Reprocess Box and what depends on it, {DAY}\n2 to run")
        assert words_of(shown_in(bench)) == "The plan is where you asked for it, for you alone."

    play(scenario, transport, repairs.services)


def test_who_closed_a_form_at_work_is_told_what_was_wrong_and_what_was_entered(
    repairs: Repairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(bench: Bench) -> None:
        opened = await bench.ask("/reprocess", sees="view_opened")
        monkeypatch.setattr(forms, "WAITS_S", 0.0)
        go_on = held(monkeypatch)
        await bench.submit(opened, {**ENTERED, "last": "2026-01-10"})
        assert words_of(shown_in(bench)) == AT_WORK
        await bench.workspace.act(ALEX, "view/close", view_id=opened["id"])
        go_on.set()
        direct = await bench.direct()
        (told,) = await bench.until(lambda: bench.posts(direct))
        assert told["text"].splitlines() == [
            "Nothing was taken. From: 2026-01-15 comes after 2026-01-10. Write the earlier date first.",
            "Processors: Box",
            "From: 2026-01-15",
            "To: 2026-01-10",
            "Which dates: What is not right",
        ]

    play(scenario, "socket", repairs.services)
