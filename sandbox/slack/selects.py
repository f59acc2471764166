"""Select menus, single and multiple, of their five data sources.

https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
"""

from typing import Any

from . import limits
from .composition import CONFIRM, CONVERSATION_FILTER, OPTION_GROUP, SELECT_OPTION
from .elements import FOCUS, PLACEHOLDER, among_options, element
from .schema import Arr, Bool, Check, Num, Obj, Problem, Problems, Rule, Str, one_of

_COMMON: dict[str, Rule] = {"confirm": CONFIRM, **PLACEHOLDER, **FOCUS}
_STATIC: dict[str, Rule] = {
    "options": Arr(SELECT_OPTION, limits.OPTIONS, 1),
    "option_groups": Arr(OPTION_GROUP, limits.OPTION_GROUPS, 1),
}
_EXTERNAL: dict[str, Rule] = {"min_query_length": Num(0)}
_CONVERSATIONS: dict[str, Rule] = {"default_to_current_conversation": Bool(), "filter": CONVERSATION_FILTER}
_ID = Str(least=1)


def _within_maximum(value: dict[str, Any], at: str, into: Problems) -> None:
    most = value.get("max_selected_items")
    for name in ("initial_options", "initial_users", "initial_conversations", "initial_channels"):
        if most is not None and len(value.get(name, [])) > most:
            into.append(Problem(f"{at}/{name}", f"no more than {most} items allowed"))


def _single(kind: str, fields: dict[str, Rule], also: tuple[Check, ...] = ()) -> Obj:
    return element(kind, {**_COMMON, **fields}, (), also)


def _multi(kind: str, fields: dict[str, Rule], also: tuple[Check, ...] = ()) -> Obj:
    return element(kind, {**_COMMON, "max_selected_items": Num(1), **fields}, (), (_within_maximum, *also))


SELECTS: dict[str, Rule] = {
    "static_select": _single(
        "static_select",
        {**_STATIC, "initial_option": SELECT_OPTION},
        (one_of("options", "option_groups"), among_options),
    ),
    "external_select": _single("external_select", {**_EXTERNAL, "initial_option": SELECT_OPTION}),
    "users_select": _single("users_select", {"initial_user": _ID}),
    "conversations_select": _single("conversations_select", {**_CONVERSATIONS, "initial_conversation": _ID}),
    "channels_select": _single("channels_select", {"initial_channel": _ID}),
}

MULTI_SELECTS: dict[str, Rule] = {
    "multi_static_select": _multi(
        "multi_static_select",
        {**_STATIC, "initial_options": Arr(SELECT_OPTION, limits.OPTIONS, 1)},
        (one_of("options", "option_groups"), among_options),
    ),
    "multi_external_select": _multi(
        "multi_external_select", {**_EXTERNAL, "initial_options": Arr(SELECT_OPTION, limits.OPTIONS, 1)}
    ),
    "multi_users_select": _multi("multi_users_select", {"initial_users": Arr(_ID)}),
    "multi_conversations_select": _multi(
        "multi_conversations_select", {**_CONVERSATIONS, "initial_conversations": Arr(_ID)}
    ),
    "multi_channels_select": _multi("multi_channels_select", {"initial_channels": Arr(_ID)}),
}
