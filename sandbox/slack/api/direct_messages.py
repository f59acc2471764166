"""conversations.open: the direct message with one person.

https://docs.slack.dev/reference/methods/conversations.open
"""

from typing import Any

from .. import posting
from ..core import Core
from ..errors import SlackError
from .call import TIER_3, Args, Method, need_scope
from .conversation_reads import describe
from .places import conversation


def open_direct(core: Core, args: Args) -> dict[str, Any]:
    """For one user, or a known conversation."""
    need_scope(core, "im:write")
    if args.text("channel"):
        channel, was_there = conversation(core, args), True
    else:
        channel, was_there = core.channels.direct(core.identity.bot_user_id, _other(core, args), core.now())
        if not was_there:
            posting.show_channel(core, channel)
    shown = describe(core, channel) if args.flag("return_im") else {"id": channel["id"]}
    return {"channel": shown} | ({"no_op": True, "already_open": True} if was_there else {})


def _other(core: Core, args: Args) -> str:
    users = args.words("users")
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 1:
        raise SlackError("method_not_supported_for_channel_type")
    person = core.user(users[0])
    if person is None:
        raise SlackError("user_not_found")
    if person["deleted"]:
        raise SlackError("user_disabled")
    if person["is_bot"]:
        raise SlackError("cannot_dm_bot")
    return users[0]


METHODS = {"conversations.open": Method(open_direct, (), TIER_3)}
