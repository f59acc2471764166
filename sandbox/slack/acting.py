"""What all acts of users share: who acts, where, and how a failure is reported."""

from typing import Any

from .core import Core
from .delivery import Kind, Undelivered


class ActFailed(Exception):
    """The act did not go through: `code` for programs, the text as Slack would show it."""

    def __init__(self, code: str, text: str, **fields: Any) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.fields = fields


def person(core: Core, user: str) -> dict[str, Any]:
    found = core.user(user)
    if found is None or user not in core.people.human_ids():
        known = ", ".join(core.people.human_ids())
        raise ActFailed("user_not_found", f"No user {user!r} can sign in. Users are {known}.")
    return found


def channel_for(core: Core, user: str, channel: str) -> dict[str, Any]:
    """The channel, if this user may see it."""
    found = core.channels.get(channel)
    if found is None or user not in core.onlookers(found):
        raise ActFailed("channel_not_found", f"There is no channel {channel!r} for {user}.")
    return found


async def ask_app(core: Core, kind: Kind, payload: dict[str, Any]) -> Any:
    """The app's acknowledgement; ActFailed `operation_timeout` or `dispatch_failed`."""
    if kind == "interactive" and not core.app.interactivity:
        raise ActFailed("dispatch_failed", "This app is not configured to handle interactive responses.")
    try:
        return await core.delivery.ask(kind, payload)
    except Undelivered as refusal:
        code = "operation_timeout" if refusal.reason == "http_timeout" else "dispatch_failed"
        raise ActFailed(code, code) from None
