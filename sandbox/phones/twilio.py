"""Twilio's REST API, as far as calls and text messages of one account need it: https://www.twilio.com/docs/usage/api."""

import hmac
import re
import secrets
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from sandbox.phones import twiml
from sandbox.phones.book import Book, Entry
from sandbox.phones.calls import RINGING, Calls
from sandbox.slack.clock import Clock

NUMBER = re.compile(r"\+[1-9]\d{6,14}")
LONGEST_TEXT, LONGEST_TWIML = 1_600, 4_000
"""Characters: https://www.twilio.com/docs/api/errors/21617, https://www.twilio.com/docs/voice/api/call-resource"""
MOST_LISTED = 1_000
KINDS = {"Calls": "call", "Messages": "text"}
FAILED = {"call": "failed", "text": "undelivered"}


class _Refused(Exception):
    """Twilio's code, see https://www.twilio.com/docs/api/errors, and its words."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.status = code, status


class Twilio:
    """`account` is its SID, `sender` its one number."""

    def __init__(self, book: Book, calls: Calls, clock: Clock, account: str, token: str, sender: str) -> None:
        self._book, self._calls, self._clock = book, calls, clock
        self._account, self._token, self._sender = account, token, sender

    def application(self) -> web.Application:
        app = web.Application(middlewares=[_refusals])
        path = "/2010-04-01/Accounts/{account}/{resource}.json"
        app.router.add_post(path, self._create)
        app.router.add_get(path, self._list)
        return app

    async def _create(self, request: web.Request) -> web.Response:
        kind = self._admitted(request)
        form = {name: str(value) for name, value in (await request.post()).items()}
        number = _number(form, self._sender)
        said = _script(form) if kind == "call" else twiml.Script(_body(form), 1, "")
        person = self._book.person_at(number)
        entry = Entry(
            id=f"{'CA' if kind == 'call' else 'SM'}{secrets.token_hex(16)}",
            kind=kind,
            person=person,
            sender=self._sender,
            number=number,
            at=self._clock.shown_seconds(),
            made=self._clock.seconds(),
            state=(RINGING if kind == "call" else "delivered") if person else FAILED[kind],
            text=said.says,
            loops=said.loops,
            callback=said.callback,
        )
        self._book.put(entry)
        if entry.state == RINGING:
            self._calls.ring(entry)
        return web.json_response({**self._shown(entry), "status": "queued"}, status=201)

    async def _list(self, request: web.Request) -> web.Response:
        kind, wanted = self._admitted(request), request.query.get("To", "")
        size = request.query.get("PageSize", "50")
        most = min(MOST_LISTED, int(size)) if size.isdigit() else 50
        found = [each for each in self._book.latest() if each.kind == kind and wanted in ("", each.number)]
        listed = [self._shown(each) for each in found[:most]]
        return web.json_response({request.match_info["resource"].lower(): listed})

    def _admitted(self, request: web.Request) -> str:
        """The kind of what is asked for."""
        expected = "Basic " + b64encode(f"{self._account}:{self._token}".encode()).decode()
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(errors="replace"), expected.encode()):
            raise _Refused(20003, "Authenticate", 401)
        kind = KINDS.get(request.match_info["resource"])
        if kind is None or request.match_info["account"] != self._account:
            raise _Refused(20404, f"The requested resource {request.path} was not found", 404)
        return kind

    def _shown(self, entry: Entry) -> dict[str, Any]:
        return {
            "sid": entry.id,
            "account_sid": self._account,
            "to": entry.number,
            "from": entry.sender,
            "body": entry.text if entry.kind == "text" else None,
            "status": entry.state,
            "direction": "outbound-api",
            "date_created": format_datetime(datetime.fromtimestamp(entry.made, UTC)),
            "start_time": None,
        }


@web.middleware
async def _refusals(request: web.Request, handler: Any) -> web.StreamResponse:
    try:
        answered: web.StreamResponse = await handler(request)
    except _Refused as no:
        link = f"https://www.twilio.com/docs/errors/{no.code}"
        said = {"code": no.code, "message": str(no), "more_info": link, "status": no.status}
        return web.json_response(said, status=no.status)
    return answered


def _number(form: Mapping[str, str], sender: str) -> str:
    number = form.get("To", "")
    if not number:
        raise _Refused(21201, "No 'To' number is specified")
    if NUMBER.fullmatch(number) is None:
        raise _Refused(21211, f"Invalid 'To' Phone Number: {number}")
    if form.get("From") != sender:
        raise _Refused(21210, "The source phone number provided is not one of this account")
    return number


def _script(form: Mapping[str, str]) -> twiml.Script:
    text = form.get("Twiml", "")
    if not 0 < len(text) <= LONGEST_TWIML:
        raise _Refused(21205, f"A call needs Twiml, {LONGEST_TWIML} characters at most")
    try:
        return twiml.parse(text)
    except ValueError as error:
        raise _Refused(12100, f"Document parse failure: {error}") from error


def _body(form: Mapping[str, str]) -> str:
    text = form.get("Body", "")
    if not text:
        raise _Refused(21602, "Message body is required")
    if len(text) > LONGEST_TEXT:
        raise _Refused(21617, f"The concatenated message body exceeds the {LONGEST_TEXT} character limit")
    return text
