"""Users write, edit, delete, join, leave, bring the app into a channel, archive one."""

import html
import secrets
from typing import Any

from . import events, posting
from .acting import ActFailed, channel_for, person
from .commands import escape_names
from .core import Core
from .element_state import rich_text

_MOST = 40_000


def typed(core: Core, text: str) -> str:
    """What the client sends for typed text: &, <, > escaped, @names and #channels as ids."""
    escaped = html.escape(text, quote=False)
    named = escape_names(core, escaped)
    for word in ("here", "channel", "everyone"):
        named = named.replace(f"@{word}", f"<!{word}>")
    return _short_users(core, named)


def _short_users(core: Core, text: str) -> str:
    """Messages carry `<@U01>`, without the name that commands get."""
    for user in core.people.users(core.now()):
        text = text.replace(f"<@{user['id']}|{user['name']}>", f"<@{user['id']}>")
    return text


def write(
    core: Core,
    user: str,
    channel: str,
    text: str,
    thread_ts: str | None = None,
    *,
    broadcast: bool = False,
) -> dict[str, Any]:
    """A user's message; raises ActFailed if they are not in the channel."""
    person(core, user)
    where = _member(core, user, channel)
    if not text.strip():
        raise ActFailed("no_text", "Write something first.")
    if len(text) > _MOST:
        raise ActFailed("msg_too_long", f"Messages are at most {_MOST} characters; this one has {len(text)}.")
    message: dict[str, Any] = {
        "client_msg_id": secrets.token_hex(16),
        "type": "message",
        "user": user,
        "ts": core.timestamps.next(),
        "text": typed(core, text),
        "team": core.identity.team_id,
        "blocks": [{**rich_text(text), "block_id": secrets.token_urlsafe(4)[:5]}],
    }
    if thread_ts is not None:
        if core.messages.stored(channel, thread_ts) is None:
            raise ActFailed("thread_not_found", f"There is no message {thread_ts} in {channel}.")
        message["thread_ts"] = thread_ts
    return posting.post(core, where, message, broadcast=broadcast and thread_ts is not None)


def edit(core: Core, user: str, channel: str, ts: str, text: str) -> None:
    where, message = _own(core, user, channel, ts)
    message |= {"text": typed(core, text), "edited": {"user": user, "ts": core.timestamps.next()}}
    message["blocks"] = [{**rich_text(text), "block_id": secrets.token_urlsafe(4)[:5]}]
    posting.change(core, where, message)


def delete(core: Core, user: str, channel: str, ts: str) -> None:
    """One's own message; an admin may delete any."""
    where = channel_for(core, user, channel)
    message = core.messages.stored(channel, ts)
    if message is None and core.ephemerals.get(channel, ts) is not None:
        core.ephemerals.remove(channel, ts)
        return
    if message is None:
        raise ActFailed("message_not_found", f"There is no message {ts} in {channel}.")
    if message["user"] != user and not person(core, user)["is_admin"]:
        raise ActFailed("cant_delete_message", "You can delete only your own messages.")
    posting.delete(core, where, message)


def join(core: Core, user: str, channel: str, inviter: str | None = None) -> bool:
    """True if the user was not in before; the channel says so."""
    where = core.channels.get(channel)
    if where is None or where["kind"] == "im":
        raise ActFailed("channel_not_found", f"There is no channel {channel!r} to join.")
    if not core.channels.add_member(channel, user, core.now()):
        return False
    note = {"type": "message", "subtype": "channel_join", "user": user, "text": f"<@{user}> has joined the channel"}
    posting.post(core, where, {**note, "ts": core.timestamps.next()} | ({"inviter": inviter} if inviter else {}))
    event = {"type": "member_joined_channel", "user": user, "channel": channel, "team": core.identity.team_id}
    kind = "C" if where["kind"] == "channel" else "G"
    event |= {"channel_type": kind, "event_ts": core.timestamps.next()} | ({"inviter": inviter} if inviter else {})
    events.in_channel(core, where, event)
    posting.show_channel(core, where)
    return True


def leave(core: Core, user: str, channel: str) -> bool:
    where = core.channels.get(channel)
    if where is None or not core.channels.remove_member(channel, user):
        return False
    event = {"type": "member_left_channel", "user": user, "channel": channel, "team": core.identity.team_id}
    kind = "C" if where["kind"] == "channel" else "G"
    events.in_channel(core, where, {**event, "channel_type": kind, "event_ts": core.timestamps.next()})
    posting.show_channel(core, where)
    return True


def invite(core: Core, user: str, channel: str) -> None:
    """A member brings the app into the channel, as `/invite` does."""
    _member(core, user, channel)
    join(core, core.identity.bot_user_id, channel, user)


def remove(core: Core, user: str, channel: str) -> None:
    """A member puts the app out of the channel, as `/remove` does."""
    _member(core, user, channel)
    leave(core, core.identity.bot_user_id, channel)


def archive(core: Core, user: str, channel: str) -> None:
    where = _member(core, user, channel)
    if where["kind"] == "im" or where["is_general"]:
        raise ActFailed("cant_archive", "This conversation cannot be archived.")
    core.channels.save({**{name: value for name, value in where.items() if name != "kind"}, "is_archived": True})
    posting.show_channel(core, {**where, "is_archived": True})


def _member(core: Core, user: str, channel: str) -> dict[str, Any]:
    person(core, user)
    where = channel_for(core, user, channel)
    if not core.channels.is_member(channel, user):
        raise ActFailed("not_in_channel", "Join the channel first.")
    if where.get("is_archived"):
        raise ActFailed("is_archived", "The channel is archived.")
    return where


def _own(core: Core, user: str, channel: str, ts: str) -> tuple[dict[str, Any], dict[str, Any]]:
    where = channel_for(core, user, channel)
    message = core.messages.stored(channel, ts)
    if message is None or message["user"] != user:
        raise ActFailed("cant_update_message", "You can edit only your own messages.")
    return where, message
