"""What an ordered fault does to a request, before and after the work."""

from aiohttp import web

from .clock import Clock
from .faults import Fault

_HOUR = 3_600.0


def _error(code: str) -> web.Response:
    return web.json_response({"ok": False, "error": code})


async def before(fault: Fault | None, request: web.Request, clock: Clock) -> web.StreamResponse | None:
    """The answer in place of the work, or None to go on."""
    if fault is None:
        return None
    if fault.kind == "latency":
        await clock.sleep(fault.seconds or 1.0)
    elif fault.kind == "reset":
        return _cut(request)
    elif fault.kind == "status":
        return web.Response(status=fault.status or 503, text="upstream error")
    elif fault.kind == "rate_limited":
        headers = {"Retry-After": str(int(fault.seconds or 1))}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
    elif fault.kind == "error":
        return _error(fault.error or "internal_error")
    return None


async def after(
    fault: Fault | None, request: web.Request, clock: Clock, response: web.StreamResponse
) -> web.StreamResponse:
    """The answer although the work is done: given, spoilt, or withheld."""
    if fault is None:
        return response
    if fault.kind == "hang":
        await clock.sleep(fault.seconds or _HOUR)
        return _cut(request)
    if fault.kind == "reset_after":
        return _cut(request)
    if fault.kind == "status_after":
        return web.Response(status=fault.status or 500, text="upstream error")
    if fault.kind == "error_after":
        return _error(fault.error or "internal_error")
    return response


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
