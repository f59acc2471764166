"""A report in a channel: its blocks, what goes into its thread, its pictures, and the whole one in its place when it is
known.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.adapters.pages.slack import BEFORE, LONGEST, MOST_PAGES, PAGE, SlackChannel
from bot.attempt import TIMEOUT_S, Attempt, within
from bot.domain.delivery import Kind, Outcome, Page
from bot.domain.reports.said import COMPLETED, PICTURE, Said
from bot.slack import outcomes
from bot.slack.own_messages import is_from
from bot.views.text import cut

if TYPE_CHECKING:
    from bot.views.charts import Chart


def _filename(page: Page, at: int = 0) -> str:
    """Of one report alone; the first is that by which all of them are found again."""
    return f"{page.dedup_key.replace(':', '-')}{f'-{at + 1}' if at else ''}.png"


class SlackReport(SlackChannel):
    """`said`: what is kept of a report by its key; None: nothing is. The target is a channel, or CHANNEL:TS of
    the report that a page belongs to.
    """

    name = "report"

    def __init__(self, token: str, api_url: str, said: Callable[[str], Said | None], timeout_s: float = TIMEOUT_S):
        super().__init__(token, api_url, timeout_s)
        self._said = said

    def send(self, page: Page) -> Outcome:
        """The text is a view's, and escaped by it."""
        channel, _, ts = page.target.partition(":")
        if page.dedup_key.endswith(COMPLETED):
            return self._edited(page, channel, ts)
        if page.dedup_key.endswith(PICTURE) and (drawn := self._drawn(page)):
            return self._uploaded(page, drawn, channel, ts)
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

    def _drawn(self, page: Page) -> list[Chart]:
        """What draws is loaded with the first picture."""
        from bot.views.report_pictures import read

        said = self._said(page.dedup_key.removesuffix(PICTURE))
        pictures = [] if said is None else read(said.picture)
        return [replace(each.drawn(), filename=_filename(page, at)) for at, each in enumerate(pictures)]

    def _uploaded(self, page: Page, drawn: list[Chart], channel: str, ts: str) -> Outcome:
        """Where Slack takes no files, its words are said."""

        def work(attempt: Attempt) -> Outcome:
            attempt.begin(None)
            try:
                uploads = [each.upload() for each in drawn]
                self._client.files_upload_v2(file_uploads=uploads, channel=channel, thread_ts=ts)
            except outcomes.FAILURES as error:
                shown = outcomes.of_failure(error)
                return Outcome(shown.kind, shown.code, retry_after=shown.retry_after, permanent=shown.permanent)
            return Outcome(Kind.YES, "ok", ref=page.target)

        tried = within(self._timeout_s, work)
        if tried.kind is Kind.NO and tried.permanent:
            return self._posted(page, channel, cut(page.text, LONGEST), formatted=False, thread_ts=ts)
        return tried

    def _found(self, page: Page) -> Outcome | None:
        """A file has no metadata: it is known by its name; the words in its place are known as any."""
        if not page.dedup_key.endswith(PICTURE):
            return super()._found(page)
        channel, identity, name = page.target, self._identity(), _filename(page)
        for message in self._messages(channel, (page.first_attempt_at or page.created_at) - BEFORE):
            if message is None:
                return None
            if not is_from(message, identity):
                continue
            files, payload = message.get("files") or (), (message.get("metadata") or {}).get("event_payload") or {}
            if payload.get("id") == page.id or any(each.get("name") == name for each in files):
                return Outcome(Kind.YES, "ok", ref=f"{channel}:{message['ts']}")
        return Outcome(Kind.NO, "no such file since the first try")

    def find(self, page: Page) -> Outcome | None:
        if page.dedup_key.endswith(COMPLETED):
            return Outcome(Kind.NO, "an edit may be made again")
        found = super().find(page)
        if found is None or found.kind is not Kind.YES:
            return found
        channel, ts = found.ref.partition(":")[0], found.ref.rpartition(":")[2]
        return replace(found, ref=f"{channel}:{ts}")

    def _blocks(self, page: Page) -> list[dict[str, Any]] | None:
        found = self._said(page.dedup_key.removesuffix(COMPLETED))
        return None if found is None else json.loads(found.card)

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
