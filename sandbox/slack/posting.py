"""Messages come, change and go: stored, shown to everyone in the channel, sent to the app."""

from typing import Any

from . import events
from .core import Core

Message = dict[str, Any]
Channel = dict[str, Any]


def bot_message(core: Core, text: str, **fields: Any) -> Message:
    """The start of a message by the app; `fields` that are None are left out."""
    identity = core.identity
    message: Message = {
        "user": identity.bot_user_id,
        "type": "message",
        "ts": core.timestamps.next(),
        "bot_id": identity.bot_id,
        "app_id": identity.app_id,
        "text": text,
        "team": identity.team_id,
        "bot_profile": {
            "id": identity.bot_id,
            "app_id": identity.app_id,
            "user_id": identity.bot_user_id,
            "name": core.app.bot_name,
            "icons": {},
            "deleted": False,
            "updated": 0,
            "team_id": identity.team_id,
        },
    }
    return message | {name: value for name, value in fields.items() if value is not None}


def post(core: Core, channel: Channel, message: Message, *, broadcast: bool = False) -> Message:
    """Store and show a new message; returns it as readers see it."""
    if broadcast:
        message["subtype"] = "thread_broadcast"
    with core.store.transaction():
        core.messages.add(channel["id"], message, broadcast=broadcast)
    shown = core.messages.get(channel["id"], message["ts"])
    assert shown is not None
    _show(core, channel, "message", shown)
    _refresh_parent(core, channel, message)
    _count_unread(core, channel, message)
    root = {"root": shown["root"]} if "root" in shown else {}
    events.message_event(core, channel, {**_for_event(core, message), **root})
    if message["user"] != core.identity.bot_user_id and "subtype" not in message:
        events.mention_event(core, channel, _for_event(core, message))
    return shown


def change(core: Core, channel: Channel, message: Message, *, quiet: bool = False) -> Message:
    """Store a changed message and show it; `quiet` where Slack sends no message_changed event."""
    previous = core.messages.get(channel["id"], message["ts"])
    with core.store.transaction():
        core.messages.replace(channel["id"], message)
    shown = reshow(core, channel, message["ts"])
    if not quiet:
        event_ts = core.timestamps.next()
        fields = {"subtype": "message_changed", "hidden": True, "ts": event_ts}
        events.message_event(core, channel, {**fields, "message": shown, "previous_message": previous})
    return shown


def reshow(core: Core, channel: Channel, ts: str) -> Message:
    """Show a message again after its thread changed."""
    shown = core.messages.get(channel["id"], ts)
    assert shown is not None
    _show(core, channel, "message_changed", shown)
    return shown


def delete(core: Core, channel: Channel, message: Message) -> None:
    """Remove a message; one with replies leaves a tombstone, as Slack does."""
    ts, thread_ts = message["ts"], message.get("thread_ts")
    if core.messages.reply_count(channel["id"], ts):
        tomb = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "hidden": True, "ts": ts}
        change(core, channel, {**tomb, "text": "This message was deleted."}, quiet=True)
    else:
        core.messages.remove(channel["id"], ts)
        for user in core.onlookers(channel):
            core.screens.show(user, "message_deleted", channel=channel["id"], ts=ts, thread_ts=thread_ts)
        _refresh_parent(core, channel, message)
    fields = {"subtype": "message_deleted", "hidden": True, "ts": core.timestamps.next(), "deleted_ts": ts}
    events.message_event(core, channel, {**fields, "previous_message": message})


def show_channel(core: Core, channel: Channel) -> None:
    """Tell every page that may see it that a channel is new or different."""
    for user in core.onlookers(channel):
        core.screens.show(user, "channel", channel=channel["id"])


def _show(core: Core, channel: Channel, kind: str, message: Message) -> None:
    shown = {**message, "channel": channel["id"]}
    for user in core.onlookers(channel):
        core.screens.show(user, kind, channel=channel["id"], message=shown)


def _refresh_parent(core: Core, channel: Channel, message: Message) -> None:
    parent = message.get("thread_ts")
    if parent and parent != message["ts"] and core.messages.stored(channel["id"], parent) is not None:
        reshow(core, channel, parent)


def _count_unread(core: Core, channel: Channel, message: Message) -> None:
    text = message.get("text", "")
    loud = any(f"<!{word}>" in text for word in ("here", "channel", "everyone"))
    named_groups = core.people.groups() if "<!subteam^" in text else []
    groups = [group for group in named_groups if f"<!subteam^{group['id']}" in text]
    members = set(core.channels.members(channel["id"])) if channel["kind"] == "channel" else None
    for user in core.onlookers(channel):
        if user == message["user"]:
            core.channels.mark_read(channel["id"], user, message["ts"])
        elif members is None or user in members:
            named = channel["kind"] == "im" or loud or f"<@{user}>" in text
            named = named or any(user in group["users"] for group in groups)
            unread = core.channels.unread(channel["id"], user)
            core.screens.show(user, "unread", channel=channel["id"], unread=unread, mention=named)


def _for_event(core: Core, message: Message) -> Message:
    fields = {name: value for name, value in message.items() if name != "metadata"}
    if "metadata" in message and "metadata.message:read" in core.app.scopes:
        fields["metadata"] = message["metadata"]
    return fields
