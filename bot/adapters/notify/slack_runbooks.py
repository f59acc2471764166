"""The steps of runbooks as messages in Slack. A message's metadata names its run: so it can be found again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bot.adapters.notify.slack_calls import REFUSED_S, Pace
from bot.domain.incidents.incident import MessageRef
from bot.domain.runbooks.run import Run
from bot.domain.runbooks.shown import Shown
from bot.ports.notifier import NotifierRefused
from bot.slack.own_messages import is_from
from bot.slack.quiet import quiet_client
from bot.views import runbook

EVENT = "fireline_runbook"
TIMEOUT_S = 5
PAGE, MOST_PAGES = 200, 20
BEFORE = timedelta(minutes=5)
"""Clocks may differ by so much."""


class SlackRunbooks:
    """Implements `bot.ports.runbook_runs.RunbookBoard`. `channel` is where incidents are posted: there it is shown what
    was started in a channel in which the app is not.
    """

    def __init__(self, token: str, api_url: str, channel: str) -> None:
        self._client, self._pace = quiet_client(token, api_url, TIMEOUT_S), Pace()
        self._channel = channel
        self._own: dict[str, str] | None = None

    def post(self, shown: Shown) -> MessageRef:
        run = shown.run
        try:
            return self._post(shown, run.channel, run.thread or None)
        except NotifierRefused:
            if run.thread:
                raise
            return self._post(shown, self._channel, None)

    def _post(self, shown: Shown, channel: str, thread: str | None) -> MessageRef:
        more = {"thread_ts": thread, "unfurl_links": False, "unfurl_media": False, **_content(shown)}
        answer = self._pace.call(self._client.chat_postMessage, channel=channel, **more)
        return MessageRef(str(answer["channel"] or channel), str(answer["ts"] or ""))

    def edit(self, message: MessageRef, shown: Shown) -> None:
        if not message.ts:
            raise NotifierRefused("Slack took a message and did not name its ts.", REFUSED_S)
        self._pace.call(self._client.chat_update, channel=message.channel, ts=message.ts, **_content(shown))

    def find(self, shown: Shown) -> MessageRef | None:
        """Where nobody may look, nothing is found: a run shown twice is better than one never shown."""
        run = shown.run
        try:
            for message in self._messages(run):
                payload = (message.get("metadata") or {}).get("event_payload") or {}
                if payload.get("run") == run.id and self._is_ours(message):
                    return MessageRef(run.channel, str(message["ts"]))
        except NotifierRefused:
            return None
        return None

    def _messages(self, run: Run) -> Iterator[dict[str, Any]]:
        oldest, cursor = f"{(run.started_at - BEFORE).timestamp():.6f}", ""
        for _ in range(MOST_PAGES):
            asked: dict[str, Any] = {"channel": run.channel, "limit": PAGE, "include_all_metadata": True}
            if run.thread:
                answer = self._pace.call(self._client.conversations_replies, ts=run.thread, cursor=cursor, **asked)
            else:
                answer = self._pace.call(self._client.conversations_history, oldest=oldest, cursor=cursor, **asked)
            yield from answer["messages"] or []
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def _is_ours(self, message: dict[str, Any]) -> bool:
        if self._own is None:
            answer = self._pace.call(self._client.auth_test)
            self._own = {name: str(answer.get(name) or "") for name in ("bot_id", "user_id")}
        return is_from(message, self._own)


def _content(shown: Shown) -> dict[str, Any]:
    named = {"event_type": EVENT, "event_payload": {"run": shown.run.id}}
    return {**runbook.card(shown).payload(), "metadata": named}
