"""Payloads of slash commands and interactions, field for field as Slack sends them.

https://docs.slack.dev/reference/interaction-payloads
"""

from typing import Any

from .core import Core
from .modals import View

_CHANNEL_NAME = {"im": "directmessage", "private": "privategroup"}


def common(core: Core, user: str, kind: str) -> dict[str, Any]:
    """What every interaction carries."""
    person = core.user(user)
    name = person["name"] if person else user
    identity = core.identity
    return {
        "type": kind,
        "team": {"id": identity.team_id, "domain": identity.team_domain},
        "user": {"id": user, "username": name, "name": name, "team_id": identity.team_id},
        "api_app_id": identity.app_id,
        "token": core.credentials.verification_token,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def channel_field(channel: dict[str, Any]) -> dict[str, str]:
    return {"id": channel["id"], "name": _CHANNEL_NAME.get(channel["kind"], channel.get("name", ""))}


def slash_command(
    core: Core, user: str, channel: dict[str, Any], command: str, text: str, response_url: str
) -> dict[str, str]:
    """https://docs.slack.dev/interactivity/implementing-slash-commands"""
    person = core.user(user)
    where = channel_field(channel)
    identity = core.identity
    return {
        "token": core.credentials.verification_token,
        "team_id": identity.team_id,
        "team_domain": identity.team_domain,
        "channel_id": where["id"],
        "channel_name": where["name"],
        "user_id": user,
        "user_name": person["name"] if person else user,
        "command": command,
        "text": text,
        "api_app_id": identity.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": core.triggers.give(user),
    }


def message_container(channel: str, message: dict[str, Any], *, ephemeral: bool) -> dict[str, Any]:
    container = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel,
        "is_ephemeral": ephemeral,
    }
    if message.get("thread_ts", message["ts"]) != message["ts"]:
        container["thread_ts"] = message["thread_ts"]
    return container


def view_interaction(core: Core, user: str, kind: str, view: View) -> dict[str, Any]:
    """`view_submission` and `view_closed`."""
    return {**common(core, user, kind), "view": view}
