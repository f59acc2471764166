"""A user submits or closes a modal, and what the app's answer does to it.

https://docs.slack.dev/surfaces/modals
"""

from decimal import Decimal, InvalidOperation
from typing import Any

from . import payloads, view_objects
from .acting import ActFailed, ask_app, person
from .core import Core
from .element_state import BadValue, merged, state_key
from .errors import SlackError
from .modals import View

_TROUBLE = "We had some trouble connecting. Try again?"


async def submit(core: Core, user: str, view_id: str, state: dict[str, Any]) -> dict[str, Any]:
    """Submit with what was filled in (`{block_id: {action_id: value}}`); `{"errors": …}` when fields are refused."""
    person(core, user)
    view = _open_view(core, user, view_id)
    try:
        values = merged(view["blocks"], view["state"]["values"], state)
    except BadValue as wrong:
        raise ActFailed("invalid_value", str(wrong)) from None
    errors = field_errors(view["blocks"], values)
    if errors:
        return _show_errors(core, user, view_id, errors)
    view = core.modals.remember_state(user, view_id, values)
    payload = payloads.view_interaction(core, user, "view_submission", view)
    payload |= {"trigger_id": core.triggers.give(user), "response_urls": []}
    try:
        answer = await ask_app(core, "interactive", payload)
        return _obey(core, user, view, answer)
    except (ActFailed, SlackError) as failure:
        code = failure.code
        core.screens.show(user, "failed", where={"kind": "submit", "view_id": view_id}, error=code, message=_TROUBLE)
        reasons = str(failure.fields.get("response_metadata", failure.fields))
        raise ActFailed(code, _TROUBLE, reasons=reasons) from None


async def close(core: Core, user: str, view_id: str, *, everything: bool = False) -> None:
    """The close button (one view), or the X (`everything`: the whole stack). view_closed is not waited for."""
    person(core, user)
    view = _open_view(core, user, view_id)
    cleared = everything or view["clear_on_close"]
    closed = core.modals.clear(user) if cleared else core.modals.close(user, view_id)
    for one in closed:
        if one["notify_on_close"]:
            payload = payloads.view_interaction(core, user, "view_closed", one)
            payload["is_cleared"] = cleared
            core.delivery.spawn(_tell(core, payload))


async def _tell(core: Core, payload: dict[str, Any]) -> None:
    try:
        await ask_app(core, "interactive", payload)
    except ActFailed:
        # The modal is gone, so Slack shows nothing; the delivery is in the record.
        return


def _open_view(core: Core, user: str, view_id: str) -> View:
    view = next((one for one in core.modals.stack(user) if one["id"] == view_id), None)
    if view is None:
        raise ActFailed("no_such_view", f"{user} has no open modal {view_id!r}.")
    return view


def field_errors(blocks: list[dict[str, Any]], values: dict[str, Any]) -> dict[str, str]:
    """What Slack's own form refuses before the app is asked: empty required fields, lengths, forms."""
    errors = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        entry = values.get(block["block_id"], {}).get(element["action_id"], {})
        value = entry.get(str(state_key(element["type"])))
        if value in (None, "", []):
            if not block.get("optional", False):
                errors[block["block_id"]] = "Please complete this required field."
            continue
        problem = _form_error(element, value)
        if problem:
            errors[block["block_id"]] = problem
    return errors


def _form_error(element: dict[str, Any], value: Any) -> str | None:
    kind = element["type"]
    if kind == "plain_text_input":
        if len(value) < element.get("min_length", 0):
            return f"Please enter at least {element['min_length']} characters."
        if len(value) > element.get("max_length", 3000):
            return f"Please enter at most {element.get('max_length', 3000)} characters."
    elif kind == "number_input":
        return _number_error(element, value)
    elif isinstance(value, list) and len(value) > element.get("max_selected_items", len(value)):
        return f"Please choose at most {element['max_selected_items']}."
    return None


def _number_error(element: dict[str, Any], value: str) -> str | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return "Please enter a number."
    if not element["is_decimal_allowed"] and number != number.to_integral_value():
        return "Please enter a whole number."
    if "min_value" in element and number < Decimal(element["min_value"]):
        return f"Please enter a number that is at least {element['min_value']}."
    if "max_value" in element and number > Decimal(element["max_value"]):
        return f"Please enter a number that is at most {element['max_value']}."
    return None


def _obey(core: Core, user: str, view: View, answer: Any) -> dict[str, Any]:
    """Do what the acknowledgement says: close, clear, update, push, or show errors."""
    if answer in (None, "", {}):
        core.modals.close(user, view["id"])
        return {}
    action = answer.get("response_action") if isinstance(answer, dict) else None
    if action == "clear":
        core.modals.clear(user)
    elif action == "errors":
        return _show_errors(core, user, view["id"], _checked_errors(view, answer.get("errors")))
    elif action == "update":
        given = view_objects.checked(core, answer.get("view"), "modal", besides=view["id"])
        new = view_objects.made(core, given, view["id"], view["state"]["values"])
        core.modals.update(user, view, new)
    elif action == "push":
        core.modals.push(user, view_objects.made(core, view_objects.checked(core, answer.get("view"), "modal")))
    else:
        raise ActFailed("invalid_response_action", _TROUBLE, answer=str(answer)[:300])
    return {}


def _checked_errors(view: View, errors: Any) -> dict[str, str]:
    inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not all(isinstance(text, str) for text in errors.values()):
        raise ActFailed("invalid_errors", _TROUBLE, errors=str(errors)[:300])
    unknown = sorted(set(errors) - inputs)
    if unknown:
        raise ActFailed("invalid_errors", _TROUBLE, unknown_block_ids=unknown, input_blocks=sorted(inputs))
    return dict(errors)


def _show_errors(core: Core, user: str, view_id: str, errors: dict[str, str]) -> dict[str, Any]:
    core.screens.show(user, "view_errors", view_id=view_id, errors=errors)
    return {"errors": errors}
