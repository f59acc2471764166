"""The app as its manifest describes it: only what is declared works.

https://docs.slack.dev/reference/app-manifest
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class SlashCommand:
    command: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True)
class Shortcut:
    name: str
    type: str  # "global" or "message"
    callback_id: str
    description: str


@dataclass(frozen=True)
class App:
    """One installed app; scopes are those granted to its bot token."""

    name: str
    bot_name: str
    commands: Mapping[str, SlashCommand]
    shortcuts: Mapping[str, Shortcut]
    scopes: frozenset[str]
    events: frozenset[str]
    socket_mode: bool
    interactivity: bool
    home_tab: bool
    messages_tab: bool


def _commands(features: Mapping[str, Any]) -> dict[str, SlashCommand]:
    return {
        one["command"]: SlashCommand(
            command=one["command"],
            description=one.get("description", ""),
            usage_hint=one.get("usage_hint", ""),
            should_escape=one.get("should_escape", False),
        )
        for one in features.get("slash_commands", [])
    }


def _shortcuts(features: Mapping[str, Any]) -> dict[str, Shortcut]:
    return {
        one["callback_id"]: Shortcut(one["name"], one["type"], one["callback_id"], one.get("description", ""))
        for one in features.get("shortcuts", [])
    }


def parse_manifest(manifest: Mapping[str, Any]) -> App:
    """The app of a manifest; KeyError names what a required part lacks."""
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    scopes = frozenset(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", []))
    name = manifest["display_information"]["name"]
    subscriptions, interactivity = settings.get("event_subscriptions", {}), settings.get("interactivity", {})
    home = features.get("app_home", {})
    return App(
        name=name,
        bot_name=features.get("bot_user", {}).get("display_name", name),
        commands=_commands(features),
        shortcuts=_shortcuts(features),
        scopes=scopes,
        events=frozenset(subscriptions.get("bot_events", [])),
        socket_mode=settings.get("socket_mode_enabled", False),
        interactivity=interactivity.get("is_enabled", False),
        home_tab=home.get("home_tab_enabled", False),
        messages_tab=home.get("messages_tab_enabled", True),
    )
