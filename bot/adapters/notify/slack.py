"""Incidents in a Slack channel. A message's metadata names its incident and what it says: so it can be found again.

Nothing is sent twice in here: whoever calls looks first, and tries again later.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bot.adapters.notify import slack_metadata as metadata
from bot.adapters.notify.slack_calls import REFUSED_S, CardRefused, Pace
from bot.adapters.notify.slack_channel import AlertsChannel
from bot.adapters.notify.slack_history import PAGE, SlackHistory
from bot.adapters.notify.slack_shapes import Shapes
from bot.adapters.notify.warn_once import WarnOnce
from bot.domain.findings.severity import Severity
from bot.domain.incidents.incident import MessageRef
from bot.domain.incidents.notice import Notice
from bot.ports.notifier import NotifierGone, NotifierRefused
from bot.slack.quiet import quiet_client
from bot.views import incident
from bot.views.blocks import Card

TIMEOUT_S = 5
"""Of each call: a process that is asked to stop waits for one at most."""
THREAD = 1_000
BEFORE = timedelta(hours=1)
"""Clocks may differ by so much."""
BLIND = "cannot read the channel, so a restart may post an incident twice:"


class SlackNotifier:
    """Implements `bot.ports.notifier.Notifier`. `channel` is `#name` or an id; the app has to be in it."""

    def __init__(self, token: str, api_url: str, channel: str) -> None:
        self._client = quiet_client(token, api_url, TIMEOUT_S)
        self._warn, self._pace, self._shapes = WarnOnce(), Pace(), Shapes()
        self._channel = AlertsChannel(self._client, channel, self._warn)
        self._history = SlackHistory(self._client, self._pace)

    def find(self, incident: str, since: datetime) -> MessageRef | None:
        channel = self._channel.id()
        if channel is None:
            return None
        try:
            for message in self._messages(channel, (since - BEFORE).timestamp()):
                if metadata.payload(message).get("incident") == incident and self._history.is_ours(message):
                    return MessageRef(channel, str(message["ts"]))
        except NotifierRefused as error:
            self._warn(f"{BLIND} {error}")
        return None

    def post(self, notice: Notice) -> MessageRef:
        target = self._channel.target
        answer = self._send(target, notice, incident.card(notice))
        message = MessageRef(str(answer["channel"] or target), str(answer["ts"] or ""))
        self._channel.learn(message.channel)
        return message

    def stamp(self, message: MessageRef) -> str | None:
        try:
            answer = self._pace.call(
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
            self._shaped(
                self._client.chat_update,
                incident.card(notice),
                notice,
                channel=message.channel,
                ts=message.ts,
            )
        except NotifierRefused as error:
            self._warn(f"cannot change a message, and tell its thread instead: {error}")
            raise

    def reply(self, message: MessageRef, notice: Notice, *, look: bool) -> None:
        """A message that Slack did not name has no thread: a new one follows it."""
        if look and message.ts and notice.stamp in self._thread_stamps(message):
            return
        self._send(message.channel, notice, incident.thread_card(notice), thread_ts=message.ts or None)

    def _send(self, channel: str, notice: Notice, card: Card, thread_ts: str | None = None) -> Any:
        more = {"thread_ts": thread_ts, "unfurl_links": False, "unfurl_media": False}
        return self._shaped(self._client.chat_postMessage, card, notice, channel=channel, **more)

    def _shaped(self, method: Any, card: Card, notice: Notice, **more: Any) -> Any:
        """In the best shape that this Slack takes: the card, with plain buttons, its text, without metadata."""
        urgent = notice.decision.severity is Severity.P0
        while True:
            shape = self._shapes.of(card, metadata.of(notice))
            try:
                return self._pace.call(method, urgent=urgent, **shape, **more)
            except CardRefused as error:
                if not self._shapes.without(error.code, card):
                    raise
                self._warn(f"sends incidents in a plainer shape: {error}")

    def _messages(self, channel: str, since: float) -> Iterator[dict[str, Any]]:
        """Newest first, the newest page whole, then back to `since`."""
        for messages in self._history.pages(self._client.conversations_history, channel=channel, limit=PAGE):
            yield from messages
            if messages and float(messages[-1]["ts"]) < since:
                return

    def _thread_stamps(self, message: MessageRef) -> set[object]:
        """Of our replies. Every page begins with the parent."""
        thread = self._history.pages(
            self._client.conversations_replies, channel=message.channel, ts=message.ts, limit=THREAD
        )
        stamps: set[object] = set()
        try:
            for messages in thread:
                if any(metadata.is_deleted(each) and each.get("ts") == message.ts for each in messages):
                    raise NotifierGone("Someone deleted the message.", REFUSED_S)
                others = (each for each in messages if each.get("ts") != message.ts)
                stamps.update(metadata.payload(each).get("stamp") for each in others if self._history.is_ours(each))
        except NotifierRefused as error:
            self._warn(f"{BLIND} {error}")
        return stamps


def _addressed(message: MessageRef) -> None:
    if not message.ts:
        raise NotifierRefused("Slack took a message and did not name its ts.", REFUSED_S)
