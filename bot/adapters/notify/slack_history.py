"""What stands in a conversation of Slack, page by page, and which of it is the app's own."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from bot.adapters.notify.slack_calls import Pace
from bot.slack.own_messages import is_from

PAGE = 200
"""https://docs.slack.dev/reference/methods/conversations.history recommends no more at once."""
MOST_PAGES = 200


class SlackHistory:
    """`client` and `pace` are those of whoever posts."""

    def __init__(self, client: Any, pace: Pace) -> None:
        self._client, self._pace = client, pace
        self._own: dict[str, str] | None = None

    def pages(self, method: Any, most: int = MOST_PAGES, **asked: Any) -> Iterator[list[dict[str, Any]]]:
        """Page by page for as long as Slack names the next: one may be empty, and more may follow.

        https://docs.slack.dev/apis/web-api/pagination
        """
        cursor = ""
        for _ in range(most):
            answer = self._pace.call(method, cursor=cursor, include_all_metadata=True, **asked)
            yield answer["messages"] or []
            before, cursor = cursor, (answer["response_metadata"] or {}).get("next_cursor") or ""
            if cursor in ("", before):
                return

    def messages(self, channel: str, thread: str | None, since: datetime, most: int) -> Iterator[dict[str, Any]]:
        """Of a thread, else of a channel since then, on so many pages."""
        asked: dict[str, Any] = {"channel": channel, "limit": PAGE, "most": most}
        if thread is not None:
            return chain.from_iterable(self.pages(self._client.conversations_replies, ts=thread, **asked))
        oldest = f"{since.timestamp():.6f}"
        return chain.from_iterable(self.pages(self._client.conversations_history, oldest=oldest, **asked))

    def is_ours(self, message: dict[str, Any]) -> bool:
        """Slack is asked once who we are."""
        if self._own is None:
            answer = self._pace.call(self._client.auth_test)
            self._own = {name: str(answer.get(name) or "") for name in ("bot_id", "user_id")}
        return is_from(message, self._own)
