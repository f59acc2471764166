"""Our own bad day: a service fails, is slow or has no room; buttons nobody made. People are told; no secrets."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import WarehouseUnavailable
from bot.services.app import AppServices
from tests.support.slack_bench import ALERTS, ALEX, MONITOR, SAM, Bench, Message, play, with_health

APOLOGY = "Something went wrong on my side"
OUTDATED = "This button is from an older message. Type `/health` for a fresh one."


@pytest.mark.parametrize("error", [KeyError("secret"), MemoryError("secret"), RuntimeError("Traceback: secret")])
def test_an_exception_in_a_service(
    transport: str, services: AppServices, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def fails(*_: object) -> None:
        raise error

    async def scenario(bench: Bench) -> None:
        told = await bench.ask("/health", sees="ephemeral")
        assert told["text"].startswith(APOLOGY)
        assert bench.posts() == []
        assert "secret" not in str([call["args"] for call in bench.workspace.core.recorder.entries(kind="request")])
        [delivery] = bench.delivered("slash_commands")
        assert delivery["outcome"] == "ok"

    play(scenario, transport, with_health(services, fails))
    [record] = [one for one in caplog.records if one.name == "fireline.slack"]
    assert record.exc_info is not None
    assert record.exc_info[1] is error


def test_a_warehouse_that_is_away(transport: str, services: AppServices, caplog: pytest.LogCaptureFixture) -> None:
    def away(*_: object) -> None:
        raise WarehouseUnavailable("Another process holds the warehouse.")

    async def scenario(bench: Bench) -> None:
        told = await bench.ask("/health", sees="ephemeral")
        assert told["text"] == "Another process holds the warehouse. Trying again in a moment may help."

    play(scenario, transport, with_health(services, away))
    assert not [one for one in caplog.records if one.name == "fireline.slack"]


@pytest.mark.parametrize("character", ["x", "é", "日", "🟡", "&"])
def test_a_long_answer_fits_the_way_it_takes(transport: str, services: AppServices, character: str) -> None:
    """chat.postEphemeral counts bytes; a response_url that is used up leaves no other way."""

    def fails(*_: object) -> None:
        raise WarehouseUnavailable(character * 3_900)

    async def scenario(bench: Bench) -> None:
        bench.workspace.core.faults.add("status", method="response_url", status=404, count=1)
        told = await bench.ask("/health", sees="ephemeral")
        assert told["text"].endswith("…") is (character != "x")
        assert len(bench.called("chat.postEphemeral")) == 1
        assert (await bench.ask("/health", sees="ephemeral"))["text"] == told["text"]

    play(scenario, transport, with_health(services, fails))


class Gate:
    """Stands in front of a service: work waits until it is opened."""

    def __init__(self) -> None:
        self.waiting = 0
        self._open = threading.Event()

    def before(self, real: Callable[..., Any], *given: Any) -> Any:
        self.waiting += 1
        assert self._open.wait(10)
        return real(*given)

    def open(self) -> None:
        self._open.set()


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.open()


def test_the_acknowledgement_does_not_wait_for_the_work(transport: str, services: AppServices, gate: Gate) -> None:
    async def scenario(bench: Bench) -> None:
        began = time.monotonic()
        answer = await bench.workspace.act(ALEX, "command", channel=MONITOR, text="/health")
        assert answer["ok"], answer
        assert time.monotonic() - began < 1.5
        await bench.until(lambda: gate.waiting)
        assert bench.posts() == []
        gate.open()
        await bench.until(bench.posts)

    play(scenario, transport, with_health(services, gate.before))


def test_a_mistake_is_acknowledged_at_once(transport: str, services: AppServices) -> None:
    """Bolt forgets an acknowledgement when the listener fails right after it: the user would see a timeout."""

    async def scenario(bench: Bench) -> None:
        await bench.ask("/health help", sees="ephemeral")
        for _ in range(5):
            began = time.monotonic()
            answer = await bench.workspace.act(ALEX, "command", channel=MONITOR, text="/health phase")
            assert answer["ok"], answer
            assert time.monotonic() - began < 1.5

    play(scenario, transport, services)


def test_no_room_for_more_work(transport: str, services: AppServices, gate: Gate) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.workspace.act(ALEX, "command", channel=MONITOR, text="/health")
        await bench.until(lambda: gate.waiting)
        told = await bench.ask("/health", user=SAM, sees="ephemeral")
        assert told["text"] == "I am answering too many requests just now. Trying again in a moment may help."
        gate.open()
        await bench.until(bench.posts)
        assert "Pipeline health" in (await bench.ask("/health", user=SAM))["text"]

    play(scenario, transport, with_health(services, gate.before), threads=1, waiting=1)


def test_people_at_once_get_their_own_answers(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        asked = [("/health", ALEX, MONITOR), ("/health phase 3", SAM, ALERTS), ("/health Bux", SAM, MONITOR)] * 3
        await asyncio.gather(
            *(bench.workspace.act(user, "command", channel=channel, text=text) for text, user, channel in asked)
        )
        await bench.until(lambda: len(bench.posts(MONITOR)) == len(bench.posts(ALERTS)) == 3)
        await bench.until(lambda: len(bench.whispers(MONITOR, SAM)) == 3)
        assert {one["text"].splitlines()[0] for one in bench.posts(ALERTS)} == {"🟡 Phase 3: YELLOW"}
        assert {one["text"].splitlines()[0] for one in bench.posts(MONITOR)} == {"🟡 Pipeline health: YELLOW"}
        assert bench.whispers(MONITOR, ALEX) == bench.whispers(ALERTS, SAM) == []

    play(scenario, transport, services)


def test_a_message_deleted_while_it_is_refreshed(transport: str, services: AppServices, gate: Gate) -> None:
    async def scenario(bench: Bench) -> None:
        gone = await _posted_before(bench, "health.refresh", "7:all")
        where = {"channel": MONITOR, "ts": gone["ts"]}
        await bench.workspace.act(SAM, "action", **where, action_id="health.refresh")
        await bench.until(lambda: gate.waiting)
        assert (await bench.workspace.act(ALEX, "delete", **where))["ok"]
        gate.open()
        [told] = await bench.until(lambda: bench.whispers(MONITOR, SAM))
        assert "Pipeline health" in told["text"]
        assert bench.posts() == []

    play(scenario, transport, with_health(services, gate.before))


async def _posted_before(bench: Bench, action_id: str, value: str) -> Message:
    """A message of the app, as an older release may have left it."""
    workspace = bench.workspace
    client = AsyncWebClient(token=workspace.credentials.bot_token, base_url=workspace.api_url)
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": action_id, "value": value}
    blocks = [{"type": "actions", "elements": [button]}]
    answer = await client.chat_postMessage(channel=MONITOR, text="old", blocks=blocks)
    return {"channel": MONITOR, "ts": answer["ts"]}


@pytest.mark.parametrize(
    ("action_id", "value", "told"),
    [
        ("health.gone", "7:all", OUTDATED),
        ("health.refresh", "everything", OUTDATED),
        ("health.trend", "7:phase:x", OUTDATED),
        ("health.query", "'; DROP TABLE runs; --", OUTDATED),
        ("health.refresh", "7:phase:77", "There is no phase 77. Known: 1, 2, 3, 4."),
        ("health.phase", "7:processor:Gone", "There is no processor 'Gone'."),
        ("health.trend", "9999:all", "A window of 9999 days makes no sense; give 1 to 400 days."),
    ],
)
def test_buttons_of_old_messages_and_forged_ones(
    transport: str, services: AppServices, action_id: str, value: str, told: str
) -> None:
    async def scenario(bench: Bench) -> None:
        message = await _posted_before(bench, action_id, value)
        seen = await bench.press(message, action_id, user=SAM, sees="ephemeral")
        assert seen["text"].startswith(told)
        assert [one["text"] for one in bench.posts()] == ["old"]
        assert bench.workspace.core.modals.stack(SAM) == []

    play(scenario, transport, services)
