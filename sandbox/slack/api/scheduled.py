"""chat.scheduleMessage and its list; and the posting when their time comes.

https://docs.slack.dev/reference/methods/chat.scheduleMessage
"""

from typing import Any

from .. import limits, posting
from ..core import Core
from ..errors import SlackError
from ..message_args import content
from ..store import dump, load
from .call import TIER_3, Args, Method, page
from .places import conversation, post_target, thread


def schedule(core: Core, args: Args) -> dict[str, Any]:
    channel = post_target(core, args)
    try:
        post_at = int(args.need("post_at"))
    except ValueError:
        raise SlackError("invalid_time") from None
    given = content(core, args.given)
    now = core.clock.seconds()
    if post_at <= now:
        raise SlackError("time_in_past")
    if post_at > now + limits.SCHEDULE_DAYS * 86_400:
        raise SlackError("time_too_far")
    start = post_at - post_at % limits.SCHEDULE_WINDOW_SECONDS
    already = core.store.row(
        "SELECT count(*) FROM scheduled WHERE channel = ? AND post_at >= ? AND post_at < ?",
        channel["id"],
        start,
        start + limits.SCHEDULE_WINDOW_SECONDS,
    )[0]
    if already >= limits.SCHEDULE_PER_WINDOW:
        raise SlackError("restricted_too_many")
    message = posting.bot_message(
        core,
        given.text,
        thread_ts=thread(core, channel, args),
        blocks=given.blocks,
        attachments=given.attachments,
        metadata=given.metadata,
    )
    scheduled_id = core.store.new_id("Q")
    data = {"message": message, "date_created": int(now)}
    core.store.run("INSERT INTO scheduled VALUES (?, ?, ?, ?)", scheduled_id, channel["id"], post_at, dump(data))
    shown = {name: value for name, value in message.items() if name not in ("ts", "metadata")}
    return {
        "channel": channel["id"],
        "scheduled_message_id": scheduled_id,
        "post_at": post_at,
        "message": {**shown, "type": "delayed_message"},
    }


def post_due(core: Core) -> None:
    """Post every scheduled message whose time has come; those with metadata are lost (Slack's documented bug)."""
    rows = core.store.rows(
        "SELECT id, channel, data FROM scheduled WHERE post_at <= ? ORDER BY post_at, id", core.clock.seconds()
    )
    for scheduled_id, channel_id, text in rows:
        message, channel = load(text)["message"], core.channels.get(channel_id)
        with core.store.transaction():
            core.store.run("DELETE FROM scheduled WHERE id = ?", scheduled_id)
        if channel is not None and "metadata" not in message:
            posting.post(core, channel, {**message, "ts": core.timestamps.next()})


def delete(core: Core, args: Args) -> dict[str, Any]:
    channel = conversation(core, args)
    scheduled_id = args.need("scheduled_message_id")
    found = core.store.row("SELECT post_at FROM scheduled WHERE id = ? AND channel = ?", scheduled_id, channel["id"])
    # Slack refuses within the last minute, when the message is already on its way.
    if found is None or found[0] - core.clock.seconds() < 60:
        raise SlackError("invalid_scheduled_message_id")
    core.store.run("DELETE FROM scheduled WHERE id = ?", scheduled_id)
    return {}


def listing(core: Core, args: Args) -> dict[str, Any]:
    channel = args.text("channel")
    rows = core.store.rows("SELECT id, channel, post_at, data FROM scheduled ORDER BY post_at, id")
    found = [
        {
            "id": scheduled_id,
            "channel_id": where,
            "post_at": post_at,
            "date_created": load(data)["date_created"],
            "text": load(data)["message"]["text"],
        }
        for scheduled_id, where, post_at, data in rows
        if channel in ("", where)
    ]
    some, metadata = page(found, args, 100, 1000)
    return {"scheduled_messages": some, **metadata}


_WRITE = ("chat:write",)
METHODS = {
    "chat.scheduleMessage": Method(schedule, _WRITE, TIER_3),
    "chat.deleteScheduledMessage": Method(delete, _WRITE, TIER_3),
    "chat.scheduledMessages.list": Method(listing, (), TIER_3),
}
