"""A user presses, chooses or types in blocks: block_actions and block_suggestion.

https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

from dataclasses import dataclass
from typing import Any

from . import limits, payloads
from .acting import ActFailed, ask_app, channel_for, person
from .core import Core
from .element_state import BadValue, Element, find_action, find_element, merged, state_key, state_value
from .modals import View
from .options_answer import checked_options


@dataclass(frozen=True)
class Place:
    """Where blocks stand: in a message (perhaps ephemeral) or in a view (modal or Home)."""

    blocks: list[dict[str, Any]]
    channel: dict[str, Any] | None = None
    message: dict[str, Any] | None = None
    ephemeral: bool = False
    view: View | None = None


def find_place(core: Core, user: str, container: dict[str, Any]) -> Place:
    """The blocks a container (of the browser protocol) names; ActFailed if this user does not see them."""
    if container.get("type") == "view":
        view_id = container.get("view_id")
        home = core.modals.home(user)
        views = core.modals.stack(user) + ([home] if home else [])
        view = next((one for one in views if one["id"] == view_id), None)
        if view is None:
            raise ActFailed("no_such_view", f"{user} has no open view {view_id!r}.")
        return Place(view["blocks"], view=view)
    channel, ts = channel_for(core, user, str(container.get("channel"))), str(container.get("ts"))
    held = core.ephemerals.get(channel["id"], ts)
    if held is not None and held[0] == user:
        return Place(_all_blocks(held[1]), channel, held[1], ephemeral=True)
    message = core.messages.get(channel["id"], ts)
    if message is None:
        raise ActFailed("message_not_found", f"There is no message {ts} in {channel['id']}.")
    return Place(_all_blocks(message), channel, message)


def _all_blocks(message: dict[str, Any]) -> list[dict[str, Any]]:
    blocks = list(message.get("blocks", []))
    for attachment in message.get("attachments", []):
        blocks.extend(attachment.get("blocks", []))
    return blocks


async def act(
    core: Core,
    user: str,
    container: dict[str, Any],
    action_id: str,
    block_id: str | None = None,
    value: Any = None,
    state: dict[str, Any] | None = None,
) -> None:
    """Press or choose; the failure is shown at the element and raised as ActFailed."""
    person(core, user)
    place = find_place(core, user, container)
    block, element = _element(place, block_id, action_id)
    _check_dispatches(place, block)
    try:
        action, values = _action(core, place, block, element, value, state or {})
    except BadValue as wrong:
        raise ActFailed("invalid_value", str(wrong)) from None
    payload = _payload(core, user, place, values, action)
    try:
        await ask_app(core, "interactive", payload)
    except ActFailed as failure:
        text = "This app responded with an error." if failure.code == "dispatch_failed" else "This app took too long."
        _show_failure(core, user, "action", container, block, action_id, failure.code, text)
        raise ActFailed(failure.code, text) from None


def _element(place: Place, block_id: str | None, action_id: str) -> tuple[str, Element]:
    block = block_id or find_action(place.blocks, action_id)
    element = find_element(place.blocks, block, action_id) if block else None
    if block is None or element is None:
        raise ActFailed("unknown_element", f"There is no element {block_id or '*'}/{action_id} here.")
    return block, element


def _check_dispatches(place: Place, block: str) -> None:
    """An input tells the app nothing before the form is sent, unless it asks for that."""
    for one in place.blocks:
        if one.get("block_id") == block and one["type"] == "input" and not one.get("dispatch_action"):
            raise ActFailed("no_dispatch_action", f"The input block {block} has no dispatch_action; nothing is sent.")


def _action(
    core: Core, place: Place, block: str, element: Element, value: Any, state: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The entry of `actions`, and the state of the whole message or view after the act."""
    kind, action_id = element["type"], element["action_id"]
    known = place.view["state"]["values"] if place.view else {}
    values = merged(place.blocks, known, state)
    action: dict[str, Any] = {"action_id": action_id, "block_id": block}
    if kind == "button":
        action |= {name: element[name] for name in ("text", "value", "style", "url") if name in element}
    elif kind == "feedback_buttons":
        pressed = [element[name] for name in ("positive_button", "negative_button") if element[name]["value"] == value]
        if not pressed:
            raise BadValue(f"feedback_buttons has no button with value {value!r}")
        action |= {"text": pressed[0]["text"], "value": value}
    else:
        entry = state_value(element, value)
        key = state_key(kind)
        action[str(key)] = entry[str(key)]
        if kind != "overflow":
            values[block][action_id] = entry
        also = ("placeholder", "initial_option", "initial_options")
        action |= {name: element[name] for name in also if name in element}
    return {**action, "type": kind, "action_ts": core.timestamps.next()}, values


