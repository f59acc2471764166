"""Twilio's REST API, as far as phone calls and text messages need it: https://www.twilio.com/docs/usage/api."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from bot.adapters.pages.http import Answer, ask, no_answer_of, refusal
from bot.attempt import TIMEOUT_S
from bot.domain.delivery import Kind, Outcome, Page

API_URL = "https://api.twilio.com"
PAGE_SIZE = 50
"""Twilio's own. A person who got more since the first try cannot be told about."""
BEFORE = timedelta(seconds=5)
"""Twilio's clock may be behind by so much."""
NEVER_ARRIVED = frozenset({"failed", "undelivered", "canceled"})
"""Made, and it reached no phone: https://www.twilio.com/docs/voice/api/call-resource#call-status-values"""


@dataclass(frozen=True)
class Account:
    """`sender` is the number that people see, in E.164 form."""

    sid: str
    token: str = field(repr=False)
    sender: str
    api_url: str = API_URL
    timeout_s: float = TIMEOUT_S

    def create(self, resource: str, page: Page, **fields: str) -> Outcome:
        """A new entry of Calls or Messages, to whom the page is for. Its `ref` is Twilio's sid."""
        data = {"To": page.target, "From": self.sender, **fields}
        answer = ask(self.timeout_s, "POST", self._url(resource), auth=(self.sid, self.token), data=data)
        if isinstance(answer, Outcome):
            return answer
        made = answer.data()
        no = refusal(answer)
        if no is not None:
            # Its message names the phone number; the code stands for it: https://www.twilio.com/docs/api/errors
            code = made.get("code")
            return replace(no, reason=f"{no.reason}, Twilio error {code}") if isinstance(code, int) else no
        if not isinstance(made.get("sid"), str) or not made["sid"]:
            return no_answer_of("Twilio")
        return Outcome(Kind.YES, str(made.get("status")), ref=made["sid"])

    def made_since_first_try(self, resource: str, page: Page) -> list[Mapping[str, Any]] | Outcome | None:
        """What was made for that number since the first try, newest first; None where Twilio does not show all of it;
        an outcome where it does not answer just now.

        No filter by time: what waits in a queue has none yet.
        """
        parameters = {"To": page.target, "PageSize": str(PAGE_SIZE)}
        answer = ask(self.timeout_s, "GET", self._url(resource), auth=(self.sid, self.token), params=parameters)
        no = answer if isinstance(answer, Outcome) else refusal(answer)
        if no is not None:
            return None if no.permanent else Outcome(Kind.AMBIGUOUS, f"not looked up: {no.reason}")
        assert isinstance(answer, Answer)
        listed = answer.data().get(resource.lower())
        if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
            return None
        recent = list(_since((page.first_attempt_at or page.created_at) - BEFORE, listed))
        return None if len(recent) >= PAGE_SIZE else recent

    def _url(self, resource: str) -> str:
        return f"{self.api_url}/2010-04-01/Accounts/{self.sid}/{resource}.json"


def told(entry: Mapping[str, Any]) -> Outcome:
    """Of an entry that is the page's own."""
    status = str(entry.get("status"))
    return Outcome(Kind.NO if status in NEVER_ARRIVED else Kind.YES, status, ref=str(entry.get("sid")))


def _since(begin: datetime, listed: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """An entry without a readable date counts: absent evidence is no evidence of absence."""
    for entry in listed:
        try:
            made = parsedate_to_datetime(str(entry.get("date_created")))
        except ValueError:
            yield entry
            continue
        if made.replace(tzinfo=made.tzinfo or UTC) >= begin:
            yield entry
