"""Every block kind of this workspace with its rule, and which elements each may hold.

https://docs.slack.dev/reference/block-kit/blocks
"""

from . import limits
from .composition import IMAGE_SOURCE, mrkdwn, plain, public_image_url, text
from .elements import (
    BUTTON,
    CHECKBOXES,
    DATEPICKER,
    DATETIMEPICKER,
    FEEDBACK_BUTTONS,
    IMAGE,
    NUMBER_INPUT,
    OVERFLOW,
    PLAIN_TEXT_INPUT,
    RADIO_BUTTONS,
    TIMEPICKER,
)
from .rich_text import RICH_TEXT
from .schema import Arr, Bool, ByType, Check, Num, Obj, Rule, Str, any_of, one_of, typed
from .selects import MULTI_SELECTS, SELECTS
from .tables import TABLE

_CHOICES: dict[str, Rule] = {
    **SELECTS,
    **MULTI_SELECTS,
    "datepicker": DATEPICKER,
    "timepicker": TIMEPICKER,
    "checkboxes": CHECKBOXES,
    "radio_buttons": RADIO_BUTTONS,
}
ACCESSORIES: dict[str, Rule] = {
    **_CHOICES,
    "button": BUTTON,
    "image": IMAGE,
    "overflow": OVERFLOW,
}
ACTIONS_ELEMENTS: dict[str, Rule] = {
    **_CHOICES,
    "button": BUTTON,
    "overflow": OVERFLOW,
    "datetimepicker": DATETIMEPICKER,
}
INPUT_ELEMENTS: dict[str, Rule] = {
    **_CHOICES,
    "datetimepicker": DATETIMEPICKER,
    "plain_text_input": PLAIN_TEXT_INPUT,
    "number_input": NUMBER_INPUT,
}


def _block(kind: str, fields: dict[str, Rule], required: tuple[str, ...] = (), also: tuple[Check, ...] = ()) -> Obj:
    return typed(kind, {"block_id": Str(limits.BLOCK_ID), **fields}, required, also)


BLOCKS: dict[str, Rule] = {
    "section": _block(
        "section",
        {
            "text": text(limits.TEXT_OBJECT),
            "fields": Arr(text(limits.SECTION_FIELD), limits.SECTION_FIELDS, 1),
            "accessory": ByType(ACCESSORIES),
            "expand": Bool(),
        },
        (),
        (any_of("text", "fields"),),
    ),
    "header": _block("header", {"text": plain(limits.HEADER), "level": Num(1, 6)}, ("text",)),
    "context": _block(
        "context",
        {
            "elements": Arr(
                ByType({"image": IMAGE, "plain_text": plain(limits.TEXT_OBJECT), "mrkdwn": mrkdwn(limits.TEXT_OBJECT)}),
                limits.CONTEXT_ELEMENTS,
                1,
            )
        },
        ("elements",),
    ),
    "actions": _block(
        "actions", {"elements": Arr(ByType(ACTIONS_ELEMENTS), limits.ACTIONS_ELEMENTS, 1)}, ("elements",)
    ),
    "context_actions": _block(
        "context_actions",
        {
            "elements": Arr(
                ByType({"feedback_buttons": FEEDBACK_BUTTONS}),
                limits.CONTEXT_ACTIONS_ELEMENTS,
                1,
            )
        },
        ("elements",),
    ),
    "divider": _block("divider", {}),
    "image": _block(
        "image",
        {"alt_text": Str(limits.IMAGE_ALT, 1), "title": plain(limits.IMAGE_TITLE), **IMAGE_SOURCE},
        ("alt_text",),
        (one_of("image_url", "slack_file"), public_image_url),
    ),
    "input": _block(
        "input",
        {
            "label": plain(limits.INPUT_LABEL),
            "hint": plain(limits.INPUT_HINT),
            "optional": Bool(),
            "dispatch_action": Bool(),
            "element": ByType(INPUT_ELEMENTS),
        },
        ("label", "element"),
    ),
    "rich_text": RICH_TEXT,
    "table": TABLE,
    "markdown": _block("markdown", {"text": Str(limits.MARKDOWN_BLOCKS, 1)}, ("text",)),
    "alert": _block(
        "alert",
        {
            "text": text(limits.ALERT_TEXT),
            "level": Str(choices=("default", "info", "warning", "error", "success")),
        },
        ("text",),
    ),
}

_EVERYWHERE = frozenset({"section", "header", "context", "actions", "divider", "image", "input", "rich_text"})
SURFACES: dict[str, frozenset[str]] = {
    "message": _EVERYWHERE | {"context_actions", "markdown", "table"},
    "modal": _EVERYWHERE | {"alert"},
    "home": _EVERYWHERE,
}
