"""The panel of the simulated pipeline: its clock and its faults, for the page and the command line."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from aiohttp import web

from sandbox.clock import SimulatedClock
from sandbox.json_body import json_body
from sandbox.pipeline.faults import CATALOG, SHOWS_AT_ONCE, Fault, FaultError
from sandbox.pipeline.fleet import Processor
from sandbox.pipeline.live import Pipeline
from sandbox.pipeline.synthetic import is_synthetic

SOON = "Shows within two minutes: the latest date is processed again."
LATER = "Shows when the next runs are due."
NEEDS_PROCESSOR = frozenset({"processor", "source", "service"})


class Panel:
    """Routes under /sim/api. `lock` is held by whoever moves the pipeline on: one at a time. `told` names the incidents
    that the app has open.
    """

    def __init__(
        self, pipeline: Pipeline, clock: SimulatedClock, lock: asyncio.Lock, told: Callable[[], Awaitable[list[str]]]
    ) -> None:
        self._pipeline, self._told = pipeline, told
        self._clock = clock
        self._lock = lock

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/sim/api/faults", self._list),
            web.post("/sim/api/faults", self._inject),
            web.delete("/sim/api/faults/{fault}", self._heal),
            web.get("/sim/api/clock", self._time),
            web.post("/sim/api/clock", self._set_speed),
            web.get("/sim/api/processors", self._processors),
        ]

    async def _list(self, _request: web.Request) -> web.Response:
        kinds = [
            {
                "name": kind.name,
                "description": f"{kind.description} {SOON if kind.name in SHOWS_AT_ONCE else LATER}",
                "processor_needed": kind.scope in NEEDS_PROCESSOR,
            }
            for kind in CATALOG.values()
        ]
        active = [_shown(fault) for fault in self._active()]
        return web.json_response({"faults": kinds, "active": active, "open": await self._told()})

    async def _inject(self, request: web.Request) -> web.Response:
        body = await json_body(request)
        try:
            day = date.fromisoformat(str(body["date"])) if body.get("date") else None
            processor = str(body["processor"]) if body.get("processor") else None
            async with self._lock:
                now = self._clock.now()
                name = str(body.get("name"))
                if day is None:
                    fault = self._pipeline.inject_visibly(name, now, processor)
                else:
                    fault = self._pipeline.inject(name, now, processor, day)
        except (FaultError, ValueError) as error:
            return web.json_response({"ok": False, "error": str(error)}, status=400)
        return web.json_response({"ok": True, "fault": _shown(fault)})

    async def _heal(self, request: web.Request) -> web.Response:
        try:
            async with self._lock:
                self._pipeline.heal_and_repair(request.match_info["fault"], self._clock.now())
        except FaultError as error:
            return web.json_response({"ok": False, "error": str(error)}, status=404)
        return web.json_response({"ok": True})

    async def _time(self, _request: web.Request) -> web.Response:
        return web.json_response({"now": self._clock.now().isoformat(), "speed": self._clock.speed})

    async def _set_speed(self, request: web.Request) -> web.Response:
        try:
            self._clock.speed = float((await json_body(request)).get("speed", 1))
        except (TypeError, ValueError) as error:
            return web.json_response({"ok": False, "error": str(error)}, status=400)
        return await self._time(request)

    async def _processors(self, _request: web.Request) -> web.Response:
        """Those that the platform knows by name first, the gravest of them at the top."""
        fleet = self._pipeline.world.fleet

        def place(processor: Processor) -> tuple[bool, bool, str]:
            return is_synthetic(processor.name), processor.criticality != "CRITICAL", processor.name

        return web.json_response([processor.name for processor in sorted(fleet, key=place)])

    def _active(self) -> list[Fault]:
        now = self._clock.now().timestamp()
        return [fault for fault in self._pipeline.faults if fault.end is None or fault.end > now]


def _shown(fault: Fault) -> dict[str, Any]:
    return {"id": fault.id, "name": fault.name, "processor": fault.processor, "date": str(fault.day or "")}
