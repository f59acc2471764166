"""Slack's view object, made from the view an app sends.

https://docs.slack.dev/reference/methods/views.open
"""

from typing import Any

from .core import Core
from .element_state import initial_values
from .errors import SlackError
from .message_args import decoded, with_ids
from .modals import View, new_hash
from .schema import Json
from .views import check_view, refuse


def checked(core: Core, value: Json, kind: str, *, besides: str | None = None) -> dict[str, Any]:
    """The view an app gave, checked; raises `invalid_arguments`, `view_too_large`, `duplicate_external_id`."""
    view = decoded(value, "invalid_arguments")
    refuse(check_view(view, "/view", kind, core.files.usable_in_blocks))
    if core.modals.external_id_taken(view.get("external_id", ""), besides):
        raise SlackError("duplicate_external_id")
    checked_view: dict[str, Any] = view
    return checked_view


def made(core: Core, view: dict[str, Any], view_id: str | None = None, typed: dict[str, Any] | None = None) -> View:
    """The complete view object; `typed` is the state of the view it replaces; it stays where ids are the same."""
    identity = core.identity
    blocks = with_ids(view["blocks"])
    return {
        "id": view_id or core.store.new_id("V"),
        "team_id": identity.team_id,
        "type": view["type"],
        "blocks": blocks,
        "private_metadata": view.get("private_metadata", ""),
        "callback_id": view.get("callback_id", ""),
        "state": {"values": initial_values(blocks, typed or {})},
        "hash": new_hash(core.clock.seconds()),
        "title": view.get("title"),
        "clear_on_close": view.get("clear_on_close", False),
        "notify_on_close": view.get("notify_on_close", False),
        "close": view.get("close"),
        "submit": view.get("submit"),
        "previous_view_id": None,
        "root_view_id": view_id,
        "app_id": identity.app_id,
        "external_id": view.get("external_id", ""),
        "app_installed_team_id": identity.team_id,
        "bot_id": identity.bot_id,
    }
