"""The Slack app's manifest, for each way in: https://docs.slack.dev/reference/app-manifest"""

import copy
from typing import Any

import yaml

from bot.config.bundled import bundled


def manifest_text() -> str:
    """The Socket Mode manifest with its comments, as the repository has it."""
    return bundled("manifest.yaml").read_text(encoding="utf-8")


def manifest() -> dict[str, Any]:
    """The same, parsed."""
    parsed: dict[str, Any] = yaml.safe_load(manifest_text())
    return parsed


def over_http(endpoint: str) -> dict[str, Any]:
    """The manifest for HTTP: Slack delivers everything to `endpoint`.

    Menus with type-ahead have an address of their own, without which they stay empty over HTTP:
    https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select
    """
    made = copy.deepcopy(manifest())
    settings = made["settings"]
    settings["socket_mode_enabled"] = False
    settings["event_subscriptions"]["request_url"] = endpoint
    settings["interactivity"] |= {"request_url": endpoint, "message_menu_options_url": endpoint}
    for command in made["features"]["slash_commands"]:
        command["url"] = endpoint
    return made
