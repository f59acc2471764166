"""reactions.add, remove, get.

https://docs.slack.dev/reference/methods/reactions.add
"""

import re
from typing import Any

from ..core import Core
from ..errors import SlackError
from ..typing_acts import reaction_changed
from .call import TIER_2, TIER_3, Args, Method
from .places import joined, stored_message, visible


def _item(core: Core, args: Args) -> tuple[dict[str, Any], dict[str, Any]]:
    channel_id, ts = args.text("channel"), args.text("timestamp")
    if not channel_id or not ts:
        raise SlackError("no_item_specified")
    channel = visible(core, channel_id)
    return channel, stored_message(core, channel["id"], ts)


def _name(args: Args) -> str:
    name = args.need("name")
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", name):
        raise SlackError("invalid_name")
    return name


def add(core: Core, args: Args) -> dict[str, Any]:
    name = _name(args)
    channel, message = _item(core, args)
    if not joined(core, channel):
        raise SlackError("not_in_channel")
    user = core.identity.bot_user_id
    if not core.messages.react(channel["id"], message["ts"], name, user):
        raise SlackError("already_reacted")
    reaction_changed(core, channel, message, name, user, removed=False)
    return {}


def remove(core: Core, args: Args) -> dict[str, Any]:
    name = _name(args)
    channel, message = _item(core, args)
    user = core.identity.bot_user_id
    if not core.messages.unreact(channel["id"], message["ts"], name, user):
        raise SlackError("no_reaction")
    reaction_changed(core, channel, message, name, user, removed=True)
    return {}


def get(core: Core, args: Args) -> dict[str, Any]:
    channel, message = _item(core, args)
    shown = core.messages.get(channel["id"], message["ts"])
    return {"type": "message", "channel": channel["id"], "message": shown}


METHODS = {
    "reactions.add": Method(add, ("reactions:write",), TIER_3),
    "reactions.remove": Method(remove, ("reactions:write",), TIER_2),
    "reactions.get": Method(get, ("reactions:read",), TIER_3),
}
