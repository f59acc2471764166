"""The ways to acknowledge that need no Slack, before a story of one incident: real requests, signed as vendors sign."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession, web

from bot.adapters.pages.phone import DIGITS
from bot.callbacks import link, pagerduty
from bot.callbacks.link import LinkPage
from bot.callbacks.pagerduty import PagerDutyWebhook
from bot.callbacks.twilio import TwilioDigits
from bot.services.acknowledge_links import AcknowledgeLinks
from bot.services.acknowledging import Acknowledging
from bot.services.probe import Probe
from bot.slack.serving import watched_site
from sandbox.phones.calls import signature as signed_by_twilio
from sandbox.phones.pagerduty import signature as signed_by_pagerduty
from tests.support.pager import PagedStory

PUBLIC = "https://fireline.example.com"
SECRET = "s" * 32
LINKS = AcknowledgeLinks(PUBLIC, SECRET)
Answer = tuple[int, str]
FORM = "application/x-www-form-urlencoded"


def routes(
    story: PagedStory, public: str = PUBLIC, account: str = "AC1", token: str = "hush", secret: str = "hush"
) -> tuple[web.RouteDef, ...]:
    """All of them, wired as the product wires them; `token` is Twilio's, `secret` PagerDuty's."""

    def now() -> datetime:
        return story.now

    def seconds() -> float:
        return story.now.timestamp()

    taking = Acknowledging(story.state, lambda: story.responses, now, now)
    page = LinkPage(LINKS, taking, now)
    return (
        web.get(link.PATH, page.show),
        web.post(link.PATH, page.take),
        web.post(pagerduty.PATH, PagerDutyWebhook(secret, taking, seconds).answer),
        web.post(DIGITS, TwilioDigits(public, account, token, taking).answer),
    )


@dataclass
class Asked:
    """A request that was not sent yet."""

    method: str
    path: str
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)


def sent(story: PagedStory, *requests: Asked, between: Callable[[], None] = lambda: None) -> list[Answer]:
    """What each is answered, one after the other, by one process."""

    async def whole() -> list[Answer]:
        found = []
        async with watched_site(0, "127.0.0.1", Probe(), routes(story)) as port, ClientSession() as session:
            for each in requests:
                found.append(await _one(session, f"http://127.0.0.1:{port}{each.path}", each))
                between()
        return found

    return asyncio.run(whole())


async def _one(session: ClientSession, url: str, asked: Asked) -> Answer:
    async with session.request(
        asked.method, url, data=asked.body, headers=asked.headers, allow_redirects=False
    ) as answer:
        return answer.status, await answer.text()


def digits(page: str, pressed: str = "1", token: str = "hush", **fields: str) -> Asked:
    path = f"{DIGITS}?{urlencode({'page': page})}"
    given = {"AccountSid": "AC1", "CallSid": "CA1", "Digits": pressed, **fields}
    headers = [("X-Twilio-Signature", signed_by_twilio(token, f"{PUBLIC}{path}", given)), ("Content-Type", FORM)]
    return Asked("POST", path, urlencode(given).encode(), headers)


def webhook(story: PagedStory, key: str, *secrets: str, **changes: Any) -> Asked:
    """https://developer.pagerduty.com/docs/webhooks/v3-overview/; `changes` of the event."""
    event = {
        "id": "01CEWWTP3LHRHHKGX4ZNLJMA9R",
        "event_type": "incident.acknowledged",
        "resource_type": "incident",
        "occurred_at": story.now.isoformat(),
        "agent": {"id": "P1", "type": "user_reference", "summary": "Earline Greenholt"},
        "data": {"id": "PGR0VU2", "type": "incident", "incident_key": key, "status": "acknowledged"},
        **changes,
    }
    return signed(json.dumps({"event": event}).encode(), *(secrets or ("hush",)))


def signed(body: bytes, *secrets: str) -> Asked:
    made = ",".join(signed_by_pagerduty(secret, body) for secret in secrets)
    return Asked("POST", pagerduty.PATH, body, [("X-PagerDuty-Signature", made), ("Content-Type", "application/json")])
