"""Events for the app: which it is subscribed to, where its bot may listen, and their envelope.

https://docs.slack.dev/apis/events-api
"""

from typing import Any

from .core import Core

_MESSAGE_EVENT = {"channel": "message.channels", "private": "message.groups", "im": "message.im"}
CHANNEL_TYPE = {"channel": "channel", "private": "group", "im": "im"}


def publish(core: Core, event: dict[str, Any], subscription: str | None = None) -> None:
    """Send `event` if the manifest subscribes to it (`subscription`, by default the event's type)."""
    if (subscription or event["type"]) not in core.app.events:
        return
    identity = core.identity
    number = core.store.number("event")
    core.delivery.publish(
        {
            "token": core.credentials.verification_token,
            "team_id": identity.team_id,
            "context_team_id": identity.team_id,
            "context_enterprise_id": None,
            "api_app_id": identity.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{number:09X}",
            "event_time": int(core.clock.seconds()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": identity.team_id,
                    "user_id": identity.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{number:012x}",
        }
    )


def in_channel(core: Core, channel: dict[str, Any], event: dict[str, Any], subscription: str | None = None) -> None:
    """As `publish`, for what happens in a channel: the bot must be in it."""
    if core.channels.is_member(channel["id"], core.identity.bot_user_id):
        publish(core, event, subscription)


def message_event(core: Core, channel: dict[str, Any], fields: dict[str, Any]) -> None:
    """A `message` event, new or with a subtype; `event_ts` is its own time."""
    event = {
        "type": "message",
        **fields,
        "channel": channel["id"],
        "channel_type": CHANNEL_TYPE[channel["kind"]],
    }
    event.setdefault("event_ts", event["ts"])
    in_channel(core, channel, event, _MESSAGE_EVENT[channel["kind"]])


def mention_event(core: Core, channel: dict[str, Any], message: dict[str, Any]) -> None:
    """`app_mention` when a person names the bot in a channel (in direct messages the message event is all)."""
    if channel["kind"] == "im" or f"<@{core.identity.bot_user_id}>" not in message.get("text", ""):
        return
    event = {**message, "type": "app_mention", "channel": channel["id"], "event_ts": message["ts"]}
    in_channel(core, channel, event)
