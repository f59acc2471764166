"""The real adapters page the sandbox's phones, and what is done there comes back signed, as in the demo."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from socket import socket
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientSession
from pydantic import SecretStr

from bot.adapters.pages.pagerduty import PagerDuty
from bot.adapters.pages.phone import Sms, Voice
from bot.adapters.pages.twilio import Account
from bot.callbacks import pagerduty
from bot.cli.demo_phones import ROUTING_KEY, TWILIO_TOKEN, free_port, paging
from bot.config.channels import load_channels
from bot.config.settings import Settings
from bot.domain.access import Actor
from bot.domain.findings.severity import Severity
from bot.domain.incidents.escalation_policy import EscalationPolicy, Ladder, Step
from bot.domain.incidents.response import ResponseState
from bot.domain.oncall.schedule import Layer, Person, Rota, Schedule
from bot.page_channels import page_channels
from bot.services.probe import Probe
from bot.slack.serving import watched_site
from sandbox.phones.book import Entry
from sandbox.phones.vendors import ACCOUNT, SENDER, Vendors
from sandbox.slack.seed import USERS
from sandbox.slack.server import Workspace
from tests.support.callbacks import routes
from tests.support.gate_story import START, finding
from tests.support.pager import PagedStory
from tests.support.slack_bench import MANIFEST
from tests.support.slack_thread import beside

ALEX, SAM = USERS[:2]
PLAN = Schedule(
    zone=ZoneInfo("UTC"),
    people=tuple(Person(name=each.real_name, zone=ZoneInfo("UTC"), phone=each.phone) for each in (ALEX, SAM)),
    rotas=tuple(
        Rota(name=name, layers=(Layer(people=(who.real_name,), starts=date(2000, 1, 3), zone=ZoneInfo("UTC")),))
        for name, who in (("primary", ALEX), ("secondary", SAM))
    ),
)
STEPS = (
    Step(timedelta(), ("primary",), ("voice", "sms", "pagerduty")),
    Step(timedelta(minutes=5), ("secondary",), ("voice",)),
)
POLICY = EscalationPolicy({**dict.fromkeys(Severity, Ladder()), Severity.P0: Ladder(STEPS)})


class Paged:
    """A P0 that is open, the phones that it rings, and the way back."""

    def __init__(self, workspace: Workspace, vendors: Vendors, session: ClientSession) -> None:
        self._workspace, self.vendors, self._session = workspace, vendors, session

    def open(self, port: int) -> None:
        account = Account(ACCOUNT, self.vendors.token, SENDER, self.vendors.twilio_url)
        pagers = (
            Voice(account, f"http://127.0.0.1:{port}"),
            Sms(account),
            PagerDuty(self.vendors.routing_key, self.vendors.pagerduty_url),
        )
        self.story = PagedStory(START, *pagers, plan=PLAN, policy=POLICY)  # type: ignore[arg-type]
        self.story.held.append(finding("Gamebook", severity="P0"))

    async def pass_by(self, minutes: float) -> None:
        await asyncio.to_thread(self.story.fast_forward, minutes)

    def entries(self) -> list[Entry]:
        return self.vendors.book.latest()[::-1]

    async def act(self, entry: Entry, **body: str) -> int:
        url = f"{self._workspace.url}/sim/api/phones/{entry.id}"
        async with self._session.post(url, json=body) as answer:
            return answer.status


def play(scenario: Callable[[Paged], Awaitable[None]]) -> None:
    async def whole() -> None:
        paged: list[Paged] = []
        workspace = Workspace(MANIFEST, now=lambda: paged[0].story.now if paged else START)
        vendors = Vendors(workspace)
        await workspace.start()
        port = free_port(0)
        vendors.pagerduty.webhook_url = f"http://127.0.0.1:{port}{pagerduty.PATH}"
        try:
            async with ClientSession() as session:
                made = Paged(workspace, vendors, session)
                made.open(port)
                paged.append(made)
                given = (f"http://127.0.0.1:{port}", ACCOUNT, vendors.token, vendors.webhook_secret)
                async with watched_site(port, "127.0.0.1", Probe(), routes(made.story, *given)):
                    await made.pass_by(1)
                    await scenario(made)
        finally:
            await workspace.stop()

    asyncio.run(whole())


def test_a_p0_rings_texts_and_alerts_and_a_digit_takes_it() -> None:
    async def scenario(paged: Paged) -> None:
        call, text, alert = sorted(paged.entries(), key=lambda each: ("call", "text", "alert").index(each.kind))
        assert {each.person for each in paged.entries()} == {ALEX.id}
        assert [each.state for each in (call, text, alert)] == ["ringing", "delivered", "triggered"]
        assert call.text.endswith("Press 1 to acknowledge.")
        assert ".." not in call.text
        assert call.shown()["incident"] == "INC-1"
        await paged.pass_by(5)
        (second,) = [each for each in paged.entries() if each.person == SAM.id]
        assert await paged.act(second, do="answer") == 200
        assert await paged.act(second, do="press", digit="1") == 200
        heard = paged.vendors.book.get(second.id)
        assert heard is not None
        assert (heard.state, heard.heard) == ("completed", ("Pressed 1.", "INC-1 is acknowledged. Goodbye."))
        response = paged.story.state.response(paged.story.incident.id)
        assert response is not None
        assert (response.state, response.owner) == (ResponseState.ACKNOWLEDGED, SAM.real_name)
        rung = len(paged.entries())
        await paged.pass_by(10)
        assert len(paged.entries()) == rung, "nobody is paged any more"
        (alert,) = [each for each in paged.entries() if each.kind == "alert"]
        assert alert.state == "acknowledged"
        now = paged.story.now
        await asyncio.to_thread(
            paged.story.responses.resolve, paged.story.incident, Actor(SAM.id, SAM.real_name), now, "seen to"
        )
        await asyncio.to_thread(paged.story.paging.deliver)
        (alert,) = [each for each in paged.entries() if each.kind == "alert"]
        assert alert.state == "resolved"

    play(scenario)


def test_what_is_acknowledged_in_the_pager_has_its_owner() -> None:
    async def scenario(paged: Paged) -> None:
        (alert,) = [each for each in paged.entries() if each.kind == "alert"]
        assert await paged.act(alert, do="acknowledge") == 200
        response = paged.story.state.response(paged.story.incident.id)
        assert response is not None
        assert (response.state, response.owner) == (ResponseState.ACKNOWLEDGED, ALEX.real_name)
        found = paged.vendors.book.get(alert.id)
        assert found is not None
        assert (found.state, found.by, found.heard) == ("acknowledged", ALEX.real_name, ())
        assert await paged.act(alert, do="acknowledge") == 409

    play(scenario)


def test_the_demo_calls_nobody_for_real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever pagers the configuration has that it was started with."""
    monkeypatch.setenv(TWILIO_TOKEN, "")
    monkeypatch.setenv(ROUTING_KEY, "")
    real = ("twilio: {account: AC9, token: '${T}', from: '+15550100'}", "mail: {host: smtp.example.com, from: a@b.com}")
    (tmp_path / "channels.yaml").write_text("\n".join(real))
    with beside() as slack, socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        before = Settings(config=tmp_path, slack_bot_token=SecretStr("xoxb-1"))
        settings = slack.ask(lambda made: paging(before, Vendors(made), port - 1_000))
        url = slack.workspace.url
    file = load_channels(tmp_path / "channels.yaml")
    assert file.twilio is not None
    assert file.pagerduty is not None
    assert (file.twilio.url, file.pagerduty.url) == (f"{url}/twilio", f"{url}/pagerduty")
    found = page_channels(settings, os.environ)
    assert [each.name for each in found.ready] == ["slack", "channel", "report", "voice", "sms", "pagerduty"]
    assert settings.port not in (0, port)
    assert settings.public_url == f"http://127.0.0.1:{settings.port}"
