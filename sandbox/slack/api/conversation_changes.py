"""conversations.create, invite, join, leave, archive, open, setTopic.

https://docs.slack.dev/reference/methods/conversations.create
"""

import re
from typing import Any

from .. import limits, posting
from ..core import Core
from ..errors import SlackError
from ..typing_acts import join as join_channel
from ..typing_acts import leave as leave_channel
from .call import TIER_2, TIER_3, Args, Method, need_scope
from .conversation_reads import describe
from .places import conversation, family_scope, joined


def create(core: Core, args: Args) -> dict[str, Any]:
    name, private = args.text("name"), args.flag("is_private")
    need_scope(core, "groups:write" if private else "channels:manage")
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > limits.CHANNEL_NAME:
        raise SlackError("invalid_name_maxlength")
    if not re.fullmatch(r"[a-z0-9_\-\u0080-\uffff]+", name) or name != name.lower():
        raise SlackError("invalid_name_specials")
    if not re.search(r"[a-z0-9\u0080-\uffff]", name):
        raise SlackError("invalid_name_punctuation")
    if core.channels.by_name(name) is not None:
        raise SlackError("name_taken")
    bot = core.identity.bot_user_id
    kind = "private" if private else "channel"
    with core.store.transaction():
        record = core.channels.new(core.store.new_id("C"), name, kind, bot, core.now())
        core.channels.save(record)
        core.channels.add_member(record["id"], bot, core.now())
    channel = {**record, "kind": kind}
    posting.show_channel(core, channel)
    return {"channel": describe(core, channel)}


def invite(core: Core, args: Args) -> dict[str, Any]:
    channel = conversation(core, args)
    need_scope(core, "groups:write" if channel["kind"] == "private" else "channels:manage")
    users = args.words("users")
    if not users:
        raise SlackError("no_user")
    if len(users) > limits.INVITE_USERS:
        raise SlackError("too_many_users")
    if channel["kind"] == "im":
        raise SlackError("method_not_supported_for_channel_type")
    if not joined(core, channel):
        raise SlackError("not_in_channel")
    if channel.get("is_archived"):
        raise SlackError("is_archived")
    errors = [{"user": user, "ok": False, "error": why} for user in users if (why := _refusal(core, channel, user))]
    refused = {error["user"] for error in errors}
    if errors and (not args.flag("force") or len(errors) == len(users)):
        raise SlackError(str(errors[0]["error"]), errors=errors)
    for user in users:
        if user not in refused:
            join_channel(core, user, channel["id"], core.identity.bot_user_id)
    answer: dict[str, Any] = {"channel": describe(core, channel)}
    return {**answer, "errors": errors} if errors else answer


def _refusal(core: Core, channel: dict[str, Any], user: str) -> str | None:
    if user == core.identity.bot_user_id:
        return "cant_invite_self"
    if core.user(user) is None:
        return "user_not_found"
    return "already_in_channel" if core.channels.is_member(channel["id"], user) else None


def join(core: Core, args: Args) -> dict[str, Any]:
    channel = conversation(core, args)
    if channel["kind"] != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.get("is_archived"):
        raise SlackError("is_archived")
    if join_channel(core, core.identity.bot_user_id, channel["id"]):
        return {"channel": describe(core, channel)}
    warning = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    return {"channel": describe(core, channel), **warning}


def leave(core: Core, args: Args) -> dict[str, Any]:
    channel = conversation(core, args)
    family_scope(core, channel, "write" if channel["kind"] != "channel" else "manage")
    if channel.get("is_general"):
        raise SlackError("cant_leave_general")
    return {} if leave_channel(core, core.identity.bot_user_id, channel["id"]) else {"not_in_channel": True}


def archive(core: Core, args: Args) -> dict[str, Any]:
    channel = conversation(core, args)
    need_scope(core, "groups:write" if channel["kind"] == "private" else "channels:manage")
    if channel["kind"] == "im":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.get("is_archived"):
        raise SlackError("already_archived")
    if channel.get("is_general"):
        raise SlackError("cant_archive_general")
    if not joined(core, channel):
        raise SlackError("not_in_channel")
    _save(core, {**channel, "is_archived": True})
    return {}


def open_direct(core: Core, args: Args) -> dict[str, Any]:
    """https://docs.slack.dev/reference/methods/conversations.open, for one user or a known conversation."""
    need_scope(core, "im:write")
    if args.text("channel"):
        channel, was_there = conversation(core, args), True
    else:
        users = args.words("users")
        if not users:
            raise SlackError("users_list_not_supplied")
        if len(users) > 1:
            raise SlackError("method_not_supported_for_channel_type")
        if core.user(users[0]) is None:
            raise SlackError("user_not_found")
        if users[0] == core.identity.bot_user_id:
            raise SlackError("cannot_dm_bot")
        channel, was_there = core.channels.direct(core.identity.bot_user_id, users[0], core.now())
        if not was_there:
            posting.show_channel(core, channel)
    shown = describe(core, channel) if args.flag("return_im") else {"id": channel["id"]}
    return {"channel": shown} | ({"no_op": True, "already_open": True} if was_there else {})


def set_topic(core: Core, args: Args) -> dict[str, Any]:
    channel = conversation(core, args)
    topic = args.text("topic")
    if channel["kind"] == "im":
        raise SlackError("method_not_supported_for_channel_type")
    if f"{'groups' if channel['kind'] == 'private' else 'channels'}:write.topic" not in core.app.scopes:
        need_scope(core, "groups:write" if channel["kind"] == "private" else "channels:manage")
    if len(topic) > limits.TOPIC:
        raise SlackError("too_long")
    if not joined(core, channel):
        raise SlackError("not_in_channel")
    if channel.get("is_archived"):
        raise SlackError("is_archived")
    bot = core.identity.bot_user_id
    changed = {**channel, "topic": {"value": topic, "creator": bot, "last_set": int(core.clock.seconds())}}
    _save(core, changed)
    note = posting.bot_message(core, f"<@{bot}> set the channel topic: {topic}", subtype="channel_topic", topic=topic)
    posting.post(core, changed, note)
    return {"channel": describe(core, changed)}


def _save(core: Core, channel: dict[str, Any]) -> None:
    core.channels.save({name: value for name, value in channel.items() if name != "kind"})
    posting.show_channel(core, channel)


METHODS = {
    "conversations.create": Method(create, (), TIER_2),
    "conversations.invite": Method(invite, (), TIER_3),
    "conversations.join": Method(join, ("channels:join",), TIER_3),
    "conversations.leave": Method(leave, (), TIER_3),
    "conversations.archive": Method(archive, (), TIER_2),
    "conversations.open": Method(open_direct, (), TIER_3),
    "conversations.setTopic": Method(set_topic, (), TIER_2),
}
