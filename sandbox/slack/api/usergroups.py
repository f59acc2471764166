"""usergroups.list, usergroups.users.list: groups that can be mentioned.

https://docs.slack.dev/reference/methods/usergroups.list
"""

from typing import Any

from ..core import Core
from ..errors import SlackError
from .call import TIER_2, Args, Method


def listing(core: Core, args: Args) -> dict[str, Any]:
    users = args.flag("include_users")
    return {"usergroups": [_shown(group, users=users) for group in core.people.groups()]}


def _shown(group: dict[str, Any], *, users: bool) -> dict[str, Any]:
    return group if users else {name: value for name, value in group.items() if name != "users"}


def users_list(core: Core, args: Args) -> dict[str, Any]:
    wanted = args.need("usergroup")
    for group in core.people.groups():
        if group["id"] == wanted:
            return {"users": group["users"]}
    raise SlackError("no_such_subteam")


METHODS = {
    "usergroups.list": Method(listing, ("usergroups:read",), TIER_2),
    "usergroups.users.list": Method(users_list, ("usergroups:read",), TIER_2),
}
