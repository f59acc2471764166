"""The Web API over HTTP: arguments, tokens, scopes, rate limits, faults, and the record of it all.

https://docs.slack.dev/apis/web-api
"""

import json
import time
import uuid
from typing import Any

from aiohttp import web

from .api import METHODS
from .api.call import Args, Method
from .core import Core
from .errors import SlackError
from .fault_effects import after, before
from .json_text import parse

_JSON, _FORM, _MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"


class WebApi:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Any request under /api/."""
        core, name = self._core, request.match_info["method"]
        began = time.perf_counter()
        fault = core.faults.strike(name)
        early = await before(fault, request, core.clock)
        if early is not None:
            core.recorder.add("request", 200, method=name, args={}, response=None, status=0, fault=fault and fault.kind)
            return early
        args: dict[str, Any] = {}
        status, headers = 200, {}
        try:
            args, warnings = await _arguments(request)
            body: dict[str, Any] = {"ok": True, **self._run(name, args, request), **warnings}
        except SlackError as refusal:
            body, status, headers = refusal.body(), refusal.status, refusal.headers
        text = json.dumps(body)
        core.recorder.add(
            "request",
            len(text) + (request.content_length or 0),
            method=name,
            args=args,
            response=body,
            status=status,
            at=core.clock.seconds(),
            ms=(time.perf_counter() - began) * 1000,
            fault=fault and fault.kind,
        )
        headers = {**headers, "X-Slack-Req-Id": uuid.uuid4().hex, "X-OAuth-Scopes": ",".join(sorted(core.app.scopes))}
        method = METHODS.get(name)
        if method is not None and method.scopes:
            headers["X-Accepted-OAuth-Scopes"] = ",".join(method.scopes)
        response = web.Response(text=text, status=status, headers=headers, content_type=_JSON, charset="utf-8")
        return await after(fault, request, core.clock, response)

    def _run(self, name: str, args: dict[str, Any], request: web.Request) -> dict[str, Any]:
        core, method = self._core, METHODS.get(name)
        if method is None:
            raise SlackError("unknown_method", req_method=name)
        _authorize(core, method, _token(request, args))
        self._limit(name, method, args)
        return method.run(core, Args(args))

    def _limit(self, name: str, method: Method, args: dict[str, Any]) -> None:
        if method.per_minute is None:
            return
        channel = self._core.channels.id_of(str(args.get("channel"))) if method.per_channel else None
        wait = self._core.rate_limits.wait(name, method.per_minute, channel)
        if wait:
            raise SlackError("ratelimited", status=429, headers={"Retry-After": str(wait)})


def _token(request: web.Request, args: dict[str, Any]) -> str:
    header = request.headers.get("Authorization", "")
    if header:
        scheme, _, token = header.partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""
    # A token in a JSON body is not looked at.
    return "" if request.content_type == _JSON else str(args.get("token", ""))


def _authorize(core: Core, method: Method, token: str) -> None:
    if method.token == "none":
        return
    credentials = core.credentials
    if not token:
        raise SlackError("not_authed")
    if token not in (credentials.bot_token, credentials.app_token):
        raise SlackError("invalid_auth")
    if token in core.revoked:
        raise SlackError("token_revoked")
    if (token == credentials.app_token) != (method.token == "app"):
        raise SlackError("not_allowed_token_type")
    missing = [scope for scope in method.scopes if scope not in core.app.scopes]
    if missing:
        raise SlackError("missing_scope", needed=",".join(missing), provided=",".join(sorted(core.app.scopes)))


async def _arguments(request: web.Request) -> tuple[dict[str, Any], dict[str, Any]]:
    """The call's arguments, and the warnings about how they came."""
    args: dict[str, Any] = dict(request.query)
    if request.method == "GET" or not request.can_read_body:
        return args, {}
    kind = request.content_type
    if kind == _JSON:
        args |= await _json(request)
        if request.charset is None:
            return args, {"warning": "missing_charset", "response_metadata": {"warnings": ["missing_charset"]}}
        return args, {}
    if kind not in (_FORM, _MULTIPART):
        raise SlackError("invalid_post_type" if kind != "application/octet-stream" else "missing_post_type")
    try:
        form = await request.post()
    except (ValueError, LookupError, UnicodeDecodeError):
        raise SlackError("invalid_form_data") from None
    args |= {name: value for name, value in form.items() if isinstance(value, str)}
    return args, {}


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        body = parse(await request.text())
    except (ValueError, LookupError):
        raise SlackError("invalid_json") from None
    if not isinstance(body, dict):
        raise SlackError("json_not_object")
    return body
