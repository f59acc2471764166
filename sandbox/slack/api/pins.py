"""pins.* and bookmarks.*.

https://docs.slack.dev/reference/methods/pins.add, https://docs.slack.dev/reference/methods/bookmarks.add
"""

from typing import Any

from .. import posting
from ..core import Core
from ..errors import SlackError
from ..store import dump, load
from .call import TIER_2, TIER_3, Args, Method
from .places import conversation, joined, stored_message


def _pinnable(core: Core, args: Args) -> tuple[dict[str, Any], str]:
    channel = conversation(core, args)
    if not args.text("timestamp"):
        raise SlackError("no_item_specified")
    if not joined(core, channel):
        raise SlackError("not_in_channel")
    return channel, stored_message(core, channel["id"], args.text("timestamp"))["ts"]


def add(core: Core, args: Args) -> dict[str, Any]:
    channel, ts = _pinnable(core, args)
    if not core.messages.pin(channel["id"], ts, core.identity.bot_user_id, int(core.clock.seconds())):
        raise SlackError("already_pinned")
    posting.reshow(core, channel, ts)
    return {}


def remove(core: Core, args: Args) -> dict[str, Any]:
    channel, ts = _pinnable(core, args)
    if not core.messages.unpin(channel["id"], ts):
        raise SlackError("no_pin")
    posting.reshow(core, channel, ts)
    return {}


def listing(core: Core, args: Args) -> dict[str, Any]:
    channel = conversation(core, args)
    return {"items": core.messages.pins(channel["id"])}


def _bookmark_channel(core: Core, args: Args) -> dict[str, Any]:
    channel = conversation(core, args, "channel_id")
    if not joined(core, channel):
        raise SlackError("not_in_channel")
    return channel


def add_bookmark(core: Core, args: Args) -> dict[str, Any]:
    channel = _bookmark_channel(core, args)
    title, kind, link = args.need("title"), args.need("type"), args.text("link")
    if kind != "link":
        raise SlackError("invalid_bookmark_type")
    if not link.startswith(("http://", "https://")):
        raise SlackError("invalid_link")
    now = int(core.clock.seconds())
    bookmark = {
        "id": core.store.new_id("Bk"),
        "channel_id": channel["id"],
        "title": title,
        "link": link,
        "emoji": args.text("emoji"),
        "icon_url": None,
        "type": kind,
        "entity_id": None,
        "date_created": now,
        "date_updated": 0,
        "rank": "u",
        "last_updated_by_user_id": core.identity.bot_user_id,
        "last_updated_by_team_id": core.identity.team_id,
        "shortcut_id": None,
        "app_id": core.identity.app_id,
    }
    core.store.run("INSERT INTO bookmarks VALUES (?, ?, ?)", bookmark["id"], channel["id"], dump(bookmark))
    return {"bookmark": bookmark}


def list_bookmarks(core: Core, args: Args) -> dict[str, Any]:
    channel = _bookmark_channel(core, args)
    rows = core.store.rows("SELECT data FROM bookmarks WHERE channel = ? ORDER BY id", channel["id"])
    return {"bookmarks": [load(data) for (data,) in rows]}


METHODS = {
    "pins.add": Method(add, ("pins:write",), TIER_2),
    "pins.remove": Method(remove, ("pins:write",), TIER_2),
    "pins.list": Method(listing, ("pins:read",), TIER_2),
    "bookmarks.add": Method(add_bookmark, ("bookmarks:write",), TIER_2),
    "bookmarks.list": Method(list_bookmarks, ("bookmarks:read",), TIER_3),
}
