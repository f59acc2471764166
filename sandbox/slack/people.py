"""Users and user groups of the workspace, in Slack's shapes."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from .seed import Seed, SeedUser, SeedUserGroup
from .store import Store, dump, load

SLACKBOT = "USLACKBOT"


def _profile(real_name: str, name: str, email: str | None) -> dict[str, Any]:
    first, _, last = real_name.partition(" ")
    profile = {
        "real_name": real_name,
        "real_name_normalized": real_name,
        "display_name": name,
        "display_name_normalized": name,
        "first_name": first,
        "last_name": last,
        "title": "",
        "status_text": "",
        "status_emoji": "",
    }
    return {**profile, "email": email} if email else profile


def _user(team: str, user: SeedUser, *, is_bot: bool, extra: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "id": user.id,
        "team_id": team,
        "name": user.name,
        "deleted": user.deleted,
        "color": user.color,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "profile": {**_profile(user.real_name, user.name, user.email or None), "phone": user.phone, **(extra or {})},
        "is_admin": user.is_admin,
        "is_owner": user.is_admin,
        "is_primary_owner": False,
        "is_restricted": user.is_guest,
        "is_ultra_restricted": False,
        "is_bot": is_bot,
        "is_app_user": False,
    }


class People:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._humans: list[str] = []
        self._guests: frozenset[str] | None = None

    def plant(self, seed: Seed, app_name: str, bot_name: str, now: datetime) -> None:
        bot = SeedUser(seed.bot_user_id, bot_name.lower().replace(" ", "_"), app_name, "", "America/Los_Angeles")
        extra = {"bot_id": seed.bot_id, "api_app_id": seed.app_id, "always_active": False}
        users = [_user(seed.team_id, one, is_bot=False) for one in seed.users]
        users.append(_user(seed.team_id, bot, is_bot=True, extra=extra))
        users.append(_user(seed.team_id, SeedUser(SLACKBOT, "slackbot", "Slackbot", ""), is_bot=False))
        for user in users:
            user["updated"] = int(now.timestamp())
            self._store.run("INSERT INTO users VALUES (?, ?)", user["id"], dump(user))
        for group in seed.usergroups:
            self._store.run("INSERT INTO usergroups VALUES (?, ?)", group.id, dump(_group(seed.team_id, group, now)))

    def user(self, user: str, now: datetime) -> dict[str, Any] | None:
        found = self._store.row("SELECT data FROM users WHERE id = ?", user)
        return None if found is None else _with_offset(load(found[0]), now)

    def users(self, now: datetime) -> list[dict[str, Any]]:
        return [_with_offset(load(data), now) for (data,) in self._store.rows("SELECT data FROM users ORDER BY id")]

    def human_ids(self) -> list[str]:
        """Everybody who can sign in; nobody joins or leaves a workspace after it was planted."""
        if not self._humans:
            rows = self._store.rows(
                "SELECT id FROM users WHERE NOT json_extract(data, '$.is_bot')"
                " AND NOT json_extract(data, '$.deleted') ORDER BY id"
            )
            self._humans = [user for (user,) in rows if user != SLACKBOT]
        return self._humans

    def is_guest(self, user: str) -> bool:
        if self._guests is None:
            rows = self._store.rows("SELECT id FROM users WHERE json_extract(data, '$.is_restricted')")
            self._guests = frozenset(guest for (guest,) in rows)
        return user in self._guests

    def groups(self) -> list[dict[str, Any]]:
        return [load(data) for (data,) in self._store.rows("SELECT data FROM usergroups ORDER BY id")]


def _with_offset(user: dict[str, Any], now: datetime) -> dict[str, Any]:
    offset = now.astimezone(ZoneInfo(user["tz"])).utcoffset()
    user["tz_offset"] = int(offset.total_seconds()) if offset is not None else 0
    return user


def _group(team: str, group: SeedUserGroup, now: datetime) -> dict[str, Any]:
    created = int(now.timestamp())
    return {
        "id": group.id,
        "team_id": team,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": created,
        "date_update": created,
        "date_delete": 0,
        "auto_type": None,
        "auto_provision": False,
        "enterprise_subteam_id": "",
        "created_by": "USLACKBOT",
        "updated_by": "USLACKBOT",
        "deleted_by": None,
        "prefs": {"channels": [], "groups": []},
        "users": list(group.users),
        "user_count": len(group.users),
    }
