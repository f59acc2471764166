"""A user uses a shortcut, or opens the app's Home or Messages tab.

https://docs.slack.dev/interactivity/implementing-shortcuts
"""

from typing import Any

from . import events, payloads
from .acting import ActFailed, ask_app, channel_for, person
from .core import Core


async def use(core: Core, user: str, callback_id: str, channel: str | None = None, ts: str | None = None) -> None:
    """A global shortcut, or with `channel` and `ts` a message shortcut."""
    person(core, user)
    shortcut = core.app.shortcuts.get(callback_id)
    if shortcut is None:
        known = ", ".join(core.app.shortcuts) or "none"
        raise ActFailed("unknown_shortcut", f"The app has no shortcut {callback_id!r}; it has {known}.")
    if shortcut.type == "message":
        payload = _on_message(core, user, callback_id, channel, ts)
    else:
        payload = {**payloads.common(core, user, "shortcut"), "callback_id": callback_id}
    payload |= {"action_ts": core.timestamps.next(), "trigger_id": core.triggers.give(user)}
    try:
        await ask_app(core, "interactive", payload)
    except ActFailed as failure:
        text = (
            f"{shortcut.name} didn't work. The app did not respond in time."
            if (failure.code == "operation_timeout")
            else f"{shortcut.name} didn't work. The app is not reachable."
        )
        where = {"kind": "shortcut", "callback_id": callback_id}
        core.screens.show(user, "failed", where=where, error=failure.code, message=text)
        raise ActFailed(failure.code, text) from None


def _on_message(core: Core, user: str, callback_id: str, channel: str | None, ts: str | None) -> dict[str, Any]:
    where = channel_for(core, user, channel or "")
    message = core.messages.get(where["id"], ts or "")
    if message is None:
        raise ActFailed("message_not_found", f"There is no message {ts!r} in {channel!r}.")
    return {
        **payloads.common(core, user, "message_action"),
        "callback_id": callback_id,
        "channel": payloads.channel_field(where),
        "message_ts": message["ts"],
        "message": message,
        "response_url": core.response_urls.give(
            core.base_url, "app", user, where["id"], thread_ts=message.get("thread_ts")
        ),
    }


def open_home(core: Core, user: str, tab: str = "home") -> dict[str, Any] | None:
    """Open a tab of the app; the Home view there is (before the app answers the event)."""
    person(core, user)
    enabled = core.app.home_tab if tab == "home" else core.app.messages_tab
    if tab not in ("home", "messages") or not enabled:
        raise ActFailed("tab_not_enabled", f"The app has no {tab!r} tab.")
    direct, _ = core.channels.direct(user, core.identity.bot_user_id, core.now())
    view = core.modals.home(user)
    event: dict[str, Any] = {
        "type": "app_home_opened",
        "user": user,
        "channel": direct["id"],
        "tab": tab,
        "event_ts": core.timestamps.next(),
    }
    if tab == "home" and view is not None:
        event["view"] = view
    events.publish(core, event)
    return view
