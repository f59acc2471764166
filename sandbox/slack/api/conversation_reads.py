"""conversations.list, info, history, replies.

https://docs.slack.dev/reference/methods/conversations.history
"""

from typing import Any

from ..channels import SCOPE_FAMILY, shown
from ..core import Core
from ..errors import SlackError
from ..timestamps import micros, spell
from .call import TIER_2, TIER_3, Args, Method, make_cursor, need_scope, open_cursor, page
from .places import conversation, family_scope, joined

_TYPES = {"public_channel": "channel", "private_channel": "private", "im": "im", "mpim": "mpim"}


def _wanted_kinds(core: Core, args: Args) -> set[str]:
    """The kinds asked for by `types`; each needs its own `…:read` scope."""
    types = args.words("types") or ["public_channel"]
    unknown = [one for one in types if one not in _TYPES]
    if unknown:
        raise SlackError("invalid_types")
    kinds = {_TYPES[one] for one in types}
    for kind in sorted(kinds):
        need_scope(core, f"{SCOPE_FAMILY.get(kind, 'mpim')}:read")
    return kinds


def describe(core: Core, channel: dict[str, Any], *, members: bool = True) -> dict[str, Any]:
    count = len(core.channels.members(channel["id"])) if members else None
    return shown(channel, core.identity.bot_user_id, is_member=joined(core, channel), num_members=count)


def listing(core: Core, args: Args) -> dict[str, Any]:
    """Slack filters after it has cut the page: one may be short, or empty, with a cursor to go on."""
    kinds, without_archived = _wanted_kinds(core, args), args.flag("exclude_archived")
    some, metadata = page(core.channels.all(), args, 100, 1000)
    found = [
        channel
        for channel in some
        if channel["kind"] in kinds
        and (channel["kind"] == "channel" or joined(core, channel))
        and not (without_archived and channel.get("is_archived"))
    ]
    return {"channels": [describe(core, channel) for channel in found], **metadata}


def info(core: Core, args: Args) -> dict[str, Any]:
    channel = conversation(core, args)
    family_scope(core, channel, "read")
    return {"channel": describe(core, channel, members=args.flag("include_num_members"))}


def _bounds(core: Core, args: Args) -> tuple[str, str]:
    """The open interval of timestamps asked for; with a lag ordered, nothing newer than that."""
    oldest, latest = args.timestamp("oldest"), args.timestamp("latest")
    inclusive = 1 if args.flag("inclusive") else 0
    low = max(0, micros(oldest) - inclusive) if oldest else 0
    high = micros(latest) + inclusive if latest else 9_999_999_999_999_999
    if core.faults.history_lag:
        high = min(high, int((core.clock.shown_seconds() - core.faults.history_lag) * 1_000_000))
    return f"{spell(low):0>17}", spell(high)


def _readable(core: Core, args: Args) -> dict[str, Any]:
    channel = conversation(core, args)
    family_scope(core, channel, "history")
    if not joined(core, channel):
        raise SlackError("not_in_channel")
    return channel


def history(core: Core, args: Args) -> dict[str, Any]:
    channel = _readable(core, args)
    oldest, latest = _bounds(core, args)
    if args.text("cursor"):
        latest = open_cursor(args.text("cursor"), "next_ts")
    elif core.faults.empty_first_page:
        more_follows = {"next_cursor": make_cursor("next_ts", latest)}
        return {"messages": [], "has_more": True, "pin_count": 0, "response_metadata": more_follows}
    found, more = core.messages.history(
        channel["id"],
        oldest=oldest,
        latest=latest,
        limit=args.limit(100, 999),
        metadata=args.flag("include_all_metadata"),
    )
    found = _cut_short(found, more=more)
    return {"messages": found, "has_more": more, "pin_count": 0, **_next(found, more=more)}


def _cut_short(found: list[dict[str, Any]], *, more: bool) -> list[dict[str, Any]]:
    """A page may hold fewer than were asked for although there are more: here each such page does."""
    return found[:-1] if more and len(found) > 1 else found


def _next(found: list[dict[str, Any]], *, more: bool) -> dict[str, Any]:
    return {"response_metadata": {"next_cursor": make_cursor("next_ts", found[-1]["ts"])}} if more else {}


def replies(core: Core, args: Args) -> dict[str, Any]:
    """The parent first, on every page, then the replies, oldest first."""
    channel = _readable(core, args)
    ts = args.need("ts")
    metadata = args.flag("include_all_metadata")
    oldest, latest = _bounds(core, args)
    parent = core.messages.get(channel["id"], ts, metadata=metadata)
    if parent is None or ts >= latest:
        raise SlackError("thread_not_found")
    parent_ts = parent.get("thread_ts", ts)
    if parent_ts != ts:
        parent = core.messages.get(channel["id"], parent_ts, metadata=metadata) or parent
    if args.text("cursor"):
        oldest = open_cursor(args.text("cursor"), "next_ts")
    found, more = core.messages.replies(
        channel["id"], parent_ts, oldest=oldest, latest=latest, limit=args.limit(1000, 1000), metadata=metadata
    )
    found = _cut_short(found, more=more)
    return {"messages": [parent, *found], "has_more": more, **_next(found, more=more)}


METHODS = {
    "conversations.list": Method(listing, (), TIER_2),
    "conversations.info": Method(info, (), TIER_3),
    "conversations.history": Method(history, (), TIER_3),
    "conversations.replies": Method(replies, (), TIER_3),
}
