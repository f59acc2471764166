"""The panel over HTTP, as the page and `fireline demo --fault` use it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from sandbox.clock import FASTEST, SimulatedClock
from sandbox.panel import Panel
from sandbox.pipeline.faults import CATALOG
from sandbox.pipeline.service import create_app
from sandbox.pipeline.synthetic import is_synthetic
from sandbox.slack.guard import guarded
from sandbox.tests.pipeline.bench import MakeBench

Call = Callable[..., Awaitable[tuple[int, Any]]]
GAMEBOOK = "NbacGamebookProcessor"


async def _told() -> list[str]:
    return ["INC-1 P0 X: no data"]


def on_panel(bench: MakeBench, scenario: Callable[[Call, SimulatedClock], Awaitable[None]]) -> None:
    """The scenario gets `call(method, path, body)`, which gives status and JSON, and the clock."""

    async def whole() -> None:
        pipeline = bench().pipeline
        clock = SimulatedClock(pipeline.advanced_to, monotonic=lambda: 0.0)
        site = web.Application()
        site.add_routes(Panel(pipeline, clock, asyncio.Lock(), _told).routes())
        async with TestClient(TestServer(site)) as client:

            async def call(method: str, path: str, body: Any = None) -> tuple[int, Any]:
                given = {"data": body} if isinstance(body, str) else {"json": body}
                async with client.request(method, f"/sim/api/{path}", **given) as response:
                    return response.status, await response.json()

            await scenario(call, clock)

    asyncio.run(whole())


def test_a_fault_comes_and_goes(bench: MakeBench) -> None:
    async def scenario(call: Call, _: SimulatedClock) -> None:
        status, listed = await call("GET", "faults")
        assert (status, listed["active"]) == (200, [])
        assert {one["name"] for one in listed["faults"]} == set(CATALOG)
        assert all(one["description"] for one in listed["faults"])
        status, given = await call("POST", "faults", {"name": "phase5_down"})
        assert (status, given["ok"], given["fault"]["name"]) == (200, True, "phase5_down")
        assert (await call("GET", "faults"))[1]["active"] == [given["fault"]]
        assert await call("DELETE", f"faults/{given['fault']['id']}") == (200, {"ok": True})
        assert (await call("GET", "faults"))[1]["active"] == []

    on_panel(bench, scenario)


def test_every_fault_says_what_it_needs_and_takes_it(bench: MakeBench) -> None:
    async def scenario(call: Call, _: SimulatedClock) -> None:
        processors = (await call("GET", "processors"))[1]
        assert GAMEBOOK in processors
        assert sorted(set(processors)) == sorted(processors)
        known, made_up = processors[:18], processors[18:]
        assert (known[0], GAMEBOOK in known[:4]) == ("BdlBoxscoresProcessor", True)
        assert all(map(is_synthetic, made_up))
        assert not any(map(is_synthetic, known))
        for kind in (await call("GET", "faults"))[1]["faults"]:
            status, answer = await call("POST", "faults", {"name": kind["name"]})
            assert status == (400 if kind["processor_needed"] else 200), (kind, answer)
            if kind["processor_needed"]:
                assert answer["error"]

    on_panel(bench, scenario)


@pytest.mark.parametrize(
    "body",
    [
        {"name": "nonsense"}, {}, {"name": None}, {"name": "phase5_down", "date": "tomorrow"}, [], "not JSON", None,
        {"name": "timeout", "processor": "Nobody"}, {"name": ["phase5_down"]}, {"name": "timeout", "processor": ["x"]},
        {"name": "phase5_down", "date": 5}, {"name": "phase5_down", "date": [1]},
    ],
)  # fmt: skip
def test_a_fault_that_makes_no_sense_is_refused(bench: MakeBench, body: Any) -> None:
    async def scenario(call: Call, _: SimulatedClock) -> None:
        status, answer = await call("POST", "faults", body)
        assert (status, answer["ok"]) == (400, False)
        assert answer["error"]
        assert (await call("GET", "faults"))[1]["active"] == []
        status, answer = await call("DELETE", "faults/nothing")
        assert (status, answer["ok"]) == (404, False)

    on_panel(bench, scenario)


def test_the_clock_is_read_and_set(bench: MakeBench) -> None:
    async def scenario(call: Call, clock: SimulatedClock) -> None:
        status, told = await call("GET", "clock")
        assert (status, told["speed"]) == (200, 1.0)
        assert abs(datetime.fromisoformat(told["now"]) - clock.now()) < timedelta(seconds=1)
        assert (await call("POST", "clock", {"speed": 60}))[1]["speed"] == clock.speed == 60
        refused: tuple[Any, ...] = (0, -3, FASTEST + 1, "fast", [], {}, "NaN")
        for wrong in refused:
            status, answer = await call("POST", "clock", {"speed": wrong})
            assert (status, answer["ok"]) == (400, False), wrong
        assert clock.speed == 60

    on_panel(bench, scenario)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 202),
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Type": "text/plain"}, 403),
    ],
    ids=["a program", "another page", "a browser says so", "a form"],
)
def test_services_take_runs_from_no_other_origin(bench: MakeBench, headers: dict[str, str], status: int) -> None:
    async def whole() -> None:
        pipeline = bench().pipeline
        site = web.Application(middlewares=[guarded])
        site.add_subapp("/services", create_app(pipeline, lambda: pipeline.advanced_to))
        async with TestClient(TestServer(site)) as client:
            day = (pipeline.advanced_to - timedelta(days=2)).date().isoformat()
            body = json.dumps({"processor": GAMEBOOK, "date": day})
            sent = {"Content-Type": "application/json", **headers}
            async with client.post("/services/process", data=body, headers=sent) as answer:
                assert answer.status == status, await answer.text()

    asyncio.run(whole())
