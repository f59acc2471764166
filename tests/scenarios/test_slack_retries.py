"""Slack sends an event again when it did not see our answer: it happens once, whichever of them arrives."""

import asyncio
from typing import Any

from bot.services.app import AppServices
from tests.support.slack_bench import ALEX, Bench, play, settled


async def arrive(bench: Bench, payload: dict[str, Any], attempt: int) -> None:
    """One delivery of an event; `attempt` counts Slack's retries."""
    await bench.workspace.core.delivery._attempt("events_api", payload, attempt, "http_timeout" if attempt else "")


async def an_event(bench: Bench) -> dict[str, Any]:
    """An event as Slack writes it, delivered once."""
    await bench.home()
    [delivered] = bench.delivered("events_api")
    payload: dict[str, Any] = delivered["payload"]
    return payload


def published(bench: Bench) -> int:
    return len(bench.called("views.publish"))


def test_a_retry_of_what_was_done_does_nothing(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        event = await an_event(bench)
        for attempt in (1, 2, 3, 0):
            await arrive(bench, event, attempt)
        await settled()
        assert published(bench) == 1
        assert {one["outcome"] for one in bench.delivered("events_api")} == {"ok"}

    play(scenario, transport, services)


def test_deliveries_at_the_same_moment_count_once(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        event = {**await an_event(bench), "event_id": "Ev0TWICE"}
        await asyncio.gather(*(arrive(bench, event, attempt) for attempt in range(4)))
        await settled()
        assert published(bench) == 2

    play(scenario, transport, services)


def test_a_retry_that_is_the_only_one_to_arrive_is_done(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        event = {**await an_event(bench), "event_id": "Ev0LATE"}
        await arrive(bench, event, 3)
        await bench.until(lambda: published(bench) == 2)

    play(scenario, transport, services)


def test_another_event_with_the_same_content_is_another_event(transport: str, services: AppServices) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.home()
        await bench.home(ALEX)
        assert published(bench) == 2

    play(scenario, transport, services)
