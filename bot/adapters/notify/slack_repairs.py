"""The progress of repairs in Slack: one message each, found again by what it carries unseen."""

from datetime import datetime, timedelta
from typing import Any

from bot.adapters.notify.slack_calls import Pace
from bot.adapters.notify.slack_channel import AlertsChannel
from bot.adapters.notify.slack_history import MOST_PAGES, SlackHistory
from bot.adapters.notify.warn_once import WarnOnce
from bot.domain.incidents.incident import MessageRef
from bot.domain.reprocessing.progress import Progress
from bot.domain.reprocessing.repair import Repair
from bot.ports.notifier import NotifierRefused
from bot.slack.quiet import quiet_client
from bot.views.reprocessing_progress import shown

EVENT = "fireline_repair"
TIMEOUT_S = 5
BEFORE = timedelta(hours=1)
"""Clocks may differ by so much."""


class SlackRepairs:
    """Implements `bot.ports.repair_board.RepairBoard`. `channel` is `#name` or an id: of what has no incident.
    `tickets`: can one be opened for a lasting mend?
    """

    def __init__(self, token: str, api_url: str, channel: str, *, tickets: bool = False) -> None:
        self._tickets = tickets
        self._client = quiet_client(token, api_url, TIMEOUT_S)
        self._warn, self._pace = WarnOnce(), Pace()
        self._history = SlackHistory(self._client, self._pace)
        self._channel = AlertsChannel(self._client, channel, self._warn)

    def find(self, repair: Repair, thread: MessageRef | None) -> MessageRef | None:
        """Where nobody may look it is posted: one too many is better than none."""
        channel = self._channel.id() if thread is None else thread.channel
        if channel is None:
            return None
        since = (repair.approval_asked_at or repair.asked_at) - BEFORE
        try:
            for message in self._history.messages(channel, None if thread is None else thread.ts, since, MOST_PAGES):
                if _repair(message) == repair.id and self._history.is_ours(message):
                    return MessageRef(channel, str(message["ts"]))
        except NotifierRefused as error:
            self._warn(f"cannot look for the message of a repair: {error}")
        return None

    def post(self, repair: Repair, found: Progress, now: datetime, thread: MessageRef | None) -> MessageRef:
        target = self._channel.target if thread is None else thread.channel
        more: dict[str, Any] = {
            "unfurl_links": False,
            "unfurl_media": False,
            "thread_ts": None if thread is None else thread.ts,
        }
        card = shown(repair, found, now, tickets=self._tickets).payload()
        post = self._client.chat_postMessage
        answer = self._pace.call(post, channel=target, metadata=_metadata(repair), **card, **more)
        return MessageRef(str(answer["channel"] or target), str(answer["ts"] or ""))

    def edit(self, message: MessageRef, repair: Repair, found: Progress, now: datetime) -> None:
        card = shown(repair, found, now, tickets=self._tickets).payload()
        update = self._client.chat_update
        self._pace.call(update, channel=message.channel, ts=message.ts, metadata=_metadata(repair), **card)


def _metadata(repair: Repair) -> dict[str, Any]:
    return {"event_type": EVENT, "event_payload": {"repair": repair.id}}


def _repair(message: dict[str, Any]) -> object:
    shown = message.get("metadata") or {}
    return (shown.get("event_payload") or {}).get("repair") if shown.get("event_type") == EVENT else None
