"""Slack has a bad day: limits, accepted and then lost, hanging. An answer comes once or is apologised for."""

import time
from typing import Any

import pytest

from bot.services.app import AppServices
from tests.support.slack_bench import GENERAL, MONITOR, Bench, play


def unconfirmed(method: str, reason: str) -> str:
    return f"Slack did not confirm {method} ({reason}). It may have worked all the same: look before you try again."


QUICK = {"timeout": 1}


def test_a_rate_limit_is_waited_for(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        bench.workspace.core.faults.add("rate_limited", method="chat.postMessage", seconds=1)
        began = time.monotonic()
        await bench.ask("/health")
        assert time.monotonic() - began >= 1
        assert [call["status"] for call in bench.called("chat.postMessage") if call["status"]] == [200]
        assert len(bench.posts()) == 1
        assert bench.whispers() == []

    play(scenario, transport, services)


ACCEPTED: dict[str, dict[str, Any]] = {
    "an error page after it was accepted": {"kind": "status_after", "status": 500},
    "a reset after it was accepted": {"kind": "reset_after"},
    "an error after it was accepted": {"kind": "error_after", "error": "internal_error"},
    "no answer after it was accepted": {"kind": "hang", "seconds": 2},
}
REASONS = {
    "status_after": "HTTP status 500",
    "reset_after": "the connection broke",
    "error_after": "internal_error",
    "hang": "no answer in time",
    "status": "HTTP status 503",
    "reset": "the connection broke",
    "error": "fatal_error",
}


@pytest.mark.parametrize("fault", ACCEPTED.values(), ids=ACCEPTED)
def test_what_was_accepted_is_never_posted_twice(transport: str, services: AppServices, fault: dict[str, Any]) -> None:
    async def scenario(bench: Bench) -> None:
        bench.workspace.core.faults.add(method="chat.postMessage", **fault)
        told = await bench.ask("/health", sees="ephemeral")
        assert told["text"] == unconfirmed("chat.postMessage", REASONS[fault["kind"]])
        assert len(bench.posts()) == len(bench.called("chat.postMessage")) == 1

    play(scenario, transport, services, **QUICK)


REFUSED: dict[str, dict[str, Any]] = {
    "an error page": {"kind": "status", "status": 503},
    "a reset": {"kind": "reset"},
    "a refusal": {"kind": "error", "error": "fatal_error"},
}


@pytest.mark.parametrize("fault", REFUSED.values(), ids=REFUSED)
def test_what_was_not_accepted_is_apologised_for(transport: str, services: AppServices, fault: dict[str, Any]) -> None:
    async def scenario(bench: Bench) -> None:
        bench.workspace.core.faults.add(method="chat.postMessage", **fault)
        told = await bench.ask("/health", sees="ephemeral")
        assert told["text"] == unconfirmed("chat.postMessage", REASONS[fault["kind"]])
        assert bench.posts() == []
        assert "Pipeline health" in (await bench.ask("/health"))["text"]

    play(scenario, transport, services)


@pytest.mark.parametrize("fault", ACCEPTED.values(), ids=ACCEPTED)
def test_a_private_answer_is_not_lost(transport: str, services: AppServices, fault: dict[str, Any]) -> None:
    """What went to a response_url cannot be read back. It is not sent there again; an error page is answered by the
    other way, which may show it twice to the one who asked.
    """

    async def scenario(bench: Bench) -> None:
        bench.workspace.core.faults.add(method="response_url", **fault)
        await bench.ask("/health help", sees="ephemeral")
        assert (await bench.ask("/health", GENERAL, sees="ephemeral"))["blocks"]
        helped = [one for one in bench.whispers() if one["text"].startswith("What I answer")]
        assert len(helped) == 1 + len(bench.called("chat.postEphemeral"))
        assert len(bench.called("chat.postEphemeral")) == (1 if fault["kind"] == "status_after" else 0)

    play(scenario, transport, services, **QUICK)


def test_a_used_up_response_url(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        bench.workspace.core.faults.add("status", method="response_url", status=404, count=1)
        told = await bench.ask("/health Bux", sees="ephemeral")
        assert told["text"].startswith("There is no processor 'Bux'.")
        assert len(bench.whispers()) == len(bench.called("chat.postEphemeral")) == 1

    play(scenario, transport, services)


def test_an_upload_that_fails_is_apologised_for(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.ask("/health")
        bench.workspace.core.faults.add("error", method="files.completeUploadExternal", error="internal_error")
        told = await bench.press(asked, "health.trend", sees="ephemeral")
        assert told["text"] == unconfirmed("files.completeUploadExternal", "internal_error")
        assert [one["ts"] for one in bench.posts(MONITOR)] == [asked["ts"]]

    play(scenario, transport, services)


def test_a_modal_that_comes_too_late_is_apologised_for(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        asked = await bench.ask("/health")
        bench.workspace.core.faults.add("error", method="views.open", error="expired_trigger_id")
        told = await bench.press(asked, "health.query", sees="ephemeral")
        late = "Slack took too long: press the button again."
        assert told["text"] == f"Slack refused views.open (expired_trigger_id). {late}"

    play(scenario, transport, services)


def test_home_that_cannot_be_published_is_logged(
    transport: str, services: AppServices, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(bench: Bench) -> None:
        bench.workspace.core.faults.add("error", method="views.publish", error="internal_error")
        await bench.workspace.act("U01ALEX", "home/open")
        await bench.until(lambda: "Slack did not confirm views.publish (internal_error)" in caplog.text)
        assert (await bench.home())["type"] == "home"

    play(scenario, transport, services)
