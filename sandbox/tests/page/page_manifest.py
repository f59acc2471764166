"""The manifest of the app that shows the page everything it must draw."""

from typing import Any

SCOPES = [
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "chat:write.customize",
    "commands",
    "files:write",
    "im:history",
    "im:read",
    "im:write",
    "users:read",
]
COMMANDS = [
    ("/health", "Is the pipeline healthy?", "[phase N | PROCESSOR] [7d]"),
    ("/reprocess", "Plan and run a reprocess", "[PROCESSOR] [DATE | FROM..TO]"),
    ("/form", "Every kind of input", ""),
    ("/silent", "Never answers", ""),
    ("/oncall", "Who is on call", "[schedule | cover @user FROM TO]"),
]


def page_manifest() -> dict[str, Any]:
    return {
        "_metadata": {"major_version": 2},
        "display_information": {"name": "Fireline"},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "bot_user": {"display_name": "fireline", "always_online": True},
            "slash_commands": [
                {"command": command, "description": description, "usage_hint": hint}
                for command, description, hint in COMMANDS
            ],
            "shortcuts": [
                {
                    "name": "Declare incident",
                    "type": "global",
                    "callback_id": "declare",
                    "description": "Open a new one",
                },
                {
                    "name": "Add to incident timeline",
                    "type": "message",
                    "callback_id": "timeline",
                    "description": "Keep",
                },
            ],
        },
        "oauth_config": {"scopes": {"bot": SCOPES}},
        "settings": {
            "event_subscriptions": {"bot_events": ["app_home_opened", "app_mention", "message.im"]},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
        },
    }
