"""Everything a user can do, by name; the browser and the control API both call these."""

from collections.abc import Awaitable, Callable
from typing import Any

from . import actions, commands, posting, shortcuts, submissions, typing_acts
from .acting import ActFailed, channel_for, person
from .core import Core

Body = dict[str, Any]
Act = Callable[[Core, str, Body], Awaitable[dict[str, Any]]]


def _text(body: Body, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise ActFailed("bad_request", f"{name!r} is missing: a text is needed.")
    return value


def _optional(body: Body, name: str) -> str | None:
    return _text(body, name) if body.get(name) is not None else None


def container(core: Core, user: str, body: Body) -> dict[str, Any]:
    """The container named; else by `channel` and `ts`, by `view_id`, or the user's topmost modal."""
    given = body.get("container")
    if isinstance(given, dict):
        return given
    if body.get("ts"):
        return {"type": "message", "channel": _text(body, "channel"), "ts": _text(body, "ts")}
    return {"type": "view", "view_id": _view_id(core, user, body)}


def _view_id(core: Core, user: str, body: Body) -> str:
    if body.get("view_id"):
        return _text(body, "view_id")
    stack = core.modals.stack(user)
    if not stack:
        raise ActFailed("no_such_view", f"{user} has no open modal.")
    return str(stack[-1]["id"])


async def _post(core: Core, user: str, body: Body) -> dict[str, Any]:
    message = typing_acts.write(
        core,
        user,
        _text(body, "channel"),
        _text(body, "text"),
        _optional(body, "thread_ts"),
        broadcast=bool(body.get("broadcast")),
    )
    return {"message": message}


async def _edit(core: Core, user: str, body: Body) -> dict[str, Any]:
    typing_acts.edit(core, user, _text(body, "channel"), _text(body, "ts"), _text(body, "text"))
    return {}


async def _delete(core: Core, user: str, body: Body) -> dict[str, Any]:
    typing_acts.delete(core, user, _text(body, "channel"), _text(body, "ts"))
    return {}


async def _command(core: Core, user: str, body: Body) -> dict[str, Any]:
    await commands.run(core, user, _text(body, "channel"), _text(body, "text"), _optional(body, "thread_ts"))
    return {}


async def _action(core: Core, user: str, body: Body) -> dict[str, Any]:
    where, block_id = container(core, user, body), _optional(body, "block_id")
    await actions.act(core, user, where, _text(body, "action_id"), block_id, body.get("value"), body.get("state"))
    return {}


async def _options(core: Core, user: str, body: Body) -> dict[str, Any]:
    where, query = container(core, user, body), str(body.get("query", ""))
    return await actions.suggest(core, user, where, _text(body, "action_id"), _optional(body, "block_id"), query)


async def _shortcut(core: Core, user: str, body: Body) -> dict[str, Any]:
    await shortcuts.use(core, user, _text(body, "callback_id"), _optional(body, "channel"), _optional(body, "ts"))
    return {}


async def _submit(core: Core, user: str, body: Body) -> dict[str, Any]:
    state = body.get("state") or {}
    if not isinstance(state, dict) or not all(isinstance(one, dict) for one in state.values()):
        raise ActFailed("bad_request", "'state' must be {block_id: {action_id: value}}.")
    return await submissions.submit(core, user, _view_id(core, user, body), state)


async def _close(core: Core, user: str, body: Body) -> dict[str, Any]:
    await submissions.close(core, user, _view_id(core, user, body), everything=bool(body.get("all")))
    return {}


async def _open_home(core: Core, user: str, body: Body) -> dict[str, Any]:
    return {"view": shortcuts.open_home(core, user, str(body.get("tab") or "home"))}


async def _join(core: Core, user: str, body: Body) -> dict[str, Any]:
    person(core, user)
    typing_acts.join(core, user, channel_for(core, user, _text(body, "channel"))["id"])
    return {}


async def _leave(core: Core, user: str, body: Body) -> dict[str, Any]:
    person(core, user)
    typing_acts.leave(core, user, _text(body, "channel"))
    return {}


def _in_channel(run: Callable[[Core, str, str], None]) -> Act:
    async def act(core: Core, user: str, body: Body) -> dict[str, Any]:
        run(core, user, _text(body, "channel"))
        return {}

    return act


async def _open_direct(core: Core, user: str, body: Body) -> dict[str, Any]:
    person(core, user)
    other = _text(body, "with")
    known = core.user(other)
    if known is None or known["deleted"]:
        raise ActFailed("user_not_found", f"There is no user {other!r}.")
    channel, was_there = core.channels.direct(user, other, core.now())
    if not was_there:
        posting.show_channel(core, channel)
    return {"channel": channel["id"]}


async def _read(core: Core, user: str, body: Body) -> dict[str, Any]:
    channel = channel_for(core, user, _text(body, "channel"))["id"]
    core.channels.mark_read(channel, user, _text(body, "ts"))
    unread = core.channels.unread(channel, user)
    core.screens.show(user, "unread", channel=channel, unread=unread, mention=False)
    return {"unread": unread}


ACTS: dict[str, Act] = {
    "post": _post,
    "edit": _edit,
    "delete": _delete,
    "command": _command,
    "action": _action,
    "options": _options,
    "shortcut": _shortcut,
    "view/submit": _submit,
    "view/close": _close,
    "home/open": _open_home,
    "join": _join,
    "leave": _leave,
    "invite_app": _in_channel(typing_acts.invite),
    "remove_app": _in_channel(typing_acts.remove),
    "archive": _in_channel(typing_acts.archive),
    "open_im": _open_direct,
    "read": _read,
}


async def perform(core: Core, name: str, body: Body) -> dict[str, Any]:
    """`{"ok": true, …}` or `{"ok": false, "error": code, "message": text, …}`; never raises for a refused act."""
    try:
        act = ACTS.get(name)
        if act is None:
            raise ActFailed("unknown_act", f"There is no act {name!r}; there are {', '.join(ACTS)}.")
        return {"ok": True, **await act(core, _text(body, "user"), body)}
    except ActFailed as failure:
        return {"ok": False, "error": failure.code, "message": failure.text, **failure.fields}
