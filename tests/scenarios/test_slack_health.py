"""Someone types /health: in a channel, in a direct message, where the app is no member, and not as it is meant."""

import pytest

from bot.services.app import AppServices
from tests.support.slack_bench import ALEX, GENERAL, MONITOR, SAM, Bench, play


def test_in_a_channel(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        message = await bench.ask("/health")
        assert message["text"].startswith("🟡 Pipeline health: YELLOW\n2026-01-16 09:01 UTC. Last 7 days: ")
        phase = "Phase 2: YELLOW, 66.7% succeed (target 95.0%), 3 real failures, 40 expected"
        assert phase in message["text"]
        assert "have their data (" in message["text"]
        assert [one["ts"] for one in bench.posts()] == [message["ts"]]
        assert "thread_ts" not in message
        [call] = bench.called("chat.postMessage")
        assert (call["args"]["unfurl_links"], call["args"]["unfurl_media"]) == (False, False)
        assert bench.whispers() == []

    play(scenario, transport, services)


def test_in_a_direct_message(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        direct = await bench.direct()
        message = await bench.ask("/health", direct)
        assert message["channel"] == direct
        assert len(bench.posts(direct)) == 1

    play(scenario, transport, services)


def test_where_the_app_is_no_member_only_the_asker_sees_it(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        between = await bench.direct(ALEX, SAM)
        for channel in (GENERAL, between):
            message = await bench.ask("/health", channel, sees="ephemeral")
            assert "Pipeline health" in message["text"]
            assert message["blocks"]
            assert bench.posts(channel) == []
            assert bench.whispers(channel, SAM) == []

    play(scenario, transport, services)


@pytest.mark.parametrize(
    ("text", "first", "span"),
    [
        ("phase 2", "🟡 Phase 2: YELLOW", "Last 7 days"),
        ("Box", "🟡 Box: YELLOW", "Last 7 days"),
        ("box 30d", "🟡 Box: YELLOW", "Last 30 days"),
        ("1d", "🟡 Pipeline health: YELLOW", "Last 1 day:"),
        ("30d phase 4", "⚪ Phase 4: GREY", "Last 30 days"),
    ],
)
def test_a_part_or_a_window(transport: str, services: AppServices, text: str, first: str, span: str) -> None:
    async def scenario(bench: Bench) -> None:
        message = await bench.ask(f"/health {text}")
        assert message["text"].splitlines()[0] == first
        assert f"UTC. {span}" in message["text"].splitlines()[1]

    play(scenario, transport, services)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("help", "What I answer"),
        ("Bux", "There is no processor 'Bux'. Did you mean this?\nBox"),
        ("phase 77", "There is no phase 77. Known: 1, 2, 3, 4."),
        ("phase", "Which phase? Write `/health phase 1`."),
        ("what is going on", "There is no processor 'what is going on'. Write a part"),
        ("0d", "A window of 0 days makes no sense; give 1 to 400 days."),
        ("7d 8d", "'7d' and '8d' are two windows. Give one."),
        ("x" * 600, "That is 600 characters long: 500 at most."),
        ("<!channel>", "There is no processor '&lt;!channel&gt;'."),
    ],
)
def test_help_and_mistakes_are_reported_to_the_asker_alone(
    transport: str, services: AppServices, text: str, told: str
) -> None:
    async def scenario(bench: Bench) -> None:
        message = await bench.ask(f"/health {text}", sees="ephemeral")
        assert message["text"].startswith(told)
        assert bench.posts() == bench.whispers(MONITOR, SAM) == []
        [delivery] = bench.delivered("slash_commands")
        assert (delivery["outcome"], delivery["answer"]) == ("ok", None)

    play(scenario, transport, services)


def test_a_history_that_is_empty(transport: str, empty: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        message = await bench.ask("/health", sees="ephemeral")
        assert message["text"] == "There is no run history yet. Load one with `fireline load DIR`."
        view = await bench.home()
        assert "There is no run history yet." in view["blocks"][1]["text"]["text"]

    play(scenario, transport, empty)
