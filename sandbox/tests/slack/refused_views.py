"""Views that must be refused by views.open: (section, what is wrong, view, JSON pointer of the fault)."""

from typing import Any

from .kit import element, field, form, modal, mrkdwn, option, plain, raw, section, table

Case = tuple[str, str, Any, str]
_INPUT = field(element("plain_text_input"))

CASES: list[Case] = [
    ("3 views", "no title", {"type": "modal", "blocks": []}, "/view"),
    ("3 views", "no blocks", {"type": "modal", "title": plain()}, "/view"),
    ("3 views", "no type", {"title": plain(), "blocks": []}, "/view"),
    ("3 views", "a home view", {"type": "home", "blocks": []}, "/view/type"),
    ("3 views", "title of 25", modal(title=plain("x" * 25)), "/view/title/text"),
    ("3 views", "title mrkdwn", modal(title=mrkdwn()), "/view/title/type"),
    ("3 views", "submit of 25", modal(submit=plain("x" * 25)), "/view/submit/text"),
    ("3 views", "close of 25", modal(close=plain("x" * 25)), "/view/close/text"),
    ("3 views", "private_metadata of 3,001", modal(private_metadata="x" * 3001), "/view/private_metadata"),
    ("3 views", "private_metadata is an object", modal(private_metadata={}), "/view/private_metadata"),
    ("3 views", "callback_id of 256", modal(callback_id="x" * 256), "/view/callback_id"),
    ("3 views", "external_id of 256", modal(external_id="x" * 256), "/view/external_id"),
    ("3 views", "unknown field", modal(colour="red"), "/view"),
    ("3 views", "state sent back", modal(state={"values": {}}), "/view"),
    ("3 views", "notify_on_close is text", modal(notify_on_close="true"), "/view/notify_on_close"),
    ("3 views", "101 blocks", modal(*[section()] * 101), "/view/blocks"),
    ("3 views", "input without submit", modal(_INPUT), "/view"),
    ("3 views", "blocks is an object", {**modal(), "blocks": {}}, "/view/blocks"),
    (
        "3 views",
        "two focused",
        form(
            field(element("plain_text_input", focus_on_load=True)),
            field(element("plain_text_input", focus_on_load=True)),
        ),
        "/view/blocks/1/element/focus_on_load",
    ),
    ("3 views", "block_id twice", modal(section(block_id="b"), section(block_id="b")), "/view/blocks/1/block_id"),
    ("3 table", "in a modal", modal(table([raw()])), "/view/blocks/0/type"),
    ("3 markdown", "in a modal", modal({"type": "markdown", "text": "x"}), "/view/blocks/0/type"),
    ("3 context_actions", "in a modal", modal({"type": "context_actions", "elements": []}), "/view/blocks/0/type"),
    ("3 alert", "text of 201", modal({"type": "alert", "text": plain("x" * 201)}), "/view/blocks/0/text/text"),
    ("3 alert", "unknown level", modal({"type": "alert", "text": plain(), "level": "fatal"}), "/view/blocks/0/level"),
    (
        "3 checkboxes",
        "11 options",
        form(field(element("checkboxes", options=[option(f"v{n}") for n in range(11)]))),
        "/view/blocks/0/element/options",
    ),
]
