"""What a message carries unseen: its incident, and the stamp of what it says.

https://docs.slack.dev/messaging/message-metadata
"""

from typing import Any

from bot.domain.incidents.notice import Notice

EVENT = "fireline_incident"


def of(notice: Notice) -> dict[str, Any]:
    return {"event_type": EVENT, "event_payload": {"incident": notice.incident.id, "stamp": notice.stamp}}


def payload(message: dict[str, Any]) -> dict[str, Any]:
    """Of a message as Slack shows it: `incident` and `stamp`; empty where it shows none of ours."""
    shown = message.get("metadata") or {}
    return shown.get("event_payload") or {} if shown.get("event_type") == EVENT else {}


def is_deleted(message: dict[str, Any]) -> bool:
    """What Slack leaves of a deleted message that has a thread."""
    return message.get("subtype") == "tombstone"
