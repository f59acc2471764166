"""views.open, push, update, publish.

https://docs.slack.dev/reference/methods/views.open
"""

from typing import Any

from .. import view_objects
from ..core import Core
from ..errors import SlackError, invalid_arguments
from ..modals import View
from .call import TIER_4, Args, Method


def _given(args: Args) -> Any:
    if args.given.get("view") is None:
        raise invalid_arguments("missing required field: view")
    return args.json("view")


def _trigger(args: Args) -> str:
    """A trigger from `trigger_id`, or from `interactivity_pointer`, which stands for the same."""
    trigger = args.text("trigger_id") or args.text("interactivity_pointer")
    if not trigger:
        raise invalid_arguments("missing required field: trigger_id")
    return trigger


def open_view(core: Core, args: Args) -> dict[str, Any]:
    view = view_objects.checked(core, _given(args), "modal")
    user = core.triggers.exchange(_trigger(args))
    made = view_objects.made(core, view)
    core.modals.open(user, made)
    return {"view": core.modals.stack(user)[0]}


def push(core: Core, args: Args) -> dict[str, Any]:
    view = view_objects.checked(core, _given(args), "modal")
    user = core.triggers.exchange(_trigger(args))
    return {"view": core.modals.push(user, view_objects.made(core, view))}


def update(core: Core, args: Args) -> dict[str, Any]:
    view_id, external_id = args.text("view_id") or None, args.text("external_id") or None
    if view_id and external_id:
        raise invalid_arguments("Cannot provide both `view_id` and `external_id`")
    if not view_id and not external_id:
        raise invalid_arguments("missing required field: view_id")
    found = core.modals.find(view_id, external_id)
    if found is None:
        raise SlackError("not_found")
    user, old = found
    view = view_objects.checked(core, _given(args), "modal", besides=old["id"])
    _check_hash(args, old)
    made = view_objects.made(core, view, old["id"], old["state"]["values"])
    return {"view": core.modals.update(user, old, made)}


def publish(core: Core, args: Args) -> dict[str, Any]:
    user = args.need("user_id")
    person = core.user(user)
    if person is None or person["is_bot"]:
        raise invalid_arguments("invalid `user_id`")
    if not core.app.home_tab:
        raise SlackError("not_enabled")
    old = core.modals.home(user)
    view = view_objects.checked(core, _given(args), "home", besides=old["id"] if old else None)
    if old is not None:
        _check_hash(args, old)
    typed = old["state"]["values"] if old else None
    made = view_objects.made(core, view, old["id"] if old else None, typed)
    made["root_view_id"] = made["id"]
    core.modals.publish(user, made)
    return {"view": made}


def _check_hash(args: Args, old: View) -> None:
    if args.text("hash") and args.text("hash") != old["hash"]:
        raise SlackError("hash_conflict")


METHODS = {
    "views.open": Method(open_view, (), TIER_4),
    "views.push": Method(push, (), TIER_4),
    "views.update": Method(update, (), TIER_4),
    "views.publish": Method(publish, (), TIER_4),
}