def _payload(core: Core, user: str, place: Place, values: dict[str, Any], action: dict[str, Any]) -> dict[str, Any]:
    payload = payloads.common(core, user, "block_actions")
    payload["trigger_id"] = core.triggers.give(user)
    payload["actions"] = [action]
    if place.view is not None:
        view = place.view
        if view["type"] == "modal":
            view = core.modals.remember_state(user, view["id"], values)
        payload["view"] = {**view, "state": {"values": values}}
        payload["container"] = {"type": "view", "view_id": view["id"]}
        return payload
    assert place.channel is not None
    assert place.message is not None
    channel, message = place.channel, place.message
    thread_ts = message.get("thread_ts")
    payload["container"] = payloads.message_container(channel["id"], message, ephemeral=place.ephemeral)
    payload["channel"] = payloads.channel_field(channel)
    payload["state"] = {"values": values}
    # Slack does not keep ephemeral messages, so it cannot send them along.
    if not place.ephemeral:
        payload["message"] = message
    payload["response_url"] = core.response_urls.give(
        core.base_url,
        "actions",
        user,
        channel["id"],
        source_ts=message["ts"],
        ephemeral=place.ephemeral,
        thread_ts=thread_ts,
    )
    return payload


async def suggest(
    core: Core, user: str, container: dict[str, Any], action_id: str, block_id: str | None, query: str
) -> dict[str, Any]:
    """Options for what was typed: `{"options": […]}` or `{"option_groups": […]}`.

    None below min_query_length, and none over HTTP for an app without an options load URL.
    """
    person(core, user)
    place = find_place(core, user, container)
    block, element = _element(place, block_id, action_id)
    if element["type"] not in ("external_select", "multi_external_select"):
        raise ActFailed("unknown_element", f"{action_id} does not load its options from the app.")
    transport = core.delivery.transport
    unasked = transport is not None and not transport.loads_options()
    if unasked or len(query) < element.get("min_query_length", limits.MIN_QUERY_LENGTH):
        return {"options": []}
    payload = payloads.common(core, user, "block_suggestion")
    payload |= {"action_id": action_id, "block_id": block, "value": query}
    if place.view is not None:
        payload |= {"view": place.view, "container": {"type": "view", "view_id": place.view["id"]}}
    elif place.channel is not None and place.message is not None:
        channel, message = place.channel, place.message
        payload["container"] = payloads.message_container(channel["id"], message, ephemeral=place.ephemeral)
        payload["channel"] = payloads.channel_field(channel)
        if not place.ephemeral:
            payload["message"] = message
    try:
        return checked_options(await ask_app(core, "interactive", payload))
    except ActFailed as failure:
        _show_failure(core, user, "options", container, block, action_id, failure.code, "Result not loaded.")
        raise ActFailed(failure.code, "Result not loaded.", **failure.fields) from None


def _show_failure(
    core: Core, user: str, kind: str, container: dict[str, Any], block: str, action_id: str, code: str, text: str
) -> None:
    where = {"kind": kind, "container": container, "block_id": block, "action_id": action_id}
    core.screens.show(user, "failed", where=where, error=code, message=text)
