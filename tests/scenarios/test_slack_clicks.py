"""What the buttons and selects below a health message do."""

import re
from collections.abc import Sequence
from typing import Any

import pytest

from bot.services.app import AppServices
from tests.support.slack_bench import ALEX, GENERAL, MONITOR, SAM, Bench, Message, play

PNG = b"\x89PNG\r\n\x1a\n"


def test_refresh_edits_in_place(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.ask("/health")
        refreshed = await bench.press(asked, "health.refresh", user=SAM)
        assert refreshed["ts"] == asked["ts"]
        assert refreshed["text"] == asked["text"]
        assert "edited" not in refreshed
        assert len(bench.posts()) == 1
        assert bench.whispers() == bench.whispers(MONITOR, SAM) == []

    play(scenario, transport, services)


def test_down_into_a_phase_and_a_processor_and_back(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.ask("/health")
        phase = await bench.press(asked, "health.phase", "7:phase:2")
        assert phase["text"].startswith("🟡 Phase 2: YELLOW")
        found = await _typed(bench, phase, "o")
        assert [one["text"]["text"] for one in found] == ["Box", "BoxScraper", "Poller", "Roster"]
        one = await bench.press(phase, "health.processor", found[0])
        assert one["text"].startswith("🟡 Box: YELLOW")
        up = await bench.press(one, "health.phase")
        assert up["text"].startswith("🟡 Phase 2: YELLOW")
        back = await bench.press(up, "health.overview")
        assert back["text"].startswith("🟡 Pipeline health: YELLOW")
        assert {asked["ts"]} == {message["ts"] for message in (phase, one, up, back)}

    play(scenario, transport, services)


def test_the_window_asked_for_stays(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        shown = await bench.ask("/health 30d")
        for action, value in (("refresh", None), ("phase", "30:phase:2"), ("refresh", None), ("overview", None)):
            shown = await bench.press(shown, f"health.{action}", value)
            assert "Last 30 days: " in shown["text"].splitlines()[1]

    play(scenario, transport, services)


async def _typed(bench: Bench, message: Message, query: str) -> list[dict[str, Any]]:
    where = {"channel": message["channel"], "ts": message["ts"]}
    answer = await bench.workspace.act(ALEX, "options", **where, action_id="health.processor", query=query)
    assert answer["ok"], answer
    found: list[dict[str, Any]] = answer["options"]
    return found


def test_type_ahead(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.ask("/health")
        every = await _typed(bench, asked, "")
        assert len(every) == len(services.registry.processors)
        assert [one["value"] for one in await _typed(bench, asked, "POLL")] == ["7:processor:Poller"]
        for nothing in ("zzz", "<!channel>", "x" * 5_000, "\u202e\x00"):
            assert await _typed(bench, asked, nothing) == []

    play(scenario, transport, services)


def test_type_ahead_keeps_the_window_asked_for(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        shown = await bench.ask("/health 30d")
        for _ in range(2):  # the overview, then a phase
            [found] = await _typed(bench, shown, "Poll")
            assert found["value"] == "30:processor:Poller"
            one = await bench.press(shown, "health.processor", found)
            assert "Last 30 days: " in one["text"].splitlines()[1]
            shown = await bench.press(one, "health.phase")
        hidden = await bench.ask("/health 14d", GENERAL, sees="ephemeral")
        assert [one["value"] for one in await _typed(bench, hidden, "Poll")] == ["14:processor:Poller"]

    play(scenario, transport, services)


def test_trend_brings_pictures_into_the_thread(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.ask("/health Box")
        message = await bench.press(asked, "health.trend", sees="message")
        assert (message["channel"], message["thread_ts"]) == (MONITOR, asked["ts"])
        assert message["text"] == "Trends of Box."
        _assert_pictures(bench, message, ["success.png", "failures-by-hour.png", "durations.png"])
        assert bench.called("conversations.open") == []

    play(scenario, transport, services)


def test_trend_where_the_app_is_no_member_comes_directly(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.ask("/health", GENERAL, sees="ephemeral")
        message = await bench.press(asked, "health.trend", sees="message")
        assert message["channel"] == await bench.direct()
        assert message["text"] == "Trends of the pipeline."
        _assert_pictures(bench, message, ["success.png", "failures-by-hour.png"])

    play(scenario, transport, services)


def test_trend_when_the_app_was_put_out_of_the_channel(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.ask("/health")
        core = bench.workspace.core
        core.channels.remove_member(MONITOR, bench.workspace.identity.bot_user_id)
        message = await bench.press(asked, "health.trend", sees="message")
        assert message["channel"] == await bench.direct()

    play(scenario, transport, services)


def _assert_pictures(bench: Bench, message: Message, names: list[str]) -> None:
    assert [file["name"] for file in message["files"]] == names
    for file in message["files"]:
        content = bench.workspace.core.files.content(file["id"])
        assert content is not None
        assert content.startswith(PNG)
        assert 20 < len(file["alt_txt"]) <= 1_000
        assert file["title"] != file["name"]


@pytest.mark.parametrize(
    ("command", "action_id", "names"),
    [
        ("/health phase 2", "health.query", ("health_counts_live", "health_durations_live", "health_due_live")),
        ("/impact Box", "impact.query", ("freshness",)),
        ("/validate Box", "validate.query", ("observed_date_runs", "observed_date_loads")),
    ],
)
def test_show_the_query(
    transport: str, services: AppServices, command: str, action_id: str, names: Sequence[str]
) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.ask(command)
        view = await bench.press(asked, action_id, sees="view_updated")
        assert view["title"]["text"] == "The query"
        named = {block["text"]["text"] for block in view["blocks"] if block["type"] == "section"}
        assert {f"*{name}*" for name in names} <= named
        sql = [block["elements"][0]["elements"][0]["text"] for block in view["blocks"] if block["type"] == "rich_text"]
        assert "\n".join(sql).count("SELECT") >= len(named)
        assert not re.search(r"(?<!\w)[@$]\w+", re.sub("--.*", "", "\n".join(sql))), "every value is in it"
        assert bench.workspace.core.modals.stack(ALEX)[0]["id"] == view["id"]
        assert bench.workspace.core.modals.stack(SAM) == []

    play(scenario, transport, services)


def test_what_only_the_asker_sees_is_refreshed_in_place(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.ask("/health", GENERAL, sees="ephemeral")
        phase = await bench.press(asked, "health.phase", "7:phase:2", sees="ephemeral_changed")
        assert phase["ts"] == asked["ts"]
        assert phase["text"].startswith("🟡 Phase 2: YELLOW")
        assert len(bench.whispers(GENERAL)) == 1
        assert bench.posts(GENERAL) == []

    play(scenario, transport, services)
