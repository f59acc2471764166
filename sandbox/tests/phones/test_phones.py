"""Twilio and PagerDuty of the sandbox: what they refuse, how a call ends, and what is left after a kill -9."""

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.phones import twiml
from sandbox.phones.calls import APOLOGY, RINGS_S, TALKS_S
from sandbox.phones.vendors import ACCOUNT, SENDER, Vendors
from sandbox.slack.seed import USERS
from sandbox.slack.server import Workspace
from sandbox.tests.slack.manifest import manifest
from sandbox.tests.slack.running import asynchronous, eventually

ALEX = USERS[0]
DIGITS = "http://127.0.0.1:9/digits"
SAYS = f'<Response><Gather numDigits="1" action="{DIGITS}"><Say loop="2">P0 INC-1: no data</Say></Gather></Response>'
CALL = {"To": ALEX.phone, "From": SENDER, "Twiml": SAYS}
ALERT = {"summary": "P0 INC-1: no data", "source": "fireline", "severity": "critical"}


class Desk:
    """The vendors as their customer asks them, and the phones as people use them."""

    def __init__(self, workspace: Workspace, vendors: Vendors, session: aiohttp.ClientSession) -> None:
        self.workspace, self.vendors, self._session = workspace, vendors, session

    async def twilio(self, resource: str, form: dict[str, str], token: str | None = None) -> tuple[int, Any]:
        url = f"{self.vendors.twilio_url}/2010-04-01/Accounts/{ACCOUNT}/{resource}.json"
        given = b64encode(f"{ACCOUNT}:{self.vendors.token if token is None else token}".encode()).decode()
        async with self._session.post(url, data=form, headers={"Authorization": f"Basic {given}"}) as answer:
            return answer.status, await answer.json()

    async def pagerduty(self, **event: Any) -> tuple[int, Any]:
        given = {"routing_key": self.vendors.routing_key, "dedup_key": "k1", **event}
        async with self._session.post(f"{self.vendors.pagerduty_url}/v2/enqueue", json=given) as answer:
            return answer.status, await answer.json()

    async def act(self, entry: str, **body: Any) -> tuple[int, Any]:
        async with self._session.post(f"{self.workspace.url}/sim/api/phones/{entry}", json=body) as answer:
            return answer.status, await answer.json()

    def states(self) -> list[str]:
        return [each.state for each in self.vendors.book.latest()]


@asynccontextmanager
async def desk(path: Path | str = ":memory:") -> AsyncIterator[Desk]:
    workspace = Workspace(manifest(), path)
    vendors = Vendors(workspace)
    await workspace.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Desk(workspace, vendors, session)
    finally:
        await workspace.stop()


@asynchronous
async def test_what_twilio_refuses() -> None:
    async with desk() as made:
        refused = [
            await made.twilio("Calls", CALL, token="wrong"),
            await made.twilio("Faxes", CALL),
            await made.twilio("Calls", {**CALL, "To": ""}),
            await made.twilio("Calls", {**CALL, "To": "911"}),
            await made.twilio("Calls", {**CALL, "From": ALEX.phone}),
            await made.twilio("Calls", {**CALL, "Twiml": "<Response>"}),
            await made.twilio("Calls", {**CALL, "Twiml": "x" * 4_001}),
            await made.twilio("Messages", {**CALL, "Body": ""}),
            await made.twilio("Messages", {**CALL, "Body": "x" * 1_601}),
        ]
        codes = [(status, said["code"]) for status, said in refused]
        assert codes == [
            (401, 20003),
            (404, 20404),
            (400, 21201),
            (400, 21211),
            (400, 21210),
            (400, 12100),
            (400, 21205),
            (400, 21602),
            (400, 21617),
        ]
        assert made.states() == []


