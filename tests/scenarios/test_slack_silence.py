"""A silence in Slack: the preview for the asker alone, set once by its button, seen by all, listed, ended."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.access import Identity, Origin, Role
from bot.ports.fakes.state import FakeState
from bot.services.app import AppServices
from bot.services.gate import GateService
from bot.services.oncall import OncallService
from bot.services.responses import ResponseService
from bot.services.silences import silences_over
from tests.support.builders import NOW
from tests.support.gate_story import RULES, finding
from tests.support.rotas import PLAN
from tests.support.slack_bench import SAM, Bench, play, small_history


@pytest.fixture
def state() -> FakeState:
    return FakeState()


@pytest.fixture
def quiet(state: FakeState, tmp_path: Path) -> Iterator[AppServices]:
    """Ana is Alex in Slack, Ben is Sam. A P0 of Summary is open."""
    lost = finding("Summary", severity="P0", since=NOW, evident_at=NOW)
    GateService(state, RULES).tick(NOW, [lost])
    with small_history(tmp_path) as services:
        silences = silences_over(
            state, services.registry, services.health, lambda _who: Identity(Origin.MEMBER, Role.RESPONDER)
        )
        oncall = OncallService(PLAN, state)
        responses = ResponseService(state, oncall.schedule)
        yield replace(services, silences=silences, oncall=oncall, responses=responses)


def test_a_silence_is_previewed_set_once_listed_and_ended(transport: str, quiet: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        preview = await bench.ask("/silence summary 2h source moves <!channel>", sees="ephemeral")
        lines = preview["text"].splitlines()
        assert lines[0].startswith("Silence Summary until 2026-01-")
        assert lines[1] == "Reason: source moves &lt;!channel&gt;"
        assert "1 incident (INC-1), 0 notifications delivered, 0 real failures" in lines[2]
        assert lines[3].startswith("1 of them P0: INC-1. A silence hides P0, too")
        assert lines[4].startswith("INC-1 is open: no more updates, but paging goes on")
        assert "&lt;!channel&gt;" in str(preview["blocks"])
        assert (state.silences(NOW), bench.posts()) == ([], [])
        shown = await bench.press(preview, "silence.confirm", sees="message")
        assert shown["text"].startswith("Ana silences Summary until")
        [held] = state.silences(NOW)
        listed = await bench.ask("/silence list", sees="ephemeral", user=SAM)
        assert held.id in listed["text"]
        assert "0 findings hidden" in listed["text"]
        assert f"{held.id}: Summary until" in str((await bench.home())["blocks"])
        ended = await bench.ask(f"/silence end {held.id}", user=SAM)
        assert ended["text"] == "Ben ended the silence of Summary. It hid 0 findings."
        assert state.silences(NOW) == []

    play(scenario, transport, quiet)


def test_a_whole_phase(transport: str, quiet: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        preview = await bench.ask("/silence phase 2 3d backfill password=Hunter2x9", sees="ephemeral")
        assert "None of them was a P0. A silence hides P0, too" in preview["text"]
        await bench.press(preview, "silence.confirm", sees="message")
        [held] = state.silences(NOW)
        assert (held.phase, held.processor, held.reason, held.by) == (2, None, "backfill password=[redacted]", "Ana")

    play(scenario, transport, quiet)


def test_a_window_is_previewed_planned_listed_and_ended(transport: str, quiet: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        preview = await bench.ask("/window all 2h cluster moves <!channel>", sees="ephemeral")
        lines = preview["text"].splitlines()
        assert lines[0].startswith("Plan a window for all processors from 2026-01-")
        assert lines[1] == "Reason: cluster moves &lt;!channel&gt;"
        assert "1 incident (INC-1)" in lines[2]
        assert state.silences(NOW) == []
        shown = await bench.press(preview, "silence.confirm", sees="message")
        assert shown["text"].startswith("Ana plans a window for all processors from")
        [held] = state.silences(NOW)
        assert held.id in (await bench.ask("/window list", sees="ephemeral", user=SAM))["text"]
        assert (await bench.ask("/silence list", sees="ephemeral"))["text"] == "Nothing is silenced."
        assert f"{held.id}: all processors from" in str((await bench.home())["blocks"])
        ended = await bench.ask(f"/window end {held.id}", user=SAM)
        assert ended["text"] == "Ben ended the window of all processors. It hid 0 findings."
        later = await bench.ask("/window phase 2 2020-01-01T00:00..2020-01-01T02:00 why", sees="ephemeral")
        assert "2020-01-01 00:00 UTC has passed" in later["text"]

    play(scenario, transport, quiet)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Summary", "For how long?"),
        ("Summary 2h", "needs a reason"),
        ("Summary 8d why", "from 5 minutes to 7 days"),
        ("Summ 90s why", "For how long?"),
        ("er 2h why", "is a part of"),
        ("Nobody 2h why", "There is no processor"),
        ("phase 9 2h why", "There is no phase 9"),
        ("Summary 2020-01-20 2h why", "is not one processor or one phase"),
        ("end none", "No silence"),
    ],
)
def test_what_makes_no_sense_says_what_to_write(text: str, said: str, quiet: AppServices, state: FakeState) -> None:
    async def scenario(bench: Bench) -> None:
        assert said in (await bench.ask(f"/silence {text}", sees="ephemeral"))["text"]
        assert state.silences(NOW) == []

    play(scenario, "socket", quiet)
