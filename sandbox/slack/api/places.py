"""Finding the conversation a method means, as the app's bot may see it."""

from typing import Any

from ..channels import SCOPE_FAMILY
from ..core import Core
from ..errors import SlackError
from .call import Args, need_scope


def conversation(core: Core, args: Args, name: str = "channel") -> dict[str, Any]:
    """The conversation named by id; `channel_not_found` also for private ones the bot is not in."""
    return visible(core, args.need(name))


def visible(core: Core, channel: str) -> dict[str, Any]:
    found = core.channels.get(channel)
    if found is None or (found["kind"] != "channel" and not joined(core, found)):
        raise SlackError("channel_not_found")
    return found


def joined(core: Core, channel: dict[str, Any]) -> bool:
    return core.channels.is_member(channel["id"], core.identity.bot_user_id)


def family_scope(core: Core, channel: dict[str, Any], action: str) -> None:
    """Raise `missing_scope` for `channels:read`, `groups:history` and so on, by the kind of conversation."""
    need_scope(core, f"{SCOPE_FAMILY[channel['kind']]}:{action}")


def post_target(core: Core, args: Args) -> dict[str, Any]:
    """Where a message goes: a conversation id, its name (deprecated), or a user id, which opens the direct message."""
    target = args.need("channel")
    person = core.user(target)
    if person is not None:
        if person["deleted"] or person["is_bot"]:
            raise SlackError("channel_not_found")
        channel, _ = core.channels.direct(core.identity.bot_user_id, target, core.now())
    else:
        channel = visible(core, core.channels.id_of(target))
    if channel["kind"] == "im" and not core.app.messages_tab:
        raise SlackError("messages_tab_disabled")
    if channel.get("is_archived"):
        raise SlackError("is_archived")
    public = channel["kind"] == "channel" and "chat:write.public" in core.app.scopes
    if not joined(core, channel) and not public:
        raise SlackError("not_in_channel")
    return channel


def stored_message(core: Core, channel: str, ts: str) -> dict[str, Any]:
    message = core.messages.stored(channel, ts)
    if message is None or message.get("subtype") == "tombstone":
        raise SlackError("message_not_found")
    return message


def thread(core: Core, channel: dict[str, Any], args: Args) -> str | None:
    """The parent for a reply; `thread_not_found` if there is none, `cannot_reply_to_message` for a reply's ts."""
    thread_ts = args.timestamp("thread_ts")
    if thread_ts is None:
        return None
    parent = core.messages.stored(channel["id"], thread_ts)
    if parent is None:
        raise SlackError("thread_not_found")
    if parent.get("thread_ts", thread_ts) != thread_ts:
        raise SlackError("cannot_reply_to_message")
    return thread_ts
