"""The control API under /control, for tests and demonstrations: faults, time, tokens, acting as a user.

`GET /control` lists what there is.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from .acts import perform
from .core import Core
from .faults import KINDS
from .http_delivery import RequestUrls
from .json_text import parse

Body = dict[str, Any]
UseTransport = Callable[[RequestUrls | None], Awaitable[None]]

_GUIDE = {
    "GET /control/state": "time, transport, connections, faults, limits",
    "POST /control/clock": {"advance": "seconds"},
    "POST /control/rate-limits": {"scale": "1 as Slack, 0 off, 0.1 ten times stricter"},
    "GET /control/requests": "?since=N&method=chat.postMessage: what the app asked for",
    "GET /control/deliveries": "?since=N&envelope=slash_commands: what the app was sent",
    "POST /control/record/clear": {},
    "POST /control/faults": {"kind": KINDS, "method": "glob", "count": 1, "seconds": 1, "status": 503, "skip": 0},
    "POST /control/faults/clear": {},
    "POST /control/history-lag": {"seconds": 5},
    "POST /control/sockets": {"do": "drop | refresh | refuse | accept"},
    "POST /control/tokens": {"do": "revoke | restore", "token": "bot | app"},
    "POST /control/transport": {"mode": "socket | http", "events": "url", "commands": "url", "interactivity": "url"},
    "POST /control/act": {"user": "U…", "do": "command", "wait_for": ["view_opened"], "timeout": 9, "…": "as /browser"},
    "GET /control/channel": "?channel=C…: every message as stored, metadata included",
    "GET /control/screen": "?user=U…&since=SEQ: what that user saw",
    "GET /control/modals": "?user=U…: the modal stack and the Home view",
}


class Control:
    def __init__(self, core: Core, use_transport: UseTransport) -> None:
        self._core = core
        self._use_transport = use_transport

    def routes(self) -> list[web.RouteDef]:
        reads = {"state": self.state, "requests": self.requests, "deliveries": self.deliveries}
        reads |= {"channel": self.channel, "screen": self.screen, "modals": self.modals}
        changes = {
            "clock": self.clock,
            "rate-limits": self.rate_limits,
            "record/clear": self.clear_record,
            "faults": self.fault,
            "faults/clear": self.clear_faults,
            "history-lag": self.history_lag,
            "sockets": self.sockets,
            "tokens": self.tokens,
            "transport": self.transport,
            "act": self.act,
        }
        found = [web.get("/control", self.guide)]
        found += [web.get(f"/control/{path}", _reading(read)) for path, read in reads.items()]
        return found + [web.post(f"/control/{path}", _changing(change)) for path, change in changes.items()]

    async def guide(self, _request: web.Request) -> web.Response:
        return web.json_response(_GUIDE)

    def state(self, _query: Body) -> Body:
        core, transport = self._core, self._core.delivery.transport
        return {
            "now": core.now().isoformat(),
            "transport": transport.name if transport else None,
            "connected": transport is not None and transport.connected(),
            "connections": core.sockets.count(),
            "refusing": core.sockets.refuse_new,
            "faults": [vars(fault) for fault in core.faults.active()],
            "history_lag": core.faults.history_lag,
            "rate_limit_scale": core.rate_limits.scale,
            "dropped_events": core.delivery.dropped_events,
            "last": core.recorder.last(),
        }

    def requests(self, query: Body) -> Body:
        match = {"method": query["method"]} if "method" in query else {}
        return {"requests": self._core.recorder.entries(int(query.get("since", 0)), kind="request", **match)}

    def deliveries(self, query: Body) -> Body:
        match = {"envelope": query["envelope"]} if "envelope" in query else {}
        return {"deliveries": self._core.recorder.entries(int(query.get("since", 0)), kind="delivery", **match)}

    def channel(self, query: Body) -> Body:
        rows = self._core.store.rows("SELECT ts FROM messages WHERE channel = ? ORDER BY ts", query["channel"])
        return {"messages": [self._core.messages.get(query["channel"], ts, metadata=True) for (ts,) in rows]}

    def screen(self, query: Body) -> Body:
        return {"saw": self._core.screens.since(query["user"], int(query.get("since", 0)))}

    def modals(self, query: Body) -> Body:
        modals, user = self._core.modals, query["user"]
        return {"stack": modals.stack(user), "home": modals.home(user)}

    async def clock(self, body: Body) -> Body:
        self._core.clock.advance(float(body["advance"]))
        for user in self._core.people.human_ids():
            self._core.screens.show(user, "toast", message=f"Time moved on by {float(body['advance']):g} s.")
        return {"now": self._core.now().isoformat()}

    async def rate_limits(self, body: Body) -> Body:
        self._core.rate_limits.scale = float(body["scale"])
        return {}

    async def clear_record(self, _body: Body) -> Body:
        self._core.recorder.clear()
        return {}

    async def fault(self, body: Body) -> Body:
        return {"fault": vars(self._core.faults.add(**body))}

    async def clear_faults(self, _body: Body) -> Body:
        self._core.faults.clear()
        return {}

    async def history_lag(self, body: Body) -> Body:
        self._core.faults.history_lag = float(body["seconds"])
        return {}

    async def sockets(self, body: Body) -> Body:
        sockets, what = self._core.sockets, body["do"]
        if what == "drop":
            await sockets.drop()
        elif what == "refresh":
            await sockets.refresh()
        elif what in ("refuse", "accept"):
            sockets.refuse_new = what == "refuse"
        else:
            raise ValueError(f"cannot {what!r} sockets; drop, refresh, refuse or accept")
        return {"connections": sockets.count()}

    async def tokens(self, body: Body) -> Body:
        credentials = self._core.credentials
        token = {"bot": credentials.bot_token, "app": credentials.app_token}[body["token"]]
        if body["do"] == "revoke":
            self._core.revoked.add(token)
        else:
            self._core.revoked.discard(token)
        return {}

    async def transport(self, body: Body) -> Body:
        names = ("events", "commands", "interactivity", "options")
        urls = RequestUrls(**{name: body.get(name) for name in names}) if body["mode"] == "http" else None
        await self._use_transport(urls)
        return {}

    async def act(self, body: Body) -> Body:
        return await act(self._core, body)


async def act(core: Core, body: Body) -> Body:
    """Act as `user`, wait for any of `wait_for` (push types) up to `timeout` seconds, and tell what was seen."""
    user = str(body.get("user", ""))
    before = core.screens.seq(user)
    answer = await perform(core, str(body.get("do", "")), body)
    kinds = frozenset(body.get("wait_for") or ())
    if kinds:
        answer["waited"] = await core.screens.wait_for(user, before, kinds, float(body.get("timeout", 10.0)))
    return {**answer, "saw": core.screens.since(user, before)}


def _reading(read: Callable[[Body], Body]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handler(request: web.Request) -> web.StreamResponse:
        try:
            return web.json_response({"ok": True, **read(dict(request.query))})
        except (KeyError, ValueError) as wrong:
            return _bad(wrong)

    return handler


def _changing(change: Callable[[Body], Awaitable[Body]]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handler(request: web.Request) -> web.StreamResponse:
        try:
            body = parse(await request.text())
            return web.json_response({"ok": True, **await change(body)})
        except (KeyError, TypeError, ValueError) as wrong:
            return _bad(wrong)

    return handler


def _bad(wrong: Exception) -> web.Response:
    text = f"{type(wrong).__name__}: {wrong}; GET /control says what is expected"
    return web.json_response({"ok": False, "error": "bad_request", "message": text}, status=400)
