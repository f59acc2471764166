"""Who may drive the workspace: pages of this server on this machine, and nobody else's."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from yarl import URL

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def refusal(request: web.Request) -> str | None:
    """Why a browser or control request is turned away, or None.

    A foreign page can make a browser send requests here, but cannot forge Host or Origin, nor send
    JSON without asking first; so names, origins and content types decide.
    """
    host = request.headers.get("Host", "")
    try:
        name = URL(f"http://{host}").host
    except ValueError:
        return "forbidden_host"
    if name not in _LOOPBACK:
        return "forbidden_host"
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"http://{host}":
        return "forbidden_origin"
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return "forbidden_origin"
    changing = request.method not in ("GET", "HEAD")
    return "json_needed" if changing and request.content_type != "application/json" else None


@web.middleware
async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Applies `refusal` to what drives the workspace and the pipeline; Slack's own API is for apps."""
    if request.path.startswith(("/browser", "/control", "/sim", "/services")):
        why = refusal(request)
        if why is not None:
            return web.json_response({"ok": False, "error": why}, status=403)
    return await handler(request)
