"""The pipeline tells of its runs: POST /v1/runs, and OpenLineage's POST /api/v1/lineage, with a token."""

import hmac
import logging
from collections.abc import Callable
from datetime import date

from aiohttp import web

from bot.callbacks.answers import only_header, read, refused, worked
from bot.domain.errors import WarehouseUnavailable
from bot.domain.pushed.reading import Refused, shown
from bot.services.done import DoneService
from bot.services.intake import Intake, NothingReads, Taken

RUNS, LINEAGE = "/v1/runs", "/api/v1/lineage"
LARGEST_BODY = 16 * 1024 * 1024
"""Long error texts are cut, so that a failure is not lost for its text."""
BEARER = "Bearer "
WRONG = "a wrong token, or none: check FIRELINE_INTAKE_TOKEN"
log = logging.getLogger("fireline.intake")


class RunsDoor:
    """`tokens`: one, or several with commas between them, while the token is being changed."""

    def __init__(self, tokens: str, intake: Intake, done: DoneService) -> None:
        self._tokens = [each.strip().encode() for each in tokens.split(",") if each.strip()]
        self._intake, self._done = intake, done

    async def runs(self, request: web.Request) -> web.Response:
        return await self._answered(request, self._intake.runs)

    async def lineage(self, request: web.Request) -> web.Response:
        return await self._answered(request, self._intake.lineage)

    async def done(self, request: web.Request) -> web.Response:
        """Is that date of that processor done?"""
        if not self._is_allowed(only_header(request, "Authorization")):
            return refused("the pipeline", WRONG)
        processor, said = request.query.get("processor_name", ""), request.query.get("data_date", "")
        try:
            day = date.fromisoformat(said)
        except ValueError:
            return web.json_response({"error": f"data_date {shown(said)} is no date; write 2026-01-06"}, status=422)
        try:
            answer = await worked(self._done.answer, processor, day)
        except WarehouseUnavailable as error:
            return web.json_response({"error": str(error)}, status=503, headers={"Retry-After": "5"})
        return web.json_response({"state": answer.state, "why": answer.why})

    async def _answered(self, request: web.Request, take: Callable[[bytes], Taken]) -> web.Response:
        if not self._is_allowed(only_header(request, "Authorization")):
            return refused("the pipeline", WRONG)
        try:
            body = await read(request, LARGEST_BODY)
        except web.HTTPRequestEntityTooLarge as error:
            return web.json_response({"error": error.text, "faults": []}, status=error.status)
        return await answered(take, body)

    def _is_allowed(self, header: str) -> bool:
        given = header.removeprefix(BEARER).strip().encode(errors="replace") if header.startswith(BEARER) else b""
        return sum(hmac.compare_digest(given, each) for each in self._tokens) > 0


async def answered(take: Callable[..., Taken], *given: object, acknowledged: bool = False) -> web.Response:
    """What the sender is told once it is stored: 422 where a part of it cannot be understood, which is named.
    `acknowledged`: that was kept, too, and is not to be sent again.
    """
    try:
        taken = await worked(take, *given)
    except Refused as error:
        said = [fault._asdict() for fault in error.faults]
        log.warning("refused what was sent: %s", error)
        return web.json_response({"error": str(error), "faults": said}, status=422)
    except NothingReads as error:
        log.warning("refused what was sent: %s", error)
        return web.json_response({"error": str(error)}, status=503, headers={"Retry-After": "60"})
    said_of = [{"event": place, "faults": [fault._asdict() for fault in faults]} for place, faults in taken.refused]
    answer = {"accepted": taken.accepted, "known": taken.known, "refused": said_of, "ignored": list(taken.ignored)}
    return web.json_response(answer, status=422 if taken.refused and not acknowledged else 200)
