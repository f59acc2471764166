"""usergroups.*: groups that can be mentioned.

https://docs.slack.dev/reference/methods/usergroups.users.update
"""

import re
from typing import Any

from ..core import Core
from ..errors import SlackError
from ..people import new_group
from .call import TIER_2, Args, Method


def _group(core: Core, args: Args) -> dict[str, Any]:
    group = core.people.group(args.need("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return group


def _changed(core: Core, group: dict[str, Any]) -> dict[str, Any]:
    group |= {"date_update": int(core.clock.seconds()), "updated_by": core.identity.bot_user_id}
    core.people.save_group(group)
    return group


def _shown(group: dict[str, Any], *, users: bool) -> dict[str, Any]:
    return group if users else {name: value for name, value in group.items() if name != "users"}


def _handle(core: Core, args: Args, besides: str | None) -> str:
    handle = args.text("handle")
    if handle and not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,20}", handle):
        raise SlackError("invalid_handle")
    for group in core.people.groups():
        if group["id"] == besides:
            continue
        if handle and group["handle"] == handle:
            raise SlackError("handle_already_exists")
        if args.text("name") and group["name"] == args.text("name"):
            raise SlackError("name_already_exists")
    return handle


def listing(core: Core, args: Args) -> dict[str, Any]:
    disabled, users = args.flag("include_disabled"), args.flag("include_users")
    found = [group for group in core.people.groups() if disabled or not group["date_delete"]]
    return {"usergroups": [_shown(group, users=users) for group in found]}


def create(core: Core, args: Args) -> dict[str, Any]:
    name = args.need("name")
    handle = _handle(core, args, None) or re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:21]
    identity = core.identity
    group = new_group(core.store.new_id("S"), identity.team_id, handle, name, args.text("description"), core.now(), [])
    group |= {"created_by": identity.bot_user_id, "updated_by": identity.bot_user_id}
    core.people.save_group(group)
    return {"usergroup": group}


def update(core: Core, args: Args) -> dict[str, Any]:
    group = _group(core, args)
    handle = _handle(core, args, group["id"])
    group |= {name: args.text(name) for name in ("name", "description") if args.text(name)}
    if handle:
        group["handle"] = handle
    return {"usergroup": _changed(core, group)}


def users_list(core: Core, args: Args) -> dict[str, Any]:
    group = _group(core, args)
    if group["date_delete"] and not args.flag("include_disabled"):
        raise SlackError("no_such_subteam")
    return {"users": group["users"]}


def users_update(core: Core, args: Args) -> dict[str, Any]:
    """Replaces the whole list, which may not be empty."""
    group = _group(core, args)
    users = list(dict.fromkeys(args.words("users")))
    if not users:
        raise SlackError("no_users_provided")
    for user in users:
        person = core.user(user)
        if person is None or person["is_bot"] or person["is_restricted"]:
            raise SlackError("invalid_users")
    if group["date_delete"]:
        raise SlackError("no_such_subteam")
    group |= {"users": users, "user_count": len(users)}
    return {"usergroup": _changed(core, group)}


def enable(core: Core, args: Args) -> dict[str, Any]:
    group = _group(core, args)
    group |= {"date_delete": 0, "deleted_by": None}
    return {"usergroup": _changed(core, group)}


def disable(core: Core, args: Args) -> dict[str, Any]:
    group = _group(core, args)
    if group["date_delete"]:
        raise SlackError("already_disabled")
    group |= {"date_delete": int(core.clock.seconds()), "deleted_by": core.identity.bot_user_id}
    return {"usergroup": _changed(core, group)}


_READ, _WRITE = ("usergroups:read",), ("usergroups:write",)
METHODS = {
    "usergroups.list": Method(listing, _READ, TIER_2),
    "usergroups.users.list": Method(users_list, _READ, TIER_2),
    "usergroups.create": Method(create, _WRITE, TIER_2),
    "usergroups.update": Method(update, _WRITE, TIER_2),
    "usergroups.users.update": Method(users_update, _WRITE, TIER_2),
    "usergroups.enable": Method(enable, _WRITE, TIER_2),
    "usergroups.disable": Method(disable, _WRITE, TIER_2),
}
