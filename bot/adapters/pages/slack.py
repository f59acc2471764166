"""A direct message in Slack. Its metadata names its page: https://docs.slack.dev/messaging/message-metadata."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.adapters.pages.http import ask, trusted
from bot.attempt import TIMEOUT_S, Attempt, within
from bot.domain.delivery import Kind, Outcome, Page
from bot.domain.oncall.schedule import Person
from bot.slack import outcomes
from bot.slack.listed import ALL, ID, PUBLIC, listed
from bot.slack.own_messages import is_from
from bot.slack.quiet import quiet_client
from bot.views.text import cut, escape

EVENT = "fireline_page"
LONGEST = 3_900
"""Characters: https://docs.slack.dev/reference/methods/chat.postMessage advises 4,000 at most."""
BEFORE = timedelta(seconds=5)
PAGE, MOST_PAGES = 200, 5
"""Messages at once, and how often at most: what was written directly since the first try."""
SDK_TIMEOUT_S = 5
"""Of what goes on when nobody waits for it any more."""


class SlackDirect:
    """Sent in the conversation of the app with the person. The text is data: no mention, link or format is in it."""

    name, provider, wakes = "slack", "slack", True

    def __init__(self, token: str, api_url: str, timeout_s: float = TIMEOUT_S) -> None:
        self._client = quiet_client(token, api_url, SDK_TIMEOUT_S)
        self._timeout_s = timeout_s
        self._known, self._conversations = dict[str, Any](), dict[str, str]()

    def target(self, person: Person) -> str | None:
        return person.slack or None

    def send(self, page: Page) -> Outcome:
        return self._posted(page, page.target, cut(escape(page.text), LONGEST), formatted=False)

    def _posted(self, page: Page, channel: str, text: str, *, formatted: bool, **more: Any) -> Outcome:
        """By no client of the SDK, which connects and writes in one call: a process that stood still between would
        post what another has posted meanwhile.
        """
        message = {
            "channel": channel,
            "text": text,
            "mrkdwn": formatted,
            "metadata": {"event_type": EVENT, "event_payload": {"id": page.id}},
            "unfurl_links": False,
            "unfurl_media": False,
            **{name: value for name, value in more.items() if value is not None},
        }
        client = self._client
        headers = {"Authorization": f"Bearer {client.token}", "Content-Type": "application/json; charset=utf-8"}
        url = f"{client.base_url}chat.postMessage"
        answer = ask(self._timeout_s, "POST", url, json=message, headers=headers, verify=trusted())
        if isinstance(answer, Outcome):
            return answer
        said = answer.data()
        shown = _outcome(outcomes.of_answer(answer.status, said, answer.headers))
        ref = f"{said.get('channel') or ''}:{said.get('ts') or ''}"
        return replace(shown, ref=ref) if shown.kind is Kind.YES else shown

    def find(self, page: Page) -> Outcome | None:
        def work(attempt: Attempt) -> Outcome | None:
            attempt.begin(None)
            try:
                return self._found(page)
            except outcomes.FAILURES as error:
                shown = outcomes.of_failure(error)
                return None if shown.permanent else Outcome(Kind.AMBIGUOUS, f"not looked up: {shown.code}")

        return within(self._timeout_s, work)

    def _found(self, page: Page) -> Outcome | None:
        """A message of ours without metadata may be this page's: some Slacks show none."""
        channel, identity, unnamed = self._conversation(page), self._identity(), False
        if channel is None:
            return None
        for message in self._messages(channel, (page.first_attempt_at or page.created_at) - BEFORE):
            if message is None:
                return None
            if not is_from(message, identity):
                continue
            shown = message.get("metadata") or {}
            if shown.get("event_type") == EVENT and shown.get("event_payload", {}).get("id") == page.id:
                return Outcome(Kind.YES, "ok", ref=f"{channel}:{message['ts']}")
            unnamed = unnamed or not shown
        return None if unnamed else Outcome(Kind.NO, "no such message since the first try")

    def _identity(self) -> dict[str, Any]:
        """Who we are; it stays so."""
        if not self._known:
            known = self._client.auth_test().data
            self._known = known if isinstance(known, dict) else {}
        return self._known

    def _conversation(self, page: Page) -> str | None:
        """The id of where it is posted; it stays so. None: Slack does not list it."""
        if page.target not in self._conversations:
            opened = self._client.conversations_open(users=page.target)
            self._conversations[page.target] = str(opened["channel"]["id"])
        return self._conversations[page.target]

    def _messages(self, channel: str, since: datetime) -> Iterator[dict[str, Any] | None]:
        """Newest first; None: there are more than are read."""
        cursor = ""
        for _ in range(MOST_PAGES):
            answer = self._client.conversations_history(
                channel=channel,
                oldest=f"{since.timestamp():.6f}",
                limit=PAGE,
                cursor=cursor,
                include_all_metadata=True,
            )
            yield from answer["messages"]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
        yield None


def _outcome(shown: outcomes.Outcome) -> Outcome:
    return Outcome(shown.kind, shown.code, retry_after=shown.retry_after, permanent=shown.permanent)


class SlackMention(SlackDirect):
    """Named in the team's channel: nobody is woken, and everybody there sees it. `channel` is an id."""

    name, wakes = "mention", False

    def __init__(self, token: str, api_url: str, channel: str, timeout_s: float = TIMEOUT_S) -> None:
        super().__init__(token, api_url, timeout_s)
        self._channel = channel

    def send(self, page: Page) -> Outcome:
        text = cut(f"<@{page.target}> {escape(page.text)}", LONGEST)
        return self._posted(page, self._channel, text, formatted=True)

    def _conversation(self, page: Page) -> str | None:  # noqa: ARG002
        return self._channel


class SlackChannel(SlackDirect):
    """Said in a channel, the target of the page: `#name`, of which Slack's list tells the id, or an id."""

    name, wakes = "channel", False

    def target(self, person: Person) -> str | None:  # noqa: ARG002
        """It reaches no single person."""
        return None

    def _conversation(self, page: Page) -> str | None:
        name = page.target.removeprefix("#")
        if ID.match(name):
            return page.target
        if name not in self._conversations:
            try:
                found = listed(self._client.conversations_list, name, ALL)
            except SlackApiError as error:
                if not outcomes.of_failure(error).permanent:
                    raise
                found = listed(self._client.conversations_list, name, PUBLIC)  # it may not ask for private ones
            if found is None:
                return None
            self._conversations[name] = found
        return self._conversations[name]
