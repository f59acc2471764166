"""What a user chose or typed, turned into Slack's state and action values.

https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

import re
from typing import Any

from .surfaces import elements_of

Element = dict[str, Any]


class BadValue(Exception):
    """The value does not belong to the element; the text says what was expected."""


# Where each kind keeps its value in state, and where its first value comes from.
_STATE_KEY = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", None),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
}
_LISTS = frozenset(kind for kind, (key, _) in _STATE_KEY.items() if key.endswith("s"))
# Elements that act but keep nothing.
_STATELESS = frozenset({"overflow"})


def state_key(kind: str) -> str | None:
    """The field of the element's value, such as `selected_option`; None for buttons."""
    return _STATE_KEY[kind][0] if kind in _STATE_KEY else None


def find_element(blocks: list[dict[str, Any]], block_id: str, action_id: str) -> Element | None:
    for block in blocks:
        if block.get("block_id") == block_id:
            return next((one for one in elements_of(block) if one.get("action_id") == action_id), None)
    return None


def find_action(blocks: list[dict[str, Any]], action_id: str) -> str | None:
    """The block that holds the only element with this action_id."""
    return next(
        (
            str(block["block_id"])
            for block in blocks
            if any(one.get("action_id") == action_id for one in elements_of(block))
        ),
        None,
    )


def stateful(blocks: list[dict[str, Any]]) -> list[tuple[str, Element]]:
    """Block id and element of everything that holds a value."""
    return [
        (block["block_id"], element)
        for block in blocks
        for element in elements_of(block)
        if element["type"] in _STATE_KEY and element["type"] not in _STATELESS
    ]


def initial_values(blocks: list[dict[str, Any]], typed: dict[str, Any]) -> dict[str, Any]:
    """`state.values` of fresh blocks; what is in `typed` under the same ids and of the same kind stays."""
    values: dict[str, Any] = {}
    for block_id, element in stateful(blocks):
        action_id, kind = element["action_id"], element["type"]
        key, first = _STATE_KEY[kind]
        before = typed.get(block_id, {}).get(action_id)
        if before is not None and before["type"] == kind:
            values.setdefault(block_id, {})[action_id] = before
            continue
        empty: Any = [] if kind in _LISTS else None
        value = element.get(first, empty) if first else empty
        values.setdefault(block_id, {})[action_id] = {"type": kind, key: value}
    return values


def merged(blocks: list[dict[str, Any]], known: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Known values overlaid with what the page sends (`{block_id: {action_id: plain value}}`)."""
    values = initial_values(blocks, known)
    for block_id, actions in given.items():
        for action_id, value in actions.items():
            element = find_element(blocks, block_id, action_id)
            if element is None:
                raise BadValue(f"no element {block_id}/{action_id} in this view or message")
            values.setdefault(block_id, {})[action_id] = state_value(element, value)
    return values


def state_value(element: Element, value: Any) -> dict[str, Any]:
    """The state entry of an element for a plain value; BadValue if it does not fit."""
    kind = element["type"]
    if kind not in _STATE_KEY:
        raise BadValue(f"a {kind} holds no value")
    key = _STATE_KEY[kind][0]
    if value is None or value in ("", []):
        return {"type": kind, key: [] if kind in _LISTS else None}
    if key.startswith("selected_option"):
        chosen = [_option(element, one) for one in (value if kind in _LISTS else [value])]
        return {"type": kind, key: chosen if kind in _LISTS else chosen[0]}
    if kind == "datetimepicker":
        value = int(value)
    elif kind in _LISTS and not isinstance(value, list):
        raise BadValue(f"{kind} takes a list")
    _check_form(kind, value)
    return {"type": kind, key: value}


def rich_text(text: str) -> dict[str, Any]:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


def _option(element: Element, value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    offered = list(element.get("options", []))
    for group in element.get("option_groups", []):
        offered.extend(group["options"])
    offered += [one for one in [element.get("initial_option"), *element.get("initial_options", [])] if one]
    for option in offered:
        if option["value"] == value:
            return dict(option)
    known = ", ".join(repr(option["value"]) for option in offered[:10])
    raise BadValue(f"{element.get('action_id')} has no option {value!r}; it has {known or 'none of its own'}")


def _check_form(kind: str, value: Any) -> None:
    forms = {"datepicker": r"\d{4}-\d{2}-\d{2}", "timepicker": r"\d{2}:\d{2}"}
    if kind in forms and not re.fullmatch(forms[kind], str(value)):
        raise BadValue(f"{value!r} is no value for a {kind}")
