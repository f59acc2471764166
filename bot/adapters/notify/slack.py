"""Incidents in a Slack channel. A message's metadata names its incident and what it says: so it can be found again.

Nothing is sent twice in here: whoever calls looks first, and tries again later.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web import WebClient

from bot.adapters.notify import slack_metadata as metadata
from bot.adapters.notify.slack_calls import REFUSED_S, Gone, call
from bot.adapters.notify.slack_channel import AlertsChannel
from bot.adapters.notify.warn_once import WarnOnce
from bot.domain.incidents.incident import MessageRef
from bot.domain.incidents.notice import Notice
from bot.ports.notifier import NotifierRefused
from bot.views import incident

TIMEOUT_S = 10
PAGE = 200
"""https://docs.slack.dev/reference/methods/conversations.history recommends no more at once."""
MOST_PAGES = 10
BEFORE = timedelta(hours=1)
"""Clocks may differ by so much."""
BLIND = "cannot look for what the channel has been told, so a restart may tell it again:"


class SlackNotifier:
    """Implements `bot.ports.notifier.Notifier`. `channel` is `#name` or an id; the app has to be in it."""

    def __init__(self, token: str, api_url: str, channel: str) -> None:
        sdk = logging.getLogger("fireline.slack.sdk")
        sdk.setLevel(logging.CRITICAL)  # every failure is raised, and logged by whoever it reaches
        self._client = WebClient(token=token, base_url=api_url, timeout=TIMEOUT_S, retry_handlers=[], logger=sdk)
        self._warn = WarnOnce()
        self._channel = AlertsChannel(self._client, channel, self._warn)

    def find(self, incident: str, since: datetime) -> MessageRef | None:
        channel = self._channel.id()
        if channel is None:
            return None
        try:
            for message in self._messages(channel, (since - BEFORE).timestamp()):
                if metadata.payload(message).get("incident") == incident:
                    return MessageRef(channel, str(message["ts"]))
        except NotifierRefused as error:
            self._warn(f"{BLIND} {error}")
        return None

    def post(self, notice: Notice) -> MessageRef:
        target = self._channel.target
        answer = self._send(target, notice, incident.card(notice).payload())
        message = MessageRef(str(answer["channel"] or target), str(answer["ts"] or ""))
        self._channel.learn(message.channel)
        return message

    def stamp(self, message: MessageRef) -> str | None:
        try:
            answer = call(
                self._client.conversations_history,
                channel=message.channel,
                oldest=message.ts,
                latest=message.ts,
                inclusive=True,
                limit=1,
                include_all_metadata=True,
            )
        except NotifierRefused as error:
            self._warn(f"{BLIND} {error}")
            return None
        own = next((each for each in answer["messages"] or () if each.get("ts") == message.ts), None)
        if own is None or metadata.is_deleted(own):
            return None
        stamp = metadata.payload(own).get("stamp")
        if stamp is None:
            self._warn(f"{BLIND} conversations.history shows no message metadata.")
        return stamp if stamp is None else str(stamp)

    def edit(self, message: MessageRef, notice: Notice) -> None:
        try:
            _addressed(message)
            call(
                self._client.chat_update,
                channel=message.channel,
                ts=message.ts,
                metadata=metadata.of(notice),
                **incident.card(notice).payload(),
            )
        except NotifierRefused as error:
            self._warn(f"cannot change a message, and tell its thread instead: {error}")
            raise
        except Gone:
            return

    def reply(self, message: MessageRef, notice: Notice) -> None:
        """A message that Slack did not name has no thread: a new one follows it."""
        try:
            if message.ts and notice.stamp in self._thread_stamps(message):
                return
            self._send(message.channel, notice, incident.thread_card(notice).payload(), thread_ts=message.ts or None)
        except Gone:
            return

    def _send(self, channel: str, notice: Notice, card: dict[str, Any], thread_ts: str | None = None) -> Any:
        return call(
            self._client.chat_postMessage,
            channel=channel,
            thread_ts=thread_ts,
            metadata=metadata.of(notice),
            unfurl_links=False,
            unfurl_media=False,
            **card,
        )

    def _messages(self, channel: str, since: float) -> Iterator[dict[str, Any]]:
        """Newest first, the newest page whole, then back to `since`."""
        cursor = ""
        for _ in range(MOST_PAGES):
            answer = call(
                self._client.conversations_history,
                channel=channel,
                limit=PAGE,
                cursor=cursor,
                include_all_metadata=True,
            )
            messages = answer["messages"] or []
            yield from messages
            cursor = (answer["response_metadata"] or {}).get("next_cursor") or ""
            if not cursor or not messages or float(messages[-1]["ts"]) < since:
                return

    def _thread_stamps(self, message: MessageRef) -> set[object]:
        try:
            answer = call(
                self._client.conversations_replies,
                channel=message.channel,
                ts=message.ts,
                limit=1_000,
                include_all_metadata=True,
            )
        except NotifierRefused as error:
            self._warn(f"{BLIND} {error}")
            return set()
        messages = answer["messages"] or []
        if any(metadata.is_deleted(each) and each.get("ts") == message.ts for each in messages):
            raise Gone("Someone deleted the message.", REFUSED_S)
        return {metadata.payload(each).get("stamp") for each in messages if each.get("ts") != message.ts}


def _addressed(message: MessageRef) -> None:
    if not message.ts:
        raise NotifierRefused("Slack took a message and did not name its ts.", REFUSED_S)
