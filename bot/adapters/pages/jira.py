"""Tickets in Jira Cloud, which wake nobody: https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/."""

from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from bot.adapters.pages.http import Answer, ask, no_answer_of, not_for, refusal
from bot.adapters.pages.texts import plain, plain_line
from bot.attempt import TIMEOUT_S
from bot.domain.delivery import Act, Kind, Outcome, Page
from bot.domain.oncall.schedule import Person

LONGEST_SUMMARY, LONGEST_TEXT = 255, 20_000
LOOKING = 0.4
"""The share of the time that the look before may take."""


@dataclass(frozen=True)
class Project:
    """`url` is the site's, such as https://NAME.atlassian.net; `user` the mail address that the token belongs to."""

    url: str
    user: str
    token: str = field(repr=False)
    key: str
    issue_type: str
    timeout_s: float = TIMEOUT_S


class Jira:
    """One ticket for one episode of an incident: its label names it, and is looked for before a ticket is made."""

    name = provider = "jira"
    wakes = False

    def __init__(self, project: Project) -> None:
        self._project = project

    def target(self, person: Person) -> str | None:  # noqa: ARG002 (the port's)
        return ""

    def send(self, page: Page) -> Outcome:
        if page.act is not Act.TRIGGER:
            return not_for("Jira", page)
        there = self._there(page)
        if there is not None:
            return there
        answer = self._ask("POST", "issue", 1 - LOOKING, json={"fields": self._fields(page)})
        if isinstance(answer, Outcome):
            return answer
        made = answer.data()
        no = refusal(answer)
        if no is not None:
            # The texts repeat what was sent; the names of the fields do not.
            fields = made.get("errors")
            named = f" ({', '.join(sorted(map(str, fields)))})" if isinstance(fields, dict) and fields else ""
            return replace(no, reason=no.reason + named)
        key = _key(made)
        return Outcome(Kind.YES, "created", ref=key) if key else no_answer_of("Jira")

    def find(self, page: Page) -> Outcome | None:
        """A new ticket may not be in the search for a while: that none is found tells nothing."""
        there = self._there(page)
        return there if there is not None and there.kind is Kind.YES else None

    def _there(self, page: Page) -> Outcome | None:
        """The episode's ticket; None: the search shows none; NO: it could not be asked, and so none is made."""
        jql = f'project = "{self._project.key}" AND labels = "{_label(page)}" ORDER BY created'
        answer = self._ask("GET", "search/jql", LOOKING, params={"jql": jql, "fields": "key", "maxResults": "1"})
        if isinstance(answer, Outcome):
            return replace(answer, kind=Kind.NO)
        no = refusal(answer)
        if no is not None:
            return replace(no, kind=Kind.NO)
        found = answer.data().get("issues")
        if found == []:
            return None
        key = _key(found[0]) if isinstance(found, list) else ""
        return Outcome(Kind.YES, "there already", ref=key) if key else replace(no_answer_of("Jira"), kind=Kind.NO)

    def _ask(self, method: str, resource: str, share: float, **asked: Any) -> Answer | Outcome:
        project = self._project
        return ask(
            project.timeout_s * share,
            method,
            f"{project.url}/rest/api/3/{resource}",
            auth=(project.user, project.token),
            **asked,
        )

    def _fields(self, page: Page) -> dict[str, Any]:
        return {
            "project": {"key": self._project.key},
            "issuetype": {"name": self._project.issue_type},
            "summary": plain_line(page.title, LONGEST_SUMMARY),
            "description": _document(plain(page.text, LONGEST_TEXT)),
            "labels": ["fireline", _label(page)],
        }


def _label(page: Page) -> str:
    return "fireline-" + sha256(page.dedup_key.encode()).hexdigest()[:16]


def _document(text: str) -> dict[str, Any]:
    """A paragraph a line, without markup: https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/"""
    lines = [{"type": "text", "text": line} for line in text.splitlines() if line]
    return {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [line]} for line in lines]}


def _key(ticket: object) -> str:
    """Of a ticket, as Jira shows it; "" where it is none."""
    key = ticket.get("key") if isinstance(ticket, dict) else None
    return key if isinstance(key, str) else ""
