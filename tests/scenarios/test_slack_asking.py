"""Fireline is asked in words: in a mention, in a direct message, and where a name may mean several processors."""

from typing import Any

import pytest

from bot.services.app import AppServices
from tests.support.slack_bench import MONITOR, SAM, Bench, play


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("health phase 2", "Phase 2"),
        (": Health!", "Pipeline health"),
        ("impact box 2026-01-15", "Impact of Box\n"),
        ("validate summary 2026-01-15", "Summary, data date 2026-01-15"),
    ],
)
def test_a_mention_is_answered_in_its_thread(transport: str, services: AppServices, words: str, told: str) -> None:
    async def scenario(bench: Bench) -> None:
        said = await bench.say(f"@fireline {words}", sees="message")
        [answer] = await bench.until(bench.posts)
        assert (answer["thread_ts"], told in answer["text"]) == (said["ts"], True), answer["text"]

    play(scenario, transport, services)


def test_unknown_words_get_the_nearest_command_privately(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        told = await bench.say("@fireline helth phase", sees="ephemeral")
        assert told["text"].startswith("I do not know 'helth phase'. Did you mean health or")
        assert bench.posts() == bench.whispers(MONITOR, SAM) == []

    play(scenario, transport, services)


def test_the_messages_tab_answers(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        direct = await bench.direct()
        await bench.say("impact box yesterday", direct, sees="message")
        [answer] = await bench.until(lambda: bench.posts(direct))
        assert answer["text"].startswith("Impact of Box\n")
        assert "thread_ts" not in answer
        await bench.say("hello", direct, sees="message")
        [_, help_] = await bench.until(lambda: len(bench.posts(direct)) == 2 and bench.posts(direct))
        assert help_["text"].startswith("What I answer")

    play(scenario, transport, services)


@pytest.mark.parametrize("said", ["ack", "On it!", "ack INC-5"])
def test_who_takes_an_incident_beside_its_thread_is_told_that_they_have_not(
    transport: str, services: AppServices, said: str
) -> None:
    """Below a page in the messages tab, but not in its thread: nobody must go back to sleep on that."""

    async def scenario(bench: Bench) -> None:
        direct = await bench.direct()
        await bench.say(said, direct, sees="message")
        [answer] = await bench.until(lambda: bench.posts(direct))
        assert "Nothing is acknowledged by that" in answer["text"]

    play(scenario, transport, services)


def test_what_is_edited_or_deleted_is_left_alone(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        direct = await bench.direct()
        said = await bench.say("health", direct, sees="message")
        await bench.until(lambda: bench.posts(direct))
        before = len(bench.called("chat.postMessage"))
        where: dict[str, Any] = {"channel": direct, "ts": said["ts"]}
        edited = await bench.workspace.act("U01ALEX", "edit", **where, text="health phase 2")
        deleted = await bench.workspace.act("U01ALEX", "delete", **where)
        assert (edited["ok"], deleted["ok"]) == (True, True), (edited, deleted)
        await bench.until(lambda: len([one for one in bench.delivered("events_api") if one["outcome"] == "ok"]) >= 3)
        assert len(bench.called("chat.postMessage")) == before
        assert bench.called("chat.postEphemeral") == []

    play(scenario, transport, services)


def test_a_part_of_one_name_is_enough(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        message = await bench.ask("/impact scrap")
        assert message["text"].startswith("Impact of BoxScraper\n")

    play(scenario, transport, services)


def test_one_of_several_names_is_one_tap_and_then_everyone_sees_the_answer(
    transport: str, services: AppServices
) -> None:
    async def scenario(bench: Bench) -> None:
        question = await bench.ask("/impact o 2026-01-15", sees="ephemeral")
        labels = [block["elements"][0]["text"]["text"] for block in question["blocks"][1:]]
        assert (question["text"].splitlines()[0], "BoxScraper" in labels) == (
            f"'o' is a part of {len(labels)} names. Which one?",
            True,
        )
        answer = await bench.press(question, "choose.impact", sees="message")
        assert answer["text"].startswith(f"Impact of {labels[0]}\n")
        assert [one["ts"] for one in bench.posts()] == [answer["ts"]]
        await bench.until(lambda: bench.whispers() == [])

    play(scenario, transport, services)


def test_a_misspelt_name_is_one_tap_away(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        question = await bench.ask("/health Sumary 2w", sees="ephemeral")
        assert question["text"] == "There is no processor 'Sumary'. Did you mean this?\nSummary"
        answer = await bench.press(question, "choose.health", sees="message")
        assert "Summary" in answer["text"].splitlines()[0]
        assert "Last 14 days" in answer["text"]

    play(scenario, transport, services)
