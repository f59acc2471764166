"""The workspace's things as the chat page wants them (see the browser protocol)."""

import html
from typing import Any

from .core import Core
from .surfaces import walk

Shape = dict[str, Any]


def user(person: Shape) -> Shape:
    profile = person["profile"]
    return {
        "id": person["id"],
        "name": person["name"],
        "real_name": person["real_name"],
        "display_name": profile["display_name"],
        "email": profile.get("email", ""),
        "tz": person["tz"],
        "tz_label": person["tz_label"],
        "tz_offset": person["tz_offset"],
        "is_admin": person["is_admin"],
        "is_bot": person["is_bot"],
        "color": person["color"],
    }


def channel(core: Core, record: Shape, viewer: str) -> Shape:
    members = core.channels.members(record["id"])
    other, name = None, record.get("name", "")
    if record["kind"] == "im":
        other = next((one for one in record["users"] if one != viewer), viewer)
        person = core.user(other)
        name = person["profile"]["display_name"] if person else other
    return {
        "id": record["id"],
        "name": name,
        "kind": record["kind"],
        "is_member": viewer in members,
        "is_archived": bool(record.get("is_archived")),
        "topic": record.get("topic", {}).get("value", ""),
        "purpose": record.get("purpose", {}).get("value", ""),
        "num_members": len(members),
        "im_user": other,
        "members": members,
        "last_read": core.channels.last_read(record["id"], viewer),
        "unread": core.channels.unread(record["id"], viewer) if viewer in members else 0,
    }


def content(core: Core, thing: Shape, viewer: str) -> Shape:
    """A message or view as the page draws it: plain texts as they read, pictures and files where it can load them."""
    written = str([thing.get(name) for name in ("blocks", "title", "submit", "close")])
    if "files" not in thing and "attachments" not in thing and "slack_file" not in written and "&" not in written:
        return thing
    copied: Shape = _copy(thing)
    for _, node in walk(copied):
        if node.get("type") == "plain_text":
            node["text"] = html.unescape(node["text"])
        if isinstance(node.get("slack_file"), dict):
            found = core.files.find(node["slack_file"])
            if found is not None:
                node["image_url"] = f"/browser/api/files/{found['id']}?user={viewer}"
    for one in copied.get("files", []):
        one["download"] = f"/browser/api/files/{one['id']}?user={viewer}"
    return copied


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(inner) for name, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list) else value


def push(core: Core, viewer: str, raw: Shape) -> Shape:
    """A push as it goes over the WebSocket."""
    if raw["type"] == "channel":
        record = core.channels.get(raw["channel"])
        return {**raw, "channel": channel(core, record, viewer) if record else None}
    return holding(core, viewer, raw)


def holding(core: Core, viewer: str, answer: Shape) -> Shape:
    """An answer, or a push, whose `message` or `view` the page can show."""
    named = {name: answer[name] for name in ("message", "view") if isinstance(answer.get(name), dict)}
    return {**answer, **{name: content(core, thing, viewer) for name, thing in named.items()}}


def boot(core: Core, viewer: str) -> Shape:
    identity, people = core.identity, core.people.users(core.now())
    visible = [record for record in core.channels.all() if viewer in core.onlookers(record)]
    transport = core.delivery.transport
    return {
        "team": {"id": identity.team_id, "name": identity.team_name, "domain": identity.team_domain},
        "me": next(user(one) for one in people if one["id"] == viewer),
        "users": [user(one) for one in people],
        "channels": [channel(core, record, viewer) for record in visible],
        "app": {
            "id": identity.app_id,
            "name": core.app.name,
            "bot_user_id": identity.bot_user_id,
            "bot_id": identity.bot_id,
            "home_tab": core.app.home_tab,
            "messages_tab": core.app.messages_tab,
            "connected": transport is not None and transport.connected(),
            "transport": transport.name if transport else "socket",
        },
        "commands": [
            {"command": one.command, "description": one.description, "usage_hint": one.usage_hint}
            for one in core.app.commands.values()
        ],
        "shortcuts": [
            {"callback_id": one.callback_id, "name": one.name, "description": one.description, "type": one.type}
            for one in core.app.shortcuts.values()
        ],
        "usergroups": [
            {"id": one["id"], "handle": one["handle"], "name": one["name"], "users": one["users"]}
            for one in core.people.groups()
        ],
        "seq": core.screens.seq(viewer),
        "time": core.screens.time(),
    }
