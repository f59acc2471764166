"""A signed request to an address of the team's own: docs/how-to/page-people.md says how it is checked."""

import hmac
import json
from collections.abc import Callable
from hashlib import sha256

from bot.adapters.pages.http import ask, refusal
from bot.attempt import TIMEOUT_S
from bot.domain.delivery import Kind, Outcome, Page
from bot.domain.oncall.schedule import Person

TIMESTAMP, SIGNATURE, KEY = "X-Fireline-Timestamp", "X-Fireline-Signature", "Idempotency-Key"


class Webhook:
    """`epoch_seconds` dates the signature. Any status from 200 to 299 is its yes."""

    name = provider = "webhook"
    wakes = True

    def __init__(self, url: str, secret: str, epoch_seconds: Callable[[], float], timeout_s: float = TIMEOUT_S) -> None:
        self._url, self._secret, self._clock, self._timeout_s = url, secret, epoch_seconds, timeout_s

    def target(self, person: Person) -> str | None:  # noqa: ARG002 (the port's)
        return ""

    def send(self, page: Page) -> Outcome:
        body, timestamp = _body(page), str(int(self._clock()))
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP: timestamp,
            SIGNATURE: signature(self._secret, timestamp, body),
            KEY: page.id,
        }
        answer = ask(self._timeout_s, "POST", self._url, data=body, headers=headers)
        if isinstance(answer, Outcome):
            return answer
        return refusal(answer) or Outcome(Kind.YES, f"HTTP status {answer.status}")

    def find(self, page: Page) -> Outcome | None:  # noqa: ARG002 (the port's)
        """A receiver that keeps Idempotency-Key drops a repeat; whether this one does cannot be seen."""
        return None


def signature(secret: str, timestamp: str, body: bytes) -> str:
    signed = b"v1:" + timestamp.encode() + b":" + body
    return "v1=" + hmac.new(secret.encode(), signed, sha256).hexdigest()


def _body(page: Page) -> bytes:
    said = {
        "id": page.id,
        "dedup_key": page.dedup_key,
        "incident": page.label,
        "severity": page.severity.value,
        "act": page.act.value,
        "person": page.person,
        "title": page.title,
        "text": page.text,
        "created_at": page.created_at.isoformat(),
    }
    return json.dumps(said).encode()
