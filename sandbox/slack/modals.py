"""Open modals (a stack of at most three per user) and Home views.

Modals live in memory, as a client's do; Home views are stored in the workspace's file.
"""

import secrets
from typing import Any

from . import limits
from .errors import SlackError
from .screens import Screens
from .store import Store, dump, load

View = dict[str, Any]


class Modals:
    def __init__(self, store: Store, screens: Screens) -> None:
        self._store = store
        self._screens = screens
        self._stacks: dict[str, list[View]] = {}

    def stack(self, user: str) -> list[View]:
        return list(self._stacks.get(user, []))

    def find(self, view_id: str | None, external_id: str | None) -> tuple[str, View] | None:
        """The user and the open view, by either id."""
        for user, stack in self._stacks.items():
            for view in stack:
                if view["id"] == view_id or (external_id and view["external_id"] == external_id):
                    return user, view
        return None

    def external_id_taken(self, external_id: str, besides: str | None) -> bool:
        if not external_id:
            return False
        open_views = [view for stack in self._stacks.values() for view in stack]
        home_views = [load(data) for (data,) in self._store.rows("SELECT data FROM home_views")]
        return any(view["external_id"] == external_id and view["id"] != besides for view in open_views + home_views)

    def open(self, user: str, view: View) -> None:
        """A new modal in place of whatever was open."""
        self._stacks[user] = [{**view, "root_view_id": view["id"], "previous_view_id": None}]
        self._screens.show(user, "view_opened", view=self._stacks[user][0], depth=1)

    def push(self, user: str, view: View) -> View:
        stack = self._stacks.setdefault(user, [])
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= limits.MODAL_STACK:
            raise SlackError("push_limit_reached")
        pushed = {**view, "root_view_id": stack[0]["id"], "previous_view_id": stack[-1]["id"]}
        stack.append(pushed)
        self._screens.show(user, "view_pushed", view=pushed, depth=len(stack))
        return pushed

    def update(self, user: str, old: View, new: View) -> View:
        """Put `new` in the place of `old`; it keeps its id and its place in the stack."""
        stack = self._stacks[user]
        same = {name: old[name] for name in ("id", "root_view_id", "previous_view_id")}
        updated = {**new, **same}
        stack[next(n for n, view in enumerate(stack) if view["id"] == old["id"])] = updated
        self._screens.show(user, "view_updated", view=updated)
        return updated

    def remember_state(self, user: str, view_id: str, values: dict[str, Any]) -> View:
        """Keep what the user has filled in; the page knows it already."""
        view = next(view for view in self._stacks[user] if view["id"] == view_id)
        view["state"] = {"values": values}
        return view

    def close(self, user: str, view_id: str) -> list[View]:
        """Close a view and those above it; returns them, the top one first."""
        stack = self._stacks.get(user, [])
        index = next((n for n, view in enumerate(stack) if view["id"] == view_id), None)
        if index is None:
            return []
        closed = stack[index:]
        self._stacks[user] = stack[:index]
        self._screens.show(user, "view_closed", view_id=view_id, depth=index)
        return closed[::-1]

    def clear(self, user: str) -> list[View]:
        stack = self._stacks.get(user, [])
        return self.close(user, stack[0]["id"]) if stack else []

    def home(self, user: str) -> View | None:
        found = self._store.row("SELECT data FROM home_views WHERE user = ?", user)
        return None if found is None else load(found[0])

    def publish(self, user: str, view: View) -> None:
        self._store.run("INSERT OR REPLACE INTO home_views VALUES (?, ?)", user, dump(view))
        self._screens.show(user, "home", view=view)


def new_hash(now: float) -> str:
    return f"{int(now)}.{secrets.token_hex(4)}"
