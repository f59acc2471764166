"""users.info, lookupByEmail.

https://docs.slack.dev/reference/methods/users.info
"""

from typing import Any

from ..core import Core
from ..errors import SlackError
from .call import TIER_3, TIER_4, Args, Method


def _shown(core: Core, user: dict[str, Any]) -> dict[str, Any]:
    """Without users:read.email the address is left out."""
    if "users:read.email" in core.app.scopes:
        return user
    profile = {name: value for name, value in user["profile"].items() if name != "email"}
    return {**user, "profile": profile}


def info(core: Core, args: Args) -> dict[str, Any]:
    user = core.user(args.need("user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": _shown(core, user)}


def lookup_by_email(core: Core, args: Args) -> dict[str, Any]:
    """People who have left are not found."""
    email = args.need("email").lower()
    for user in core.people.users(core.now()):
        if user["profile"].get("email", "").lower() == email and not user["deleted"]:
            return {"user": _shown(core, user)}
    raise SlackError("users_not_found")


METHODS = {
    "users.info": Method(info, ("users:read",), TIER_4),
    "users.lookupByEmail": Method(lookup_by_email, ("users:read.email",), TIER_3),
}
