"""users.info, list, lookupByEmail, conversations.

https://docs.slack.dev/reference/methods/users.info
"""

from typing import Any

from ..channels import shown
from ..core import Core
from ..errors import SlackError
from .call import TIER_2, TIER_3, TIER_4, Args, Method, page
from .conversation_reads import wanted_kinds
from .places import joined


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


def listing(core: Core, args: Args) -> dict[str, Any]:
    some, metadata = page(core.people.users(core.now()), args, 1000, 1000)
    answer = {"members": [_shown(core, user) for user in some], "cache_ts": int(core.clock.seconds())}
    return {**answer, **metadata}


def lookup_by_email(core: Core, args: Args) -> dict[str, Any]:
    email = args.need("email").lower()
    for user in core.people.users(core.now()):
        if user["profile"].get("email", "").lower() == email:
            return {"user": _shown(core, user)}
    raise SlackError("users_not_found")


def conversations(core: Core, args: Args) -> dict[str, Any]:
    kinds = wanted_kinds(core, args)
    user = args.text("user") or core.identity.bot_user_id
    if core.user(user) is None:
        raise SlackError("user_not_found")
    found = [
        channel
        for channel in core.channels.all()
        if channel["kind"] in kinds
        and core.channels.is_member(channel["id"], user)
        and (channel["kind"] == "channel" or joined(core, channel))
        and not (args.flag("exclude_archived") and channel.get("is_archived"))
    ]
    some, metadata = page(found, args, 100, 999)
    return {"channels": [shown(channel, user, is_member=True) for channel in some], **metadata}


METHODS = {
    "users.info": Method(info, ("users:read",), TIER_4),
    "users.list": Method(listing, ("users:read",), TIER_2),
    "users.lookupByEmail": Method(lookup_by_email, ("users:read.email",), TIER_3),
    "users.conversations": Method(conversations, (), TIER_3),
}
