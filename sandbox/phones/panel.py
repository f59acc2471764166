"""The page's panel of phones: what has reached each, and what a person does with it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from sandbox.json_body import json_body
from sandbox.phones.book import Book, Entry
from sandbox.phones.calls import Calls, Refused
from sandbox.phones.pagerduty import PagerDuty

MOST_SHOWN = 100
Turns = Callable[[], Awaitable[Mapping[str, str]]]
"""By name of a person: what turn they have now."""


class PhonePanel:
    """Routes under /sim/api."""

    def __init__(self, book: Book, calls: Calls, pagerduty: PagerDuty, turns: Turns) -> None:
        self._book, self._turns = book, turns
        self._calls, self._pagerduty = calls, pagerduty

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/sim/api/phones", self._list), web.post("/sim/api/phones/{entry}", self._act)]

    async def _list(self, _request: web.Request) -> web.Response:
        turns = await self._turns()
        order = list(turns)
        people = sorted(
            self._book.people, key=lambda each: order.index(each.real_name) if each.real_name in turns else len(order)
        )
        phones = [{"person": each.id, "number": each.phone, "turn": turns.get(each.real_name, "")} for each in people]
        entries = [each.shown() for each in self._book.latest()[:MOST_SHOWN]]
        return web.json_response({"ok": True, "phones": phones, "entries": entries})

    async def _act(self, request: web.Request) -> web.Response:
        entry = self._book.get(request.match_info["entry"])
        if entry is None:
            return web.json_response({"ok": False, "error": "This is not on any phone."}, status=404)
        try:
            await self._done(entry, await json_body(request))
        except Refused as error:
            return web.json_response({"ok": False, "error": str(error)}, status=409)
        return web.json_response({"ok": True})

    async def _done(self, entry: Entry, body: Mapping[str, Any]) -> None:
        match body.get("do"):
            case "answer":
                self._calls.answer(entry)
            case "decline":
                self._calls.decline(entry)
            case "hang_up":
                self._calls.hang_up(entry)
            case "press":
                await self._calls.press(entry, str(body.get("digit", "")))
            case "acknowledge":
                await self._pagerduty.acknowledge(entry)
            case other:
                raise Refused(f"{other!r} is nothing that a phone does.")
