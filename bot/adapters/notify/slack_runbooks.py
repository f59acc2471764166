"""The steps of runbooks as messages in Slack. A message's metadata names its run: so it can be found again."""

from datetime import timedelta
from typing import Any

from bot.adapters.notify.slack_calls import REFUSED_S, Pace
from bot.adapters.notify.slack_history import SlackHistory
from bot.domain.incidents.incident import MessageRef
from bot.domain.runbooks.shown import Shown
from bot.ports.notifier import NotifierRefused
from bot.slack.quiet import quiet_client
from bot.views import runbook

EVENT = "fireline_runbook"
TIMEOUT_S = 5
MOST_PAGES = 20
BEFORE = timedelta(minutes=5)
"""Clocks may differ by so much."""


class SlackRunbooks:
    """Implements `bot.ports.runbook_runs.RunbookBoard`. `channel` is where incidents are posted: there it is shown what
    was started in a channel in which the app is not.
    """

    def __init__(self, token: str, api_url: str, channel: str) -> None:
        self._client, self._pace = quiet_client(token, api_url, TIMEOUT_S), Pace()
        self._history, self._channel = SlackHistory(self._client, self._pace), channel

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
            for message in self._history.messages(run.channel, run.thread or None, run.started_at - BEFORE, MOST_PAGES):
                payload = (message.get("metadata") or {}).get("event_payload") or {}
                if payload.get("run") == run.id and self._history.is_ours(message):
                    return MessageRef(run.channel, str(message["ts"]))
        except NotifierRefused:
            return None
        return None


def _content(shown: Shown) -> dict[str, Any]:
    named = {"event_type": EVENT, "event_payload": {"run": shown.run.id}}
    return {**runbook.card(shown).payload(), "metadata": named}
