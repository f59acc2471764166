"""Channels, private channels and direct messages: who is in them, what was read."""

from datetime import datetime
from typing import Any

from .seed import Seed
from .store import Store, dump, load

# Which scopes open which kind of conversation, by the method family's suffix ("read", "history", …).
SCOPE_FAMILY = {"channel": "channels", "private": "groups", "im": "im"}


def is_member(store: Store, channel: str, user: str) -> bool:
    return store.row("SELECT 1 FROM members WHERE channel = ? AND user = ?", channel, user) is not None


class Channels:
    def __init__(self, store: Store, team: str) -> None:
        self._store = store
        self._team = team

    def plant(self, seed: Seed, now: datetime) -> None:
        everybody = tuple(user.id for user in seed.users if not user.is_guest and not user.deleted)
        for one in seed.channels:
            creator = one.members[0] if one.members else everybody[0]
            kind = "private" if one.is_private else "channel"
            channel = self.new(one.id, one.name, kind, creator, now)
            channel["topic"]["value"], channel["purpose"]["value"] = one.topic, one.purpose
            channel["is_archived"] = one.is_archived
            self.save(channel)
            members = (one.members or everybody) + ((seed.bot_user_id,) if one.with_bot else ())
            for user in members:
                self.add_member(one.id, user, now)

    def new(self, channel: str, name: str, kind: str, creator: str, now: datetime) -> dict[str, Any]:
        """A channel's stored record; `kind` is `channel` or `private`."""
        created = int(now.timestamp())
        note = {"value": "", "creator": "", "last_set": 0}
        return {
            "id": channel,
            "name": name,
            "is_channel": kind == "channel",
            "is_group": kind == "private",
            "is_im": False,
            "is_mpim": False,
            "is_private": kind == "private",
            "created": created,
            "is_archived": False,
            "is_general": name == "general",
            "unlinked": 0,
            "name_normalized": name,
            "is_shared": False,
            "is_org_shared": False,
            "is_ext_shared": False,
            "is_pending_ext_shared": False,
            "pending_shared": [],
            "context_team_id": self._team,
            "updated": created * 1000,
            "parent_conversation": None,
            "creator": creator,
            "shared_team_ids": [self._team],
            "topic": dict(note),
            "purpose": dict(note),
            "previous_names": [],
        }

    def save(self, channel: dict[str, Any]) -> None:
        kind = "im" if channel["is_im"] else "private" if channel["is_private"] else "channel"
        name = channel.get("name") or "|".join(sorted(channel["users"]))
        self._store.run(
            "INSERT INTO channels VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
            " kind = excluded.kind, data = excluded.data",
            channel["id"],
            name,
            kind,
            dump(channel),
        )

    def get(self, channel: str) -> dict[str, Any] | None:
        """The stored record with its `kind`; for direct messages `users` holds both sides."""
        found = self._store.row("SELECT kind, data FROM channels WHERE id = ?", channel)
        return None if found is None else {**load(found[1]), "kind": found[0]}

    def id_of(self, given: str) -> str:
        """The id of a channel given by id, as `#name` or as `name`; the text itself if it is none of them."""
        named = None if self.get(given) else self.by_name(given.removeprefix("#"))
        return str(named["id"]) if named else given

    def by_name(self, name: str) -> dict[str, Any] | None:
        found = self._store.row("SELECT id FROM channels WHERE name = ? AND kind != 'im'", name)
        return None if found is None else self.get(found[0])

    def all(self) -> list[dict[str, Any]]:
        rows = self._store.rows("SELECT kind, data FROM channels ORDER BY id")
        return [{**load(data), "kind": kind} for kind, data in rows]

    def direct(self, one: str, other: str, now: datetime) -> tuple[dict[str, Any], bool]:
        """The direct message between two users, opened if need be; true when it was there already."""
        name = "|".join(sorted((one, other)))
        found = self._store.row("SELECT data FROM channels WHERE kind = 'im' AND name = ?", name)
        if found is not None:
            return {**load(found[0]), "kind": "im"}, True
        both = sorted((one, other))
        channel: dict[str, Any] = {
            "id": self._store.new_id("D"),
            "created": int(now.timestamp()),
            "is_archived": False,
            "is_im": True,
            "is_private": True,
            "is_org_shared": False,
            "context_team_id": self._team,
            "users": both,
        }
        with self._store.transaction():
            self.save(channel)
            for user in both:
                self.add_member(channel["id"], user, now)
        return {**channel, "kind": "im"}, False

    def members(self, channel: str) -> list[str]:
        rows = self._store.rows("SELECT user FROM members WHERE channel = ? ORDER BY joined, user", channel)
        return [user for (user,) in rows]

    def is_member(self, channel: str, user: str) -> bool:
        return is_member(self._store, channel, user)

    def add_member(self, channel: str, user: str, now: datetime) -> bool:
        """False if the user was in already."""
        sql = "INSERT OR IGNORE INTO members VALUES (?, ?, ?)"
        return self._store.run(sql, channel, user, now.timestamp()) > 0

    def remove_member(self, channel: str, user: str) -> bool:
        return self._store.run("DELETE FROM members WHERE channel = ? AND user = ?", channel, user) > 0

    def mark_read(self, channel: str, user: str, ts: str) -> None:
        self._store.run("INSERT OR REPLACE INTO reads VALUES (?, ?, ?)", channel, user, ts)

    def last_read(self, channel: str, user: str) -> str:
        found = self._store.row("SELECT ts FROM reads WHERE channel = ? AND user = ?", channel, user)
        return "0000000000.000000" if found is None else str(found[0])

    def unread(self, channel: str, user: str) -> int:
        """Messages of others after the last read, replies left out; counted up to 100."""
        found = self._store.row(
            "SELECT count(*) FROM (SELECT 1 FROM messages WHERE channel = ? AND ts > ? AND author != ?"
            " AND (thread_ts IS NULL OR thread_ts = ts OR broadcast) LIMIT 100)",
            channel,
            self.last_read(channel, user),
            user,
        )
        return int(found[0])


def shown(channel: dict[str, Any], viewer: str, *, is_member: bool, num_members: int | None = None) -> dict[str, Any]:
    """The conversation object as Slack gives it to `viewer`."""
    if channel["kind"] == "im":
        other = next((user for user in channel["users"] if user != viewer), viewer)
        hidden = ("kind", "users", "is_private")
        body = {name: value for name, value in channel.items() if name not in hidden}
        return {**body, "user": other, "is_user_deleted": False, "priority": 0}
    body = {name: value for name, value in channel.items() if name != "kind"}
    body["is_member"] = is_member
    if num_members is not None:
        body["num_members"] = num_members
    return body
