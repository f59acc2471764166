"""The URLs outside /api/: response_url and upload URL.

https://docs.slack.dev/interactivity/handling-user-interaction
"""

import time
from typing import Any

from aiohttp import web

from . import limits
from .core import Core
from .errors import SlackError
from .fault_effects import after, before
from .json_text import parse
from .responses import respond


class Hooks:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def response_url(self, request: web.Request) -> web.StreamResponse:
        """POST of a message; `ok` as text, or the refusal as JSON with 404 (expired, used), 400 or 500."""
        core, began = self._core, time.perf_counter()
        fault = core.faults.strike("response_url")
        early = await before(fault, request, core.clock)
        if early is not None:
            return early
        body: Any = None
        answer: dict[str, Any] = {"ok": True}
        status = 200
        try:
            body = await _body(request)
            respond(core, request.match_info["token"], body)
            response = web.Response(text="ok")
        except SlackError as refusal:
            answer, status = refusal.body(), refusal.status if refusal.status != 200 else 500
            response = web.json_response(answer, status=status)
        core.recorder.add(
            "request",
            (request.content_length or 0) + 200,
            method="response_url",
            args=body,
            response=answer,
            status=status,
            at=core.clock.seconds(),
            ms=(time.perf_counter() - began) * 1000,
            fault=fault and fault.kind,
        )
        return await after(fault, request, core.clock, response)

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """POST of a file's bytes, raw or as the first part of a form; `OK - <bytes>`."""
        core = self._core
        fault = core.faults.strike("upload")
        early = await before(fault, request, core.clock)
        if early is not None:
            return early
        file_id = request.match_info["file"]
        if core.files.upload_key(file_id) != request.match_info["key"]:
            return web.Response(status=404, text="no such upload")
        content = await _content(request)
        asked = core.files.get(file_id, state="asked")
        if asked is None or len(content) != asked["size"]:
            return web.Response(status=400, text="the length differs from what was asked for")
        core.files.upload(file_id, content)
        core.recorder.add("request", 300, method="upload", args={"file": file_id}, response=None, status=200)
        return await after(fault, request, core.clock, web.Response(text=f"OK - {len(content)}"))


async def _body(request: web.Request) -> Any:
    """JSON, or a form with the JSON in `payload`."""
    if request.content_type == "application/x-www-form-urlencoded":
        text = str((await request.post()).get("payload", ""))
    else:
        text = await request.text()
    try:
        return parse(text)
    except ValueError:
        raise SlackError("invalid_payload", status=400) from None


async def _content(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    parts = await request.multipart()
    part = await parts.next()
    content = bytearray()
    while part is not None and len(content) <= limits.FILE_BYTES:
        chunk = await part.read_chunk()  # type: ignore[union-attr]
        if not chunk:
            break
        content += chunk
    return bytes(content)
