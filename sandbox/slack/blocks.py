"""Every block kind with its rule, and which elements each may hold.

https://docs.slack.dev/reference/block-kit/blocks
"""

from typing import Any

from . import limits
from .cards import ALERT, CARD, CAROUSEL, PLAN, TASK_CARD, container
from .composition import IMAGE_SOURCE, mrkdwn, plain, public_image_url, text
from .elements import (
    BUTTON,
    CHECKBOXES,
    DATEPICKER,
    DATETIMEPICKER,
    EMAIL_INPUT,
    FEEDBACK_BUTTONS,
    FILE_INPUT,
    ICON_BUTTON,
    IMAGE,
    NUMBER_INPUT,
    OVERFLOW,
    PLAIN_TEXT_INPUT,
    RADIO_BUTTONS,
    RICH_TEXT_INPUT,
    TIMEPICKER,
    URL_INPUT,
    WORKFLOW_BUTTON,
)
from .rich_text import RICH_TEXT
from .schema import Arr, Bool, ByType, Check, Num, Obj, Problem, Problems, Rule, Str, any_of, one_of, typed
from .selects import MULTI_SELECTS, SELECTS
from .tables import DATA_TABLE, DATA_VISUALIZATION, TABLE

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
    "workflow_button": WORKFLOW_BUTTON,
}
ACTIONS_ELEMENTS: dict[str, Rule] = {
    **_CHOICES,
    "button": BUTTON,
    "overflow": OVERFLOW,
    "workflow_button": WORKFLOW_BUTTON,
    "datetimepicker": DATETIMEPICKER,
    "rich_text_input": RICH_TEXT_INPUT,
}
INPUT_ELEMENTS: dict[str, Rule] = {
    **_CHOICES,
    "datetimepicker": DATETIMEPICKER,
    "plain_text_input": PLAIN_TEXT_INPUT,
    "email_text_input": EMAIL_INPUT,
    "url_text_input": URL_INPUT,
    "number_input": NUMBER_INPUT,
    "file_input": FILE_INPUT,
    "rich_text_input": RICH_TEXT_INPUT,
}


def _block(kind: str, fields: dict[str, Rule], required: tuple[str, ...] = (), also: tuple[Check, ...] = ()) -> Obj:
    return typed(kind, {"block_id": Str(limits.BLOCK_ID), **fields}, required, also)


def _https(value: dict[str, Any], at: str, into: Problems) -> None:
    for name in ("video_url", "title_url"):
        if name in value and not value[name].startswith("https://"):
            into.append(Problem(f"{at}/{name}", "must be an HTTPS URL"))


_SIMPLE: dict[str, Rule] = {
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
                ByType({"feedback_buttons": FEEDBACK_BUTTONS, "icon_button": ICON_BUTTON}),
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
    "video": _block(
        "video",
        {
            "alt_text": Str(least=1),
            "video_url": Str(limits.URL, 1),
            "thumbnail_url": Str(limits.URL, 1),
            "title": plain(limits.VIDEO_TITLE),
            "title_url": Str(limits.URL, 1),
            "author_name": Str(limits.VIDEO_AUTHOR),
            "provider_name": Str(),
            "provider_icon_url": Str(limits.URL),
            "description": plain(limits.TEXT_OBJECT),
        },
        ("alt_text", "video_url", "thumbnail_url", "title"),
        (_https,),
    ),
}

BLOCKS: dict[str, Rule] = {
    **_SIMPLE,
    "markdown": _block("markdown", {"text": Str(limits.MARKDOWN_BLOCKS, 1)}, ("text",)),
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "alert": ALERT,
    "card": CARD,
    "carousel": CAROUSEL,
    "container": container(_SIMPLE),
    "task_card": TASK_CARD,
    "plan": PLAN,
}

_EVERYWHERE = frozenset(
    {"section", "header", "context", "actions", "divider", "image", "input", "rich_text", "video", "container"}
)
# Where sources disagree about the Home tab, the block is refused there.
SURFACES: dict[str, frozenset[str]] = {
    "message": _EVERYWHERE
    | {
        "context_actions",
        "markdown",
        "table",
        "data_table",
        "data_visualization",
        "card",
        "carousel",
        "task_card",
        "plan",
    },
    "modal": (_EVERYWHERE - {"container"}) | {"alert"},
    "home": _EVERYWHERE | {"data_visualization", "card", "carousel"},
}
