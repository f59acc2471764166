"""The shape of modal and Home views.

https://docs.slack.dev/surfaces/modals, https://docs.slack.dev/reference/views
"""

import json
from typing import Any

from . import limits
from .composition import plain
from .errors import SlackError
from .schema import Arr, Bool, Json, Obj, Problem, Problems, Rule, Str, typed
from .surfaces import FileVisible, check_blocks


class _Anything:
    def check(self, value: Json, at: str, into: Problems) -> None:
        """Blocks are checked on their own, by the rules of the surface."""


_COMMON: dict[str, Rule] = {
    "blocks": Arr(_Anything()),
    "private_metadata": Str(limits.PRIVATE_METADATA),
    "callback_id": Str(limits.CALLBACK_ID),
    "external_id": Str(limits.EXTERNAL_ID),
}
_MODAL: Obj = typed(
    "modal",
    {
        **_COMMON,
        "title": plain(limits.VIEW_TITLE),
        "submit": plain(limits.VIEW_TITLE),
        "close": plain(limits.VIEW_TITLE),
        "clear_on_close": Bool(),
        "notify_on_close": Bool(),
    },
    ("title", "blocks"),
)
_HOME: Obj = typed("home", _COMMON, ("blocks",))


def check_view(view: Json, at: str, kind: str, file_visible: FileVisible) -> Problems:
    """All that is wrong with `view` as a `modal` or `home` view; raises `view_too_large` over 250 kB."""
    if not isinstance(view, dict):
        return [Problem(at, "must provide an object")]
    if "type" in view and view["type"] != kind:
        return [Problem(f"{at}/type", f"unsupported type: {str(view['type'])[:80]}", "unsupported_type")]
    if len(json.dumps(view)) > limits.VIEW_BYTES:
        raise SlackError("view_too_large")
    into: Problems = []
    (_MODAL if kind == "modal" else _HOME).check(view, at, into)
    if isinstance(view.get("blocks"), list):
        into += check_blocks(view["blocks"], "modal" if kind == "modal" else "home", f"{at}/blocks", file_visible)
    if not into and kind == "modal":
        _submit_needed(view, at, into)
    return into


def _submit_needed(view: dict[str, Any], at: str, into: Problems) -> None:
    if "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
        into.append(Problem(at, "missing required field: submit", "missing_required_field"))


def refuse(problems: Problems) -> None:
    """Raise `invalid_arguments` naming every problem, as the views methods do."""
    if problems:
        lines = [f"[ERROR] {problem.line()}" for problem in problems[:20]]
        raise SlackError("invalid_arguments", response_metadata={"messages": lines})
