"""Slack says no: the answer takes another way where there is one, else the reason is told; one line is logged."""

import logging

import pytest

from bot.services.app import AppServices
from bot.views.failure import REMEDIES
from tests.scenarios.test_slack_ways import refuse
from tests.support.slack_bench import MONITOR, Bench, play

POSTS = [
    "missing_scope", "restricted_action_read_only_channel", "restricted_action_thread_only_channel", "unknown_method",
    "channel_is_limited_access", "team_access_not_granted", "not_in_channel", "is_archived", "ratelimited",
]  # fmt: skip


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    assert not [record for record in caplog.records if record.exc_info]
    return [record.getMessage() for record in caplog.records if record.name == "fireline.slack"]


@pytest.mark.parametrize("code", POSTS)
def test_a_post_that_is_refused_is_shown_to_the_asker(
    transport: str, services: AppServices, caplog: pytest.LogCaptureFixture, code: str
) -> None:
    caplog.set_level(logging.INFO, "fireline.slack")

    async def scenario(bench: Bench) -> None:
        refuse(bench, "chat.postMessage", error=code)
        assert "Pipeline health" in (await bench.ask("/health", sees="ephemeral"))["text"]

    play(scenario, transport, services)
    assert logged(caplog) == [f"Slack refused chat.postMessage ({code}): answering privately"]


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_too_long", "missing_scope", "restricted_action_x", "odd_one"])
def test_the_reason_is_reported_where_no_way_takes_the_answer(
    transport: str, services: AppServices, caplog: pytest.LogCaptureFixture, code: str
) -> None:
    remedy = next((words for start, words in REMEDIES.items() if code.startswith(start)), "Tell whoever runs me.")

    async def scenario(bench: Bench) -> None:
        refuse(bench, "chat.postMessage", "chat.postEphemeral", error=code)
        bench.workspace.core.faults.add("status", method="response_url", status=400)
        told = await bench.ask("/health", sees="ephemeral")
        assert told["text"] == f"Slack refused chat.postMessage ({code}). {remedy}"
        assert bench.posts(MONITOR) == []

    play(scenario, transport, services)
    assert logged(caplog) == [f"Slack refused chat.postMessage ({code})"]


def test_what_nobody_can_be_known_is_one_line(
    transport: str, services: AppServices, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(bench: Bench) -> None:
        refuse(bench, "chat.postMessage", "chat.postEphemeral", error="account_inactive")
        bench.workspace.core.faults.add("status", method="response_url", status=404, count=None)
        await bench.workspace.act("U01ALEX", "command", channel=MONITOR, text="/health")
        await bench.until(lambda: "could not tell the user" in caplog.text)

    play(scenario, transport, services)
    assert logged(caplog) == [
        "Slack refused chat.postMessage (account_inactive)",
        "could not tell the user: Slack refused chat.postMessage (account_inactive)",
    ]


def test_a_response_url_that_hangs_leaves_another_way_for_the_apology(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        bench.workspace.core.faults.add("hang", method="response_url", seconds=3, count=None)
        await bench.workspace.act("U01ALEX", "command", channel=MONITOR, text="/health nonsense")
        await bench.until(lambda: bench.called("chat.postEphemeral"))

    play(scenario, transport, services, timeout=1)
