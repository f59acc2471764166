"""Block elements other than selects.

https://docs.slack.dev/reference/block-kit/block-elements
"""

import re
from typing import Any

from . import limits
from .composition import (
    CHOICE_OPTION,
    CONFIRM,
    DISPATCH_CONFIG,
    IMAGE_SOURCE,
    OVERFLOW_OPTION,
    plain,
    public_image_url,
)
from .schema import Arr, Bool, Check, Num, Obj, Problem, Problems, Rule, Str, one_of, typed

ACTION_ID: Rule = Str(limits.ACTION_ID)
FOCUS: dict[str, Rule] = {"focus_on_load": Bool()}
PLACEHOLDER: dict[str, Rule] = {"placeholder": plain(limits.PLACEHOLDER)}
STYLE: Rule = Str(choices=("primary", "danger"))


def element(kind: str, fields: dict[str, Rule], required: tuple[str, ...] = (), also: tuple[Check, ...] = ()) -> Obj:
    return typed(kind, {"action_id": ACTION_ID, **fields}, required, also)


def among_options(value: dict[str, Any], at: str, into: Problems) -> None:
    """What is chosen at first must exactly equal one of the options on offer."""
    offered = list(value.get("options", []))
    for group in value.get("option_groups", []):
        offered.extend(group["options"])
    chosen = [("initial_option", value["initial_option"])] if "initial_option" in value else []
    chosen += [(f"initial_options/{n}", one) for n, one in enumerate(value.get("initial_options", []))]
    for where, one in chosen:
        if one not in offered:
            into.append(Problem(f"{at}/{where}", "initial option must match one of the provided options"))


def distinct_values(value: dict[str, Any], at: str, into: Problems) -> None:
    values = [one["value"] for one in value.get("options", [])]
    if len(values) != len(set(values)):
        into.append(Problem(f"{at}/options", "options must have unique values"))


BUTTON = element(
    "button",
    {
        "text": plain(limits.BUTTON_TEXT),
        "value": Str(limits.BUTTON_VALUE),
        "url": Str(limits.URL, 1),
        "style": STYLE,
        "confirm": CONFIRM,
        "accessibility_label": Str(limits.ACCESSIBILITY_LABEL),
        "agent_prompt": Str(limits.AGENT_PROMPT),
    },
    ("text",),
)

_FEEDBACK_BUTTON = Obj(
    {
        "text": plain(limits.BUTTON_TEXT),
        "value": Str(limits.BUTTON_VALUE),
        "accessibility_label": Str(limits.ACCESSIBILITY_LABEL),
    },
    ("text", "value"),
)
FEEDBACK_BUTTONS = element(
    "feedback_buttons",
    {"positive_button": _FEEDBACK_BUTTON, "negative_button": _FEEDBACK_BUTTON},
    ("positive_button", "negative_button"),
)
IMAGE = typed(
    "image",
    {"alt_text": Str(limits.IMAGE_ALT, 1), **IMAGE_SOURCE},
    ("alt_text",),
    (one_of("image_url", "slack_file"), public_image_url),
)

OVERFLOW = element(
    "overflow",
    {"options": Arr(OVERFLOW_OPTION, limits.OVERFLOW_OPTIONS, 1), "confirm": CONFIRM},
    ("options",),
    (distinct_values,),
)
CHECKBOXES = element(
    "checkboxes",
    {
        "options": Arr(CHOICE_OPTION, limits.CHOICE_OPTIONS, 1),
        "initial_options": Arr(CHOICE_OPTION, limits.CHOICE_OPTIONS, 1),
        "confirm": CONFIRM,
        **FOCUS,
    },
    ("options",),
    (among_options, distinct_values),
)
RADIO_BUTTONS = element(
    "radio_buttons",
    {
        "options": Arr(CHOICE_OPTION, limits.CHOICE_OPTIONS, 1),
        "initial_option": CHOICE_OPTION,
        "confirm": CONFIRM,
        **FOCUS,
    },
    ("options",),
    (among_options, distinct_values),
)

_DATE = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TIME = r"([01]\d|2[0-3]):[0-5]\d"
DATEPICKER = element("datepicker", {"initial_date": Str(pattern=_DATE), "confirm": CONFIRM, **PLACEHOLDER, **FOCUS})
TIMEPICKER = element(
    "timepicker", {"initial_time": Str(pattern=_TIME), "timezone": Str(), "confirm": CONFIRM, **PLACEHOLDER, **FOCUS}
)
DATETIMEPICKER = element(
    "datetimepicker", {"initial_date_time": Num(1_000_000_000, 9_999_999_999), "confirm": CONFIRM, **FOCUS}
)

TEXT_INPUT: dict[str, Rule] = {"dispatch_action_config": DISPATCH_CONFIG, **PLACEHOLDER, **FOCUS}


def lengths_agree(value: dict[str, Any], at: str, into: Problems) -> None:
    if value.get("min_length", 0) > value.get("max_length", limits.INPUT_LENGTH):
        into.append(Problem(f"{at}/min_length", "min_length must not be greater than max_length"))
    initial = value.get("initial_value", "")
    if len(initial) > value.get("max_length", limits.INPUT_LENGTH):
        into.append(Problem(f"{at}/initial_value", "initial_value is longer than max_length"))


def numbers_agree(value: dict[str, Any], at: str, into: Problems) -> None:
    whole = r"-?\d+" if not value["is_decimal_allowed"] else r"-?\d+(\.\d+)?"
    given = {name: value[name] for name in ("min_value", "max_value", "initial_value") if name in value}
    for name, number in given.items():
        if not re.fullmatch(whole, number):
            into.append(Problem(f"{at}/{name}", "must be a number in a string"))
            return
    low, high = given.get("min_value"), given.get("max_value")
    if low is not None and high is not None and float(low) > float(high):
        into.append(Problem(f"{at}/min_value", "min_value must not be greater than max_value"))


PLAIN_TEXT_INPUT = element(
    "plain_text_input",
    {
        "initial_value": Str(limits.INPUT_LENGTH),
        "multiline": Bool(),
        "min_length": Num(0, limits.INPUT_LENGTH),
        "max_length": Num(1, limits.INPUT_LENGTH),
        **TEXT_INPUT,
    },
    (),
    (lengths_agree,),
)
NUMBER_INPUT = element(
    "number_input",
    {
        "is_decimal_allowed": Bool(),
        "initial_value": Str(40, 1),
        "min_value": Str(40, 1),
        "max_value": Str(40, 1),
        **TEXT_INPUT,
    },
    ("is_decimal_allowed",),
    (numbers_agree,),
)
