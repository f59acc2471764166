"""PagerDuty's Events API v2, its alerts on people's phones, and its webhook of version 3 when one is acknowledged.

https://developer.pagerduty.com/docs/events-api-v2/overview/
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import aiohttp
from aiohttp import web

from sandbox.phones.book import Book, Entry
from sandbox.phones.calls import Refused
from sandbox.slack.clock import Clock

TRIGGERED, ACKNOWLEDGED, RESOLVED = "triggered", "acknowledged", "resolved"
ACTIONS = {"trigger": TRIGGERED, "acknowledge": ACKNOWLEDGED, "resolve": RESOLVED}
SEVERITIES = frozenset({"critical", "error", "warning", "info"})
LONGEST_KEY, LONGEST_SUMMARY = 255, 1_024
"""Characters: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/"""
ANSWERS_WITHIN_S = 16.0


class PagerDuty:
    """One service. Whom it wakes stands in the details of an event as `on call`; in the real one, in its own rota."""

    def __init__(self, book: Book, clock: Clock, routing_key: str, webhook_secret: str) -> None:
        self._book, self._clock = book, clock
        self._routing_key, self._secret = routing_key, webhook_secret
        self.webhook_url = ""
        """Where acknowledgements are told; "": nowhere."""

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/v2/enqueue", self._enqueue)
        return app

    async def acknowledge(self, entry: Entry) -> None:
        """As the person on whose phone it stands. Raises Refused."""
        if entry.kind != "alert" or entry.state != TRIGGERED:
            raise Refused(f"The alert is {entry.state}." if entry.kind == "alert" else "This is no alert.")
        name = self._book.name_of(entry.person)
        done = self._book.change(entry, state=ACKNOWLEDGED, by=name)
        trouble = await self._tell(done, name)
        if trouble:
            self._book.change(done, heard=(*done.heard, trouble))

    async def _enqueue(self, request: web.Request) -> web.Response:
        try:
            event = await request.json()
        except ValueError:
            event = None
        wrong = self._wrong(event) if isinstance(event, dict) else ["the event is no JSON object"]
        if wrong:
            said = {"status": "invalid event", "message": "Event object is invalid", "errors": wrong}
            return web.json_response(said, status=400)
        key = event.get("dedup_key") or secrets.token_hex(16)
        self._take(event, key)
        said = {"status": "success", "message": "Event processed", "dedup_key": key}
        return web.json_response(said, status=202)

    def _wrong(self, event: Mapping[str, Any]) -> list[str]:
        found = []
        if not hmac.compare_digest(str(event.get("routing_key")).encode(errors="replace"), self._routing_key.encode()):
            found.append("'routing_key' is missing or invalid")
        if event.get("event_action") not in ACTIONS:
            found.append(f"'event_action' is one of {', '.join(ACTIONS)}")
        if event.get("event_action") != "trigger" and not event.get("dedup_key"):
            found.append("'dedup_key' is missing")
        if len(str(event.get("dedup_key") or "")) > LONGEST_KEY:
            found.append(f"'dedup_key' has more than {LONGEST_KEY} characters")
        if event.get("event_action") == "trigger":
            found += _wrong_alert(event.get("payload"))
        return found

    def _take(self, event: Mapping[str, Any], key: str) -> None:
        """An event with the key of an open alert joins it; one that is resolved is not opened again."""
        state = ACTIONS[event["event_action"]]
        alert = next((each for each in self._book.latest() if each.key == key and each.state != RESOLVED), None)
        if state == TRIGGERED:
            if alert is None:
                self._book.put(self._alert(event["payload"], key))
        elif alert is not None and alert.state != state:
            self._book.change(alert, state=state)

    def _alert(self, payload: Mapping[str, Any], key: str) -> Entry:
        details = payload.get("custom_details")
        details = details if isinstance(details, dict) else {}
        person = self._book.person_named(str(details.get("on call", ""))) or self._book.people[0].id
        return Entry(
            id=f"Q{secrets.token_hex(7).upper()}",
            kind="alert",
            person=person,
            sender=str(payload["source"]),
            at=self._clock.shown_seconds(),
            made=self._clock.seconds(),
            state=TRIGGERED,
            text=str(details.get("text") or payload["summary"]),
            key=key,
        )

    async def _tell(self, alert: Entry, name: str) -> str:
        """What has kept the customer from hearing of it; "": nothing."""
        if not self.webhook_url:
            return ""
        at = datetime.fromtimestamp(self._clock.seconds(), UTC)
        event = {
            "id": secrets.token_hex(13).upper(),
            "event_type": "incident.acknowledged",
            "resource_type": "incident",
            "occurred_at": at.isoformat(),
            "agent": {"id": alert.person, "type": "user_reference", "summary": name},
            "data": {"id": alert.id, "type": "incident", "status": ACKNOWLEDGED, "incident_key": alert.key},
        }
        body = json.dumps({"event": event}).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "PagerDuty-Webhook/V3.0",
            "X-PagerDuty-Signature": signature(self._secret, body),
        }
        limit = aiohttp.ClientTimeout(total=ANSWERS_WITHIN_S)
        try:
            async with (
                aiohttp.ClientSession(timeout=limit) as session,
                session.post(self.webhook_url, data=body, headers=headers) as answer,
            ):
                return "" if answer.ok else f"Not heard of: the webhook answered {answer.status}."
        except (aiohttp.ClientError, TimeoutError) as error:
            return f"Not heard of: the webhook could not be reached ({type(error).__name__})."


def signature(secret: str, body: bytes) -> str:
    """https://developer.pagerduty.com/docs/webhooks/webhook-signatures/"""
    return "v1=" + hmac.new(secret.encode(), body, sha256).hexdigest()


def _wrong_alert(payload: object) -> list[str]:
    if not isinstance(payload, dict):
        return ["'payload' is missing"]
    found = [f"'payload.{name}' is missing or blank" for name in ("summary", "source") if not payload.get(name)]
    if len(str(payload.get("summary"))) > LONGEST_SUMMARY:
        found.append(f"'payload.summary' has more than {LONGEST_SUMMARY} characters")
    if payload.get("severity") not in SEVERITIES:
        found.append(f"'payload.severity' is one of {', '.join(sorted(SEVERITIES))}")
    return found
