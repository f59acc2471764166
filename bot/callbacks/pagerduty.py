"""PagerDuty says that somebody has acknowledged: a webhook of version 3.

https://developer.pagerduty.com/docs/webhooks/v3-overview/
"""

import hmac
import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from aiohttp import web

from bot.callbacks.answers import only_header, read, refused, worked
from bot.domain.errors import BadInput
from bot.ports.inbox import AlreadyHandled
from bot.services.acknowledging import Acknowledging

PATH = "/pagerduty/webhook"
HEADER = "X-PagerDuty-Signature"
"""https://developer.pagerduty.com/docs/webhooks/webhook-signatures/"""
LONGEST_HEADER, MOST_SIGNATURES = 1_000, 10
LARGEST_BODY = 256 * 1024
MOST_AGE_S, MOST_SKEW_S = 3_600, 300
"""PagerDuty sends again what was not taken; later than that nobody goes by it."""
WANTED = "incident.acknowledged"
PERSON = "user_reference"
"""Anything else that acknowledges is a machine: our own word, come back."""
_SIGNATURE = re.compile(r"v1=[0-9a-f]{64}")
log = logging.getLogger("fireline.callbacks")


@dataclass(frozen=True)
class _Event:
    id: str
    kind: str
    at: datetime
    agent_kind: str
    agent: str
    key: str


class PagerDutyWebhook:
    def __init__(self, secret: str, acknowledging: Acknowledging, now: Callable[[], float]) -> None:
        self._secret, self._acknowledging, self._now = secret.encode(), acknowledging, now

    async def answer(self, request: web.Request) -> web.Response:
        signatures = _signatures(only_header(request, HEADER))
        if not signatures:
            return refused("PagerDuty", "no signature")
        body = await read(request, LARGEST_BODY)
        expected = hmac.new(self._secret, body, sha256).hexdigest()
        if not any(hmac.compare_digest(expected, each) for each in signatures):
            return refused("PagerDuty", "a wrong signature: check FIRELINE_PAGERDUTY_WEBHOOK_SECRET")
        event = _event(body)
        if event is None:
            return web.json_response({"error": "not a webhook of version 3"}, status=400)
        if not -MOST_SKEW_S <= self._now() - event.at.timestamp() <= MOST_AGE_S:
            return refused("PagerDuty", "more than an hour old, or from the future")
        return web.json_response({"said": await self._handled(event)})

    async def _handled(self, event: _Event) -> str:
        if event.kind != WANTED or event.agent_kind != PERSON:
            log.info("PagerDuty sent %s by %s: nothing to do", event.kind[:60], event.agent_kind[:60] or "nobody")
            return "nothing to do"
        work, delivery = self._acknowledging.by_pager, f"pagerduty:{event.id}"
        try:
            found = await worked(work, event.key, event.agent, event.at, delivery=delivery)
        except AlreadyHandled:
            return "already handled"
        except BadInput as error:
            log.info("an acknowledgement of PagerDuty has no effect: %s", error)
            return str(error)
        return f"{found.label} is acknowledged"


def _signatures(header: str) -> list[str]:
    """Several while a secret is changed."""
    if len(header) > LONGEST_HEADER:
        return []
    parts = [part.strip() for part in header.split(",")][:MOST_SIGNATURES]
    return [part.removeprefix("v1=") for part in parts if _SIGNATURE.fullmatch(part)]


def _event(body: bytes) -> _Event | None:
    """None: it has not the shape."""
    try:
        event = json.loads(body)["event"]
        agent, data = event.get("agent") or {}, event.get("data") or {}
        found = _Event(
            _text(event["id"]),
            _text(event["event_type"]),
            datetime.fromisoformat(_text(event["occurred_at"])),
            _text(agent.get("type", "")),
            _text(agent.get("summary", "")),
            _text(data.get("incident_key") or ""),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return found if found.at.tzinfo is not None and 2000 < found.at.year < 3000 else None


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise TypeError
    value.encode()  # half a surrogate pair is a ValueError: no database takes it
    return value
