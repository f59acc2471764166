"""The app used in the tests of the local Slack."""

from typing import Any

SCOPES = [
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "chat:write.customize",
    "commands",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "metadata.message:read",
    "usergroups:read",
    "users:read",
    "users:read.email",
]
EVENTS = [
    "app_home_opened",
    "app_mention",
    "member_joined_channel",
    "message.channels",
    "message.im",
]


def manifest(
    *, socket_mode: bool = True, scopes: list[str] = SCOPES, events: list[str] = EVENTS, home: bool = True
) -> dict[str, Any]:
    return {
        "_metadata": {"major_version": 2},
        "display_information": {"name": "Fireline"},
        "features": {
            "app_home": {"home_tab_enabled": home, "messages_tab_enabled": True},
            "bot_user": {"display_name": "fireline", "always_online": True},
            "slash_commands": [
                {"command": "/health", "description": "How is it going", "usage_hint": "[phase N]"},
                {"command": "/page", "description": "Page someone", "usage_hint": "@user", "should_escape": True},
            ],
            "shortcuts": [
                {"name": "Declare incident", "type": "global", "callback_id": "declare", "description": "d"},
                {"name": "Add to timeline", "type": "message", "callback_id": "timeline", "description": "d"},
            ],
        },
        "oauth_config": {"scopes": {"bot": list(scopes)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(events)},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": socket_mode,
        },
    }
