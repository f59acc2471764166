"""PagerDuty, through the Events API v2: https://developer.pagerduty.com/docs/events-api-v2/overview/."""

from hashlib import sha256
from typing import Any

from bot.adapters.pages.http import Answer, ask, no_answer_of, not_for, refusal
from bot.adapters.pages.texts import plain, plain_line
from bot.attempt import TIMEOUT_S
from bot.domain.delivery import Act, Kind, Outcome, Page
from bot.domain.findings.severity import Severity
from bot.domain.oncall.schedule import Person
from bot.domain.redaction import REDACTED, redacted

API_URL = "https://events.pagerduty.com"
SEVERITIES = {Severity.P0: "critical", Severity.P1: "error", Severity.P2: "warning", Severity.P3: "info"}
LONGEST_KEY, LONGEST_SUMMARY = 255, 1_024
"""Characters: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/"""
LONGEST_DETAIL, LONGEST_REASON = 20_000, 300
"""An event has at most 512 KB."""


class PagerDuty:
    """It knows by itself whom to wake: `person` only stands in the details."""

    name = provider = "pagerduty"
    wakes = True

    def __init__(self, routing_key: str, api_url: str = API_URL, timeout_s: float = TIMEOUT_S) -> None:
        self._key, self._url, self._timeout_s = routing_key, f"{api_url}/v2/enqueue", timeout_s

    def target(self, person: Person) -> str | None:  # noqa: ARG002 (the port's)
        return ""

    def send(self, page: Page) -> Outcome:
        if page.act is Act.ASK:
            return not_for("PagerDuty", page)
        action = Act.TRIGGER if page.act is Act.TEST else page.act
        event = {"routing_key": self._key, "event_action": action.value, "dedup_key": _key(page)}
        answer = ask(self._timeout_s, "POST", self._url, json=event | _alert(page))
        if isinstance(answer, Outcome):
            return answer
        no = refusal(answer)
        if no is not None:
            reason = f"{no.reason} {self._said(answer)}".rstrip()
            return Outcome(no.kind, reason, retry_after=no.retry_after, permanent=no.permanent)
        if answer.status != 202 or answer.data().get("status") != "success":
            return no_answer_of("PagerDuty")
        return Outcome(Kind.YES, "accepted", ref=_key(page))

    def find(self, page: Page) -> Outcome | None:  # noqa: ARG002 (the port's)
        """Nothing shows it, and nothing needs to: while an alert is open, a second event with its key joins it."""
        return Outcome(Kind.NO, "a repeat joins the alert of the same key")

    def _said(self, answer: Answer) -> str:
        data = answer.data()
        errors = data.get("errors")
        said = [data.get("message"), *(errors if isinstance(errors, list) else ())]
        text = "; ".join(each for each in said if isinstance(each, str)).replace(self._key, REDACTED)
        return f"({redacted(plain_line(text, LONGEST_REASON))})" if text else ""


def _key(page: Page) -> str:
    if len(page.dedup_key) <= LONGEST_KEY:
        return page.dedup_key
    return sha256(page.dedup_key.encode()).hexdigest()


def _alert(page: Page) -> dict[str, Any]:
    if page.act not in (Act.TRIGGER, Act.TEST):
        return {}
    payload = {
        "summary": plain_line(page.title, LONGEST_SUMMARY),
        "source": "fireline",
        "severity": SEVERITIES[page.severity],
        "timestamp": page.created_at.isoformat(),
        "custom_details": {
            "incident": page.label,
            "on call": page.person,
            "text": plain(page.text, LONGEST_DETAIL),
        },
    }
    return {"client": "Fireline", "payload": payload}
