"""chat.postMessage, update, delete, postEphemeral, getPermalink.

https://docs.slack.dev/reference/methods/chat.postMessage
"""

from typing import Any

from .. import limits, posting
from ..core import Core
from ..errors import SlackError, invalid_arguments
from ..escaping import escaped
from ..message_args import Content, check_size, checked_attachments, checked_blocks, checked_metadata, content
from ..rate_limits import POSTS_PER_MINUTE
from .call import TIER_3, TIER_4, Args, Method, need_scope
from .places import conversation, joined, post_target, stored_message, thread


def post_message(core: Core, args: Args) -> dict[str, Any]:
    channel = post_target(core, args)
    given = content(core, args.given)
    check_size(args.given.get("blocks"))
    thread_ts = thread(core, channel, args)
    broadcast = args.flag("reply_broadcast")
    if broadcast and thread_ts is None:
        raise invalid_arguments("reply_broadcast needs thread_ts")
    message = posting.bot_message(
        core,
        given.text,
        thread_ts=thread_ts,
        blocks=given.blocks,
        attachments=given.attachments,
        metadata=given.metadata,
        **_guise(core, args),
    )
    parent = core.messages.stored(channel["id"], thread_ts) if thread_ts else None
    if parent is not None:
        message["parent_user_id"] = parent["user"]
    shown = posting.post(core, channel, message, broadcast=broadcast)
    if given.metadata is not None:
        shown = {**shown, "metadata": given.metadata}
    answer = {"channel": channel["id"], "ts": message["ts"], "message": shown}
    return {**answer, **_warnings(given)}


def _guise(core: Core, args: Args) -> dict[str, Any]:
    """Another name or picture, for which chat:write.customize is needed."""
    names = {name: args.text(name) for name in ("username", "icon_emoji", "icon_url") if args.text(name)}
    if not names:
        return {}
    need_scope(core, "chat:write.customize")
    icons = {key[5:]: value for key, value in names.items() if key.startswith("icon_")}
    username = names.get("username", core.app.bot_name)
    return {"username": username, "subtype": "bot_message"} | ({"icons": icons} if icons else {})


def _warnings(given: Content) -> dict[str, Any]:
    if not given.truncated:
        return {}
    return {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}


def update(core: Core, args: Args) -> dict[str, Any]:
    channel = conversation(core, args)
    ts = args.need("ts")
    if channel.get("is_archived"):
        raise SlackError("is_inactive")
    if len(args.text("text")) > limits.UPDATE_TEXT:
        raise SlackError("msg_too_long")
    if core.ephemerals.get(channel["id"], ts) is not None:
        raise SlackError("message_not_found")
    message = stored_message(core, channel["id"], ts)
    if message["user"] != core.identity.bot_user_id or message.get("subtype") in ("channel_join", "channel_topic"):
        raise SlackError("cant_update_message")
    changed = _updated(core, args, message)
    shown = posting.change(core, channel, changed)
    return {"channel": channel["id"], "ts": ts, "text": changed["text"], "message": shown}


def _updated(core: Core, args: Args, message: dict[str, Any]) -> dict[str, Any]:
    """Text without blocks removes the blocks; attachments and metadata that are left out stay."""
    given = args.given
    names = ("text", "blocks", "attachments", "markdown_text", "metadata")
    if all(given.get(name) is None for name in names):
        raise SlackError("no_text")
    changed = {**message, **_new_content(core, args, message)}
    if given.get("attachments") is not None:
        changed["attachments"] = checked_attachments(core, given["attachments"])
    if given.get("metadata") is not None:
        changed["metadata"] = checked_metadata(given["metadata"])
    for name in ("blocks", "attachments"):
        if not changed.get(name):
            changed.pop(name, None)
    if not changed["text"] and "blocks" not in changed and "attachments" not in changed:
        raise SlackError("no_text")
    if "blocks" not in changed:
        changed["edited"] = {"user": core.identity.bot_user_id, "ts": core.timestamps.next()}
    return changed


def _new_content(core: Core, args: Args, message: dict[str, Any]) -> dict[str, Any]:
    if args.given.get("markdown_text"):
        made = content(core, args.given)
        return {"text": made.text, "blocks": made.blocks}
    blocks = checked_blocks(core, args.given.get("blocks"))
    if blocks is not None:
        check_size(args.given["blocks"])
        _same_kind(message, blocks)
    if args.given.get("text") is not None:
        return {"text": escaped(args.text("text")), "blocks": blocks}
    return {} if blocks is None else {"blocks": blocks}


def _same_kind(message: dict[str, Any], blocks: list[dict[str, Any]]) -> None:
    """A message of rich_text cannot become one of other blocks."""
    old = message.get("blocks", [])
    rich = [block["type"] == "rich_text" for block in old]
    if old and all(rich) and blocks and not any(block["type"] == "rich_text" for block in blocks):
        raise SlackError("block_mismatch")


def delete(core: Core, args: Args) -> dict[str, Any]:
    channel = conversation(core, args)
    ts = args.need("ts")
    message = stored_message(core, channel["id"], ts)
    if message["user"] != core.identity.bot_user_id:
        raise SlackError("cant_delete_message")
    posting.delete(core, channel, message)
    return {"channel": channel["id"], "ts": ts}


def post_ephemeral(core: Core, args: Args) -> dict[str, Any]:
    """https://docs.slack.dev/reference/methods/chat.postEphemeral"""
    channel = post_target(core, args)
    user = args.need("user")
    if len(args.text("text").encode()) > limits.EPHEMERAL_TEXT_BYTES:
        raise SlackError("msg_too_long")
    for attachment in checked_attachments(core, args.given.get("attachments")) or []:
        if "blocks" in attachment:
            raise SlackError("invalid_attachments")
    given = content(core, args.given)
    check_size(args.given.get("blocks"))
    if core.user(user) is None or not core.channels.is_member(channel["id"], user):
        raise SlackError("user_not_in_channel")
    if not joined(core, channel) and channel["kind"] != "channel":
        raise SlackError("not_in_channel")
    thread_ts = thread(core, channel, args)
    message = posting.bot_message(
        core, given.text, blocks=given.blocks, attachments=given.attachments, **_guise(core, args)
    )
    # A thread nobody has answered yet is not active: Slack shows nothing there, and says ok.
    if thread_ts is None or core.messages.reply_count(channel["id"], thread_ts):
        fields = {"is_ephemeral": True} | ({"thread_ts": thread_ts} if thread_ts else {})
        core.ephemerals.show(user, channel["id"], {**message, **fields})
    return {"message_ts": message["ts"]}


def get_permalink(core: Core, args: Args) -> dict[str, Any]:
    channel = conversation(core, args)
    ts = args.need("message_ts")
    message = stored_message(core, channel["id"], ts)
    link = f"{core.base_url}/archives/{channel['id']}/p{ts.replace('.', '')}"
    thread_ts = message.get("thread_ts", ts)
    if thread_ts != ts:
        link += f"?thread_ts={thread_ts}&cid={channel['id']}"
    return {"channel": channel["id"], "permalink": link}


_WRITE = ("chat:write",)
METHODS = {
    "chat.postMessage": Method(post_message, _WRITE, POSTS_PER_MINUTE, per_channel=True),
    "chat.update": Method(update, _WRITE, TIER_3),
    "chat.delete": Method(delete, _WRITE, TIER_3),
    "chat.postEphemeral": Method(post_ephemeral, _WRITE, TIER_4),
    "chat.getPermalink": Method(get_permalink, (), None),
}