@asynchronous
async def test_what_pagerduty_refuses() -> None:
    async with desk() as made:
        for event in (
            {"routing_key": "wrong", "event_action": "trigger", "payload": ALERT},
            {"event_action": "shout"},
            {"event_action": "resolve", "dedup_key": ""},
            {"event_action": "trigger"},
            {"event_action": "trigger", "payload": {**ALERT, "severity": "P0"}},
            {"event_action": "trigger", "payload": {**ALERT, "summary": ""}},
            {"event_action": "trigger", "payload": ALERT, "dedup_key": "k" * 256},
        ):
            status, said = await made.pagerduty(**event)
            assert (status, said["status"], len(said["errors"])) == (400, "invalid event", 1)
        assert made.states() == []


@asynchronous
async def test_a_call_rings_out_and_one_that_is_answered_ends() -> None:
    async with desk() as made:
        for _ in range(3):
            assert (await made.twilio("Calls", CALL))[1]["status"] == "queued"
        first, second, third = (each.id for each in reversed(made.vendors.book.latest()))
        assert (await made.act(first, do="answer"))[0] == 200
        assert (await made.act(second, do="decline"))[0] == 200
        made.workspace.advance(RINGS_S)
        await eventually(lambda: made.states() == ["no-answer", "busy", "in-progress"])
        made.workspace.advance(TALKS_S)
        await eventually(lambda: made.states() == ["no-answer", "busy", "completed"])
        for entry in (first, second, third):
            assert (await made.act(entry, do="answer"))[0] == 409
        assert (await made.act("CA0", do="answer"))[0] == 404


@asynchronous
async def test_a_digit_that_nobody_hears_of_is_an_application_error() -> None:
    async with desk() as made:
        sid = (await made.twilio("Calls", CALL))[1]["sid"]
        assert (await made.act(sid, do="press", digit="1"))[0] == 409
        await made.act(sid, do="answer")
        assert (await made.act(sid, do="press", digit="11"))[0] == 409
        assert (await made.act(sid, do="press", digit="1"))[0] == 200
        entry = made.vendors.book.get(sid)
        assert entry is not None
        assert entry.heard == ("Pressed 1.", APOLOGY)


@asynchronous
async def test_an_alert_is_one_while_it_is_open() -> None:
    async with desk() as made:
        trigger = {"event_action": "trigger", "payload": {**ALERT, "custom_details": {"on call": USERS[3].real_name}}}
        for _ in range(2):
            assert (await made.pagerduty(**trigger))[0] == 202
        (alert,) = made.vendors.book.latest()
        assert (alert.person, alert.state) == (USERS[3].id, "triggered")
        await made.pagerduty(event_action="resolve")
        await made.pagerduty(event_action="acknowledge")
        assert made.states() == ["resolved"]
        await made.pagerduty(**trigger)
        assert made.states() == ["triggered", "resolved"]


@asynchronous
async def test_a_number_that_is_nobodys_is_not_reached() -> None:
    async with desk() as made:
        await made.twilio("Calls", {**CALL, "To": "+15550199"})
        await made.twilio("Messages", {"To": "+15550199", "From": SENDER, "Body": "P0"})
        assert made.states() == ["undelivered", "failed"]


@asynchronous
async def test_what_rang_when_the_process_was_killed_was_missed(tmp_path: Path) -> None:
    async with desk(tmp_path / "slack") as made:
        sid = (await made.twilio("Calls", CALL))[1]["sid"]
        await made.twilio("Calls", CALL)
        await made.act(sid, do="answer")
        secrets = made.vendors.token, made.vendors.routing_key, made.vendors.webhook_secret
    async with desk(tmp_path / "slack") as made:
        assert made.states() == ["no-answer", "completed"]
        assert (made.vendors.token, made.vendors.routing_key, made.vendors.webhook_secret) == secrets


@pytest.mark.parametrize("text", ["", "<Response><Dial>911</Dial></Response>", "<Say>1</Say>", "<Response>"])
def test_a_script_that_no_call_here_can_follow(text: str) -> None:
    with pytest.raises(ValueError, match=r"TwiML|not simulated"):
        twiml.parse(text)
