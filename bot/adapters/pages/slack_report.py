"""A report in a channel: its blocks, what goes into its thread, and the whole one in its place when it is known."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.adapters.pages.slack import LONGEST, MOST_PAGES, PAGE, SlackChannel
from bot.attempt import TIMEOUT_S, Attempt, within
from bot.domain.delivery import Kind, Outcome, Page
from bot.domain.reports.said import COMPLETED
from bot.slack import outcomes
from bot.views.text import cut


class SlackReport(SlackChannel):
    """`cards`: the blocks (JSON) of a report by its key; None: it has none. The target is a channel, or CHANNEL:TS of
    the report that a page belongs to.
    """

    name = "report"

    def __init__(self, token: str, api_url: str, cards: Callable[[str], str | None], timeout_s: float = TIMEOUT_S):
        super().__init__(token, api_url, timeout_s)
        self._cards = cards

    def send(self, page: Page) -> Outcome:
        """The text is a view's, and escaped by it."""
        channel, _, ts = page.target.partition(":")
        if page.dedup_key.endswith(COMPLETED):
            return self._edited(page, channel, ts)
        more: dict[str, Any] = {"thread_ts": ts} if ts else {"blocks": self._blocks(page)}
        return self._posted(page, channel, cut(page.text, LONGEST), formatted=False, **more)

    def _edited(self, page: Page, channel: str, ts: str) -> Outcome:
        """The same edit may be made again: https://docs.slack.dev/reference/methods/chat.update"""

        def work(attempt: Attempt) -> Outcome:
            attempt.begin(None)
            try:
                text = cut(page.text, LONGEST)
                self._client.chat_update(channel=channel, ts=ts, text=text, blocks=self._blocks(page))
            except outcomes.FAILURES as error:
                shown = outcomes.of_failure(error)
                return Outcome(shown.kind, shown.code, retry_after=shown.retry_after, permanent=shown.permanent)
            return Outcome(Kind.YES, "ok")

        return within(self._timeout_s, work)

    def find(self, page: Page) -> Outcome | None:
        if page.dedup_key.endswith(COMPLETED):
            return Outcome(Kind.NO, "an edit may be made again")
        found = super().find(page)
        if found is None or found.kind is not Kind.YES:
            return found
        channel, ts = page.target.partition(":")[0], found.ref.rpartition(":")[2]
        return replace(found, ref=f"{channel}:{ts}")

    def _blocks(self, page: Page) -> list[dict[str, Any]] | None:
        found = self._cards(page.dedup_key.removesuffix(COMPLETED))
        return None if found is None else json.loads(found)

    def _conversation(self, page: Page) -> str:
        return page.target

    def _messages(self, channel: str, since: datetime) -> Iterator[dict[str, Any] | None]:
        channel, _, ts = channel.partition(":")
        if not ts:
            yield from super()._messages(channel, since)
            return
        cursor, oldest = "", f"{since.timestamp():.6f}"
        for _ in range(MOST_PAGES):
            answer = self._client.conversations_replies(
                channel=channel, ts=ts, oldest=oldest, limit=PAGE, cursor=cursor, include_all_metadata=True
            )
            yield from answer["messages"]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
        yield None
