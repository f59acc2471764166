"""The newer display blocks: alert, card, carousel, container, task_card, plan.

https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Mapping
from typing import Any

from . import limits
from .composition import mrkdwn, plain, text
from .elements import BUTTON, IMAGE, URL_SOURCE
from .rich_text import RICH_TEXT
from .schema import Arr, Bool, ByType, Obj, Problem, Problems, Rule, Str, any_of, typed

_BLOCK_ID: dict[str, Rule] = {"block_id": Str(limits.BLOCK_ID)}

ALERT = typed(
    "alert",
    {
        **_BLOCK_ID,
        "text": text(limits.ALERT_TEXT),
        "level": Str(choices=("default", "info", "warning", "error", "success")),
    },
    ("text",),
)
CARD = typed(
    "card",
    {
        **_BLOCK_ID,
        "hero_image": IMAGE,
        "icon": IMAGE,
        "title": mrkdwn(limits.CARD_TITLE),
        "subtitle": mrkdwn(limits.CARD_TITLE),
        "body": mrkdwn(limits.CARD_BODY),
        "actions": Arr(ByType({"button": BUTTON}), limits.CARD_ACTIONS, 1),
    },
    (),
    (any_of("hero_image", "title", "actions", "body"),),
)
CAROUSEL = typed(
    "carousel", {**_BLOCK_ID, "elements": Arr(ByType({"card": CARD}), limits.CAROUSEL_CARDS, 1)}, ("elements",)
)


def _task(statuses: tuple[str, ...]) -> Obj:
    return typed(
        "task_card",
        {
            **_BLOCK_ID,
            "task_id": Str(least=1),
            "title": Str(least=1),
            "details": RICH_TEXT,
            "output": RICH_TEXT,
            "sources": Arr(URL_SOURCE),
            "status": Str(choices=statuses),
        },
        ("task_id", "title", "status"),
    )


# `pending` makes sense only while a plan shows what is still to come.
TASK_CARD = _task(("in_progress", "complete", "error"))
PLAN = typed(
    "plan",
    {
        **_BLOCK_ID,
        "title": Str(least=1),
        "tasks": Arr(ByType({"task_card": _task(("pending", "in_progress", "complete", "error"))}), limits.PLAN_TASKS),
    },
    ("title",),
)


def _collapsing(value: dict[str, Any], at: str, into: Problems) -> None:
    if value.get("is_collapsible") and value.get("has_header_divider"):
        into.append(Problem(f"{at}/has_header_divider", "not allowed with is_collapsible"))
    if value.get("default_collapsed") and not value.get("is_collapsible"):
        into.append(Problem(f"{at}/default_collapsed", "requires is_collapsible"))


def container(children: Mapping[str, Rule]) -> Obj:
    """The container block around `children`, the kinds of block it may hold."""
    return typed(
        "container",
        {
            **_BLOCK_ID,
            "title": plain(limits.CONTAINER_TITLE),
            "rich_text_title": RICH_TEXT,
            "subtitle": text(limits.CONTAINER_TITLE),
            "child_blocks": Arr(ByType(children), limits.CONTAINER_BLOCKS, 1),
            "width": Str(choices=("narrow", "standard", "wide", "full")),
            "icon": IMAGE,
            "is_collapsible": Bool(),
            "default_collapsed": Bool(),
            "has_header_divider": Bool(),
        },
        ("child_blocks",),
        (any_of("title", "rich_text_title"), _collapsing),
    )
