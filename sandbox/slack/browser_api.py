"""The chat page's REST API and WebSocket, under /browser."""

import asyncio
from typing import Any

from aiohttp import WSMsgType, web

from . import browser_shapes
from .acting import ActFailed, channel_for, person
from .acts import perform
from .core import Core
from .json_text import parse
from .screens import Watcher

_NEVER = "9999999999.999999"


def _failure(failure: ActFailed, status: int = 200) -> web.Response:
    return web.json_response({"ok": False, "error": failure.code, "message": failure.text}, status=status)


class BrowserApi:
    def __init__(self, core: Core) -> None:
        self._core = core

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/browser/api/boot", self.boot),
            web.get("/browser/api/history", self.history),
            web.get("/browser/api/replies", self.replies),
            web.get("/browser/api/home", self.home),
            web.get("/browser/api/views", self.views),
            web.get("/browser/api/files/{file}", self.file),
            web.post("/browser/api/{act:.+}", self.act),
            web.get("/browser/ws", self.socket),
        ]

    async def boot(self, request: web.Request) -> web.Response:
        core = self._core
        viewer = request.query.get("user") or core.people.human_ids()[0]
        try:
            person(core, viewer)
        except ActFailed as failure:
            return _failure(failure)
        return web.json_response({"ok": True, **browser_shapes.boot(core, viewer)})

    async def history(self, request: web.Request) -> web.Response:
        core, query = self._core, request.query
        viewer = query.get("user", "")
        try:
            person(core, viewer)
            channel = channel_for(core, viewer, query.get("channel", ""))["id"]
        except ActFailed as failure:
            return _failure(failure)
        limit = min(200, max(1, int(query.get("limit", "50")))) if query.get("limit", "50").isdigit() else 50
        found, more = core.messages.history(channel, oldest="0", latest=query.get("before", _NEVER), limit=limit)
        shown = [{**browser_shapes.content(core, one, viewer), "channel": channel} for one in reversed(found)]
        return web.json_response({"ok": True, "messages": shown, "has_more": more})

    async def replies(self, request: web.Request) -> web.Response:
        core, query = self._core, request.query
        viewer, ts = query.get("user", ""), query.get("ts", "")
        try:
            person(core, viewer)
            channel = channel_for(core, viewer, query.get("channel", ""))["id"]
        except ActFailed as failure:
            return _failure(failure)
        parent = core.messages.get(channel, ts)
        if parent is None:
            return _failure(ActFailed("message_not_found", f"There is no message {ts!r}."))
        found, _ = core.messages.replies(channel, ts, oldest="0", latest=_NEVER, limit=1000)
        shown = [{**browser_shapes.content(core, one, viewer), "channel": channel} for one in [parent, *found]]
        return web.json_response({"ok": True, "messages": shown})

    async def home(self, request: web.Request) -> web.Response:
        viewer = request.query.get("user", "")
        view = self._core.modals.home(viewer)
        shown = browser_shapes.content(self._core, view, viewer) if view else None
        return web.json_response({"ok": True, "view": shown})

    async def views(self, request: web.Request) -> web.Response:
        viewer = request.query.get("user", "")
        stack = [browser_shapes.content(self._core, view, viewer) for view in self._core.modals.stack(viewer)]
        return web.json_response({"ok": True, "stack": stack})

    async def file(self, request: web.Request) -> web.Response:
        file_id = request.match_info["file"]
        file, content = self._core.files.get(file_id), self._core.files.content(file_id)
        if file is None or content is None:
            return web.json_response({"ok": False, "error": "file_not_found"}, status=404)
        # Uploaded HTML or SVG must not run as a page of this server.
        headers = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=content, content_type=file["mimetype"], headers=headers)

    async def act(self, request: web.Request) -> web.Response:
        try:
            body = parse(await request.text())
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return _failure(ActFailed("bad_request", "The body must be a JSON object."), 400)
        answer = await perform(self._core, request.match_info["act"], body)
        status = {"bad_request": 400, "unknown_act": 404}.get(str(answer.get("error")), 200)
        shown = browser_shapes.holding(self._core, str(body.get("user", "")), answer)
        return web.json_response(shown, status=status)

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """Pushes of one user, from `since` on."""
        core, viewer = self._core, request.query.get("user", "")
        try:
            person(core, viewer)
        except ActFailed as failure:
            return _failure(failure)
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        # Both at one moment, so that no push is lost or sent twice.
        watcher, greeting = core.screens.watch(viewer), self._greeting(viewer, request.query.get("since", ""))
        for push in greeting:
            await socket.send_json(push)
        writing = asyncio.ensure_future(self._write(socket, viewer, watcher))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._hear(socket, message.data)
        finally:
            writing.cancel()
            core.screens.unwatch(viewer, watcher)
        return socket

    def _greeting(self, viewer: str, since: str) -> list[dict[str, Any]]:
        """`hello`, and what was missed since."""
        screens = self._core.screens
        last = int(since) if since.isdigit() else screens.seq(viewer)
        reset = not screens.complete_since(viewer, last)
        hello = {"type": "hello", "seq": screens.seq(viewer), "user": viewer, "reset": reset, **screens.time()}
        missed = [] if reset else screens.since(viewer, last)
        return [hello, *(browser_shapes.push(self._core, viewer, raw) for raw in missed)]

    async def _write(self, socket: web.WebSocketResponse, viewer: str, watcher: Watcher) -> None:
        while (raw := await watcher.queue.get()) is not None:
            await socket.send_json(browser_shapes.push(self._core, viewer, raw))
        await socket.close()

    async def _hear(self, socket: web.WebSocketResponse, text: str) -> None:
        try:
            message: Any = parse(text)
        except ValueError:
            return
        if isinstance(message, dict) and message.get("type") == "ping":
            await socket.send_json({"type": "pong", **self._core.screens.time()})
