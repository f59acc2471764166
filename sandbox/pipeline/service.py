"""The platform's services over HTTP: POST /process asks for a run, POST /clear takes away the marker of a date that is
done, GET /health says that the service lives.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any

from aiohttp import web

from sandbox.pipeline.commands import InFlight, UnknownProcessor
from sandbox.pipeline.live import Pipeline
from sandbox.pipeline.moments import eastern_date, epoch, utc

MOST_DAYS_AHEAD = 14
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def create_app(
    pipeline: Pipeline,
    clock: Callable[[], datetime],
    accepts_token: Callable[[str], bool] | None = None,
    lock: asyncio.Lock | None = None,
) -> web.Application:
    """All services in one application, in the pipeline's own event loop.

    `clock` gives the pipeline's time (aware); `accepts_token` judges the bearer token of /process, None lets all in.
    `lock` is held by whoever moves the pipeline on. A repeated X-Request-Id gets its first answer and starts nothing.
    Answers: 202 with run_id, 400 bad body or date, 401 no valid token, 404 unknown processor, 409 already running.
    """
    begun: dict[str, dict[str, str]] = {}
    alone = lock or asyncio.Lock()

    async def process(request: web.Request) -> web.Response:
        _check_token(request, accepts_token)
        processor, day = await _read(request, clock())
        key = request.headers.get("X-Request-Id", "")
        async with alone:
            accepted = begun.get(key) or _started(pipeline, processor, day, clock())
            if key:
                begun[key] = accepted
        return web.json_response(accepted, status=202)

    async def health(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "time": clock().isoformat()})

    async def clear(request: web.Request) -> web.Response:
        _check_token(request, accepts_token)
        processor, day = await _read(request, clock())
        async with alone:
            try:
                pipeline.clear(processor, day, clock())
            except UnknownProcessor as error:
                raise _Refused(404, str(error)) from error
        return web.json_response({"processor": processor, "date": day.isoformat(), "status": "cleared"})

    app = web.Application(middlewares=[_refusals])
    app.router.add_post("/process", process)
    app.router.add_post("/clear", clear)
    app.router.add_get("/health", health)
    return app


def _started(pipeline: Pipeline, processor: str, day: date, now: datetime) -> dict[str, str]:
    try:
        run = pipeline.process(processor, day, now)
    except UnknownProcessor as error:
        raise _Refused(404, str(error)) from error
    except InFlight as error:
        raise _Refused(409, str(error)) from error
    return {
        "run_id": run.run_id,
        "processor": processor,
        "date": day.isoformat(),
        "status": "accepted",
        "started_at": utc(run.attempt.at).isoformat(),
    }


@web.middleware
async def _refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except _Refused as refusal:
        return web.json_response({"error": str(refusal)}, status=refusal.status)


def _check_token(request: web.Request, accepts_token: Callable[[str], bool] | None) -> None:
    if accepts_token is None:
        return
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not accepts_token(token.strip()):
        raise _Refused(401, "A valid identity token is needed: Authorization: Bearer TOKEN.")


async def _read(request: web.Request, now: datetime) -> tuple[str, date]:
    try:
        body: Any = await request.json()
    except ValueError as error:
        raise _Refused(400, f"The body is not JSON: {error}") from error
    if not isinstance(body, dict) or not isinstance(body.get("processor"), str):
        raise _Refused(400, 'The body must be {"processor": NAME, "date": "YYYY-MM-DD"}.')
    try:
        day = date.fromisoformat(str(body.get("date")))
    except ValueError as error:
        raise _Refused(400, f"{body.get('date')!r} is not a date; write YYYY-MM-DD.") from error
    if (day - eastern_date(epoch(now))).days > MOST_DAYS_AHEAD:
        raise _Refused(400, f"{day} lies more than {MOST_DAYS_AHEAD} days ahead.")
    return body["processor"], day
