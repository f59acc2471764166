"""A form that was sent: while its work goes on, and put back with what was entered where it was not taken."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.views.blocks import Block, context, modal, section
from bot.views.text import escape

KEPT = ("type", "title", "submit", "close", "callback_id", "private_metadata")
"""What a view is opened with: the rest of what Slack sends of one is its own."""
INITIAL = {
    "value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_date": "initial_date",
    "selected_date_time": "initial_date_time",
    "selected_user": "initial_user",
}
"""Where an element says what was entered, and where it takes that from.
https://docs.slack.dev/reference/views#state-values"""
NOT_TAKEN = "Nothing was taken."
BESIDE = "Why is said in a message to you."


def opening(title: str) -> dict[str, Any]:
    return modal(title, [context("This takes longer than usual …")])


def not_opened(title: str) -> dict[str, Any]:
    return modal(title, [section(f"It cannot be opened. {BESIDE}")])


def at_work(view: Mapping[str, Any]) -> dict[str, Any]:
    """In place of the form, until its work is done."""
    said = "*It is sent.* This takes longer than usual …"
    more = "If you close this, it goes on; what is wrong with it is said in a message to you."
    return modal(_title(view), [section(said), context(more)])


def done(view: Mapping[str, Any], words: str) -> dict[str, Any]:
    return modal(_title(view), [section(escape(words))])


def again(view: Mapping[str, Any], words: str) -> dict[str, Any]:
    """The form with what was entered, and what was wrong above it."""
    blocks = [section(f"*{NOT_TAKEN}* {escape(words)}"), *(_filled(each, view) for each in view.get("blocks", []))]
    return {**{name: view[name] for name in KEPT if view.get(name)}, "blocks": blocks}


def lost(view: Mapping[str, Any], words: str) -> str:
    """The same for whoever has closed it."""
    return "\n".join([f"{NOT_TAKEN} {words}", *_entries(view)])


def where(view: Mapping[str, Any], block_id: str, words: str) -> str:
    """What is wrong with one field, said above all."""
    labels = (each["label"]["text"] for each in view.get("blocks", []) if each.get("block_id") == block_id)
    return f"{next(labels, block_id)}: {words}"


def _title(view: Mapping[str, Any]) -> str:
    return str(view["title"]["text"])


def _entered(block: Block, view: Mapping[str, Any]) -> Mapping[str, Any]:
    values = view.get("state", {}).get("values", {}).get(block.get("block_id"), {})
    return next(iter(values.values()), {})


def _filled(block: Block, view: Mapping[str, Any]) -> Block:
    if block["type"] != "input":
        return block
    entered, element = _entered(block, view), block["element"]
    bare = {name: value for name, value in element.items() if not name.startswith("initial_")}
    filled = {INITIAL[name]: value for name, value in entered.items() if name in INITIAL and value}
    return {**block, "element": {**bare, **filled}}


def _entries(view: Mapping[str, Any]) -> Iterator[str]:
    for block in view.get("blocks", []):
        found = [value for name, value in _entered(block, view).items() if name in INITIAL and value]
        if block["type"] == "input" and found:
            yield f"{block['label']['text']}: {_words(found[0])}"


def _words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    return str(value["text"]["text"] if isinstance(value, Mapping) else value)
