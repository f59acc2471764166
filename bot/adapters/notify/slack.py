"""Incidents in a Slack channel. A message's metadata names its incident and what it says: so it can be found again.

Nothing is sent twice in here: whoever calls looks first, and tries again later.
"""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse, WebClient

from bot.domain.incidents import MessageRef
from bot.domain.notices import Notice
from bot.ports.notifier import NotifierUnavailable
from bot.views import incident

log = logging.getLogger("fireline.slack")
EVENT = "fireline_incident"
TIMEOUT_S = 10
PAGE = 200
"""https://docs.slack.dev/reference/methods/conversations.history recommends no more at once."""
MOST_PAGES = 10
BEFORE = timedelta(hours=1)
"""Clocks may differ by so much."""
GONE = frozenset({"message_not_found", "cant_update_message", "thread_not_found", "edit_window_closed"})
"""https://docs.slack.dev/reference/methods/chat.update#errors"""
WAIT_S = {"ratelimited": 30.0, "not_in_channel": 60.0, "channel_not_found": 60.0, "missing_scope": 300.0}
"""Where Slack names no time itself: what a person has to put right is not asked for every few seconds."""
DENIED = frozenset({"missing_scope", "unknown_method", "not_allowed_token_type", "no_permission"})
"""Nobody may look here, and trying again changes nothing."""
KINDS = "public_channel,private_channel"
CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{8,}")


class SlackNotifier:
    """Implements `bot.ports.notifier.Notifier`. `channel` is `#name` or an id; the app has to be in it."""

    def __init__(self, token: str, api_url: str, channel: str) -> None:
        self._client = WebClient(token=token, base_url=api_url, timeout=TIMEOUT_S, retry_handlers=[])
        self._channel = channel
        self._id = channel if CHANNEL_ID.fullmatch(channel) else None

    def find(self, incident: str, since: datetime) -> MessageRef | None:
        """None, too, where looking is denied: an incident told twice is better than one never told."""
        channel = self._channel_id()
        try:
            return self._found(channel, incident, since)
        except NotifierUnavailable as error:
            if not _denied(error):
                raise
            log.warning("cannot look for what %s has been told already, and go on: %s", self._channel, error)
            return None

    def _found(self, channel: str, incident: str, since: datetime) -> MessageRef | None:
        for message in self._messages(channel, (since - BEFORE).timestamp()):
            if _payload(message).get("incident") == incident:
                return MessageRef(channel, str(message["ts"]))
        return None

    def post(self, notice: Notice) -> MessageRef:
        card = incident.card(notice)
        answer = self._call(
            self._client.chat_postMessage,
            channel=self._channel_id(),
            metadata=_metadata(notice),
            unfurl_links=False,
            unfurl_media=False,
            **card.payload(),
        )
        return MessageRef(str(answer["channel"]), str(answer["ts"]))

    def stamp(self, message: MessageRef) -> str | None:
        found = self._call(
            self._client.conversations_history,
            channel=message.channel,
            oldest=message.ts,
            latest=message.ts,
            inclusive=True,
            limit=1,
            include_all_metadata=True,
        )["messages"]
        stamp = _payload(found[0]).get("stamp") if found else None
        return str(stamp) if stamp is not None else None

    def edit(self, message: MessageRef, notice: Notice) -> None:
        card = incident.card(notice)
        self._unless_gone(
            self._client.chat_update,
            channel=message.channel,
            ts=message.ts,
            metadata=_metadata(notice),
            **card.payload(),
        )

    def reply(self, message: MessageRef, notice: Notice) -> None:
        if notice.stamp in self._thread_stamps(message):
            return
        self._unless_gone(
            self._client.chat_postMessage,
            channel=message.channel,
            thread_ts=message.ts,
            metadata=_metadata(notice),
            unfurl_links=False,
            unfurl_media=False,
            **incident.thread_card(notice).payload(),
        )

    def _channel_id(self) -> str:
        """Looked up once by its name."""
        name, cursor = self._channel.removeprefix("#"), ""
        while self._id is None:
            answer = self._call(
                self._client.conversations_list, limit=PAGE, cursor=cursor, exclude_archived=True, types=KINDS
            )
            self._id = next((str(each["id"]) for each in answer["channels"] if each["name"] == name), None)
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if self._id is None and not cursor:
                raise NotifierUnavailable(
                    f"The app sees no channel #{name}. Make it, invite the app, or set FIRELINE_ALERTS_CHANNEL.",
                    WAIT_S["channel_not_found"],
                )
        return self._id

    def _messages(self, channel: str, since: float) -> Iterator[dict[str, Any]]:
        """Newest first, the newest page whole, then back to `since`."""
        cursor = ""
        for _ in range(MOST_PAGES):
            answer = self._call(
                self._client.conversations_history,
                channel=channel,
                limit=PAGE,
                cursor=cursor,
                include_all_metadata=True,
            )
            messages = answer["messages"]
            yield from messages
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor or float(messages[-1]["ts"]) < since:
                return

    def _thread_stamps(self, message: MessageRef) -> set[object]:
        answer = self._unless_gone(
            self._client.conversations_replies,
            channel=message.channel,
            ts=message.ts,
            limit=1_000,
            include_all_metadata=True,
        )
        replies = answer["messages"] if answer is not None else []
        return {_payload(reply).get("stamp") for reply in replies if reply["ts"] != message.ts}

    def _unless_gone(self, method: Callable[..., SlackResponse], **arguments: Any) -> SlackResponse | None:
        """None when the message is not there any more: someone deleted it."""
        try:
            return method(**arguments)
        except SlackApiError as error:
            if _code(error) in GONE:
                return None
            raise _unavailable(error) from error
        except (SlackClientError, OSError) as error:
            raise NotifierUnavailable(f"Slack cannot be reached: {error!r}") from error

    def _call(self, method: Callable[..., SlackResponse], **arguments: Any) -> SlackResponse:
        answer = self._unless_gone(method, **arguments)
        if answer is None:
            raise NotifierUnavailable("Slack does not know the message.")
        return answer


def _metadata(notice: Notice) -> dict[str, Any]:
    """https://docs.slack.dev/messaging/message-metadata"""
    return {"event_type": EVENT, "event_payload": {"incident": notice.incident.id, "stamp": notice.stamp}}


def _payload(message: dict[str, Any]) -> dict[str, Any]:
    metadata = message.get("metadata") or {}
    payload: dict[str, Any] = metadata.get("event_payload", {}) if metadata.get("event_type") == EVENT else {}
    return payload


def _code(error: SlackApiError) -> str:
    data = error.response.data
    return str(data.get("error")) if isinstance(data, dict) else f"HTTP status {error.response.status_code}"


def _denied(error: NotifierUnavailable) -> bool:
    return isinstance(error.__cause__, SlackApiError) and _code(error.__cause__) in DENIED


def _unavailable(error: SlackApiError) -> NotifierUnavailable:
    """https://docs.slack.dev/apis/web-api/rate-limits: Retry-After is in seconds."""
    code = _code(error)
    named = str(error.response.headers.get("Retry-After", ""))
    wait = float(named) if named.isdigit() else WAIT_S.get(code, 0.0)
    hint = " Invite the app to the channel." if code in ("not_in_channel", "channel_not_found") else ""
    return NotifierUnavailable(f"Slack refused ({code}).{hint}", wait)
