"""Block Kit pieces within Slack's limits. The limits: https://docs.slack.dev/reference/block-kit/blocks"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.views.text import cut, cut_bytes, one_line, visible

Block = dict[str, Any]
Element = dict[str, Any]

MOST_BLOCKS = 50
MOST_VIEW_BLOCKS = 100
SECTION_TEXT = 3_000
FIELD_TEXT = 2_000
HEADER_TEXT = 150
BUTTON_TEXT = 75
OPTION_TEXT = 75
LABEL_TEXT = 200
OPTION_VALUE = 150
MOST_OPTIONS = 100
BLOCK_ID = 255
MESSAGE_TEXT_BYTES = 4_000
"""The narrowest of the ways a message may go: https://docs.slack.dev/reference/methods/chat.postEphemeral (bytes).
chat.update takes 4,000 characters, chat.postMessage advises as many.
"""
VIEW_TITLE = 24
BLANK = "(nothing visible)"
"""In place of a text of which nothing can be seen."""


@dataclass(frozen=True)
class Card:
    """A message. `text` says everything the blocks say: screen readers and notifications read it alone."""

    text: str
    blocks: tuple[Block, ...]

    def payload(self) -> dict[str, Any]:
        """Arguments of chat.postMessage, chat.update, chat.postEphemeral and a response_url."""
        return {"text": cut_bytes(self.text, MESSAGE_TEXT_BYTES), "blocks": list(self.blocks[:MOST_BLOCKS])}

    def stored(self) -> tuple[str, str]:
        """The same for a page that waits: the text, and the blocks as JSON."""
        made = self.payload()
        return made["text"], json.dumps(made["blocks"])


def plain(text: str, most: int) -> Element:
    """One line. Slack refuses a blank one, and with it the whole message or list of options."""
    shown = visible(one_line(text))
    return {"type": "plain_text", "text": cut(shown if shown.strip() else BLANK, most), "emoji": True}


def mrkdwn(text: str, most: int = SECTION_TEXT) -> Element:
    """`verbatim`: only our own markup is read; an address in someone's data does not turn into a link."""
    return {"type": "mrkdwn", "text": cut(text, most), "verbatim": True}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, HEADER_TEXT)}


def section(text: str, accessory: Element | None = None) -> Block:
    """`accessory`: a button beside it; on a phone below it."""
    block = {"type": "section", "text": mrkdwn(text)}
    return block if accessory is None else {**block, "accessory": accessory}


def sections(lines: Sequence[str], most: int) -> list[Block]:
    """So many lines a section."""
    return [section("\n".join(lines[at : at + most])) for at in range(0, len(lines), most)]


def packed(lines: Iterable[str]) -> list[Block]:
    """As many whole lines a section as it holds; all of them are seen without a tap."""
    found = list[str]()
    for line in (cut(each, SECTION_TEXT) for each in lines):
        if found and len(found[-1]) + 1 + len(line) <= SECTION_TEXT:
            found[-1] += f"\n{line}"
        else:
            found.append(line)
    return [{**section(each), "expand": True} for each in found]


def fields(texts: Sequence[str]) -> Block:
    """Up to ten short texts: two columns on a desk, one on a phone."""
    return {"type": "section", "fields": [mrkdwn(text, FIELD_TEXT) for text in texts[:10]]}


def context(*texts: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(text) for text in texts[:10]]}


def divider() -> Block:
    return {"type": "divider"}


def actions(elements: Iterable[Element], block_id: str | None = None) -> Block:
    """`block_id` comes back with every click, and with what is typed into a select; Slack makes one up without it."""
    block = {"type": "actions", "elements": list(elements)[:25]}
    return block if block_id is None else {**block, "block_id": block_id[:BLOCK_ID]}


def button(label: str, action_id: str, value: str, *, style: str | None = None) -> Element:
    element = {"type": "button", "text": plain(label, BUTTON_TEXT), "action_id": action_id, "value": value}
    return element if style is None else {**element, "style": style}


def confirmed(pressed: Element, title: str, text: str, confirm: str, deny: str) -> Element:
    """A button that asks whether it is meant. https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object"""
    asked = {"title": plain(title, 100), "text": plain(text, 300)}
    return {**pressed, "confirm": {**asked, "confirm": plain(confirm, 30), "deny": plain(deny, 30)}}


def feedback(action_id: str, positive: tuple[str, str], negative: tuple[str, str]) -> Block:
    """Two small buttons, each a label and a value. https://docs.slack.dev/reference/block-kit/blocks/context-actions-block"""
    made = [{"text": plain(label, BUTTON_TEXT), "value": value} for label, value in (positive, negative)]
    element = {
        "type": "feedback_buttons",
        "action_id": action_id,
        "positive_button": made[0],
        "negative_button": made[1],
    }
    return {"type": "context_actions", "elements": [element]}


def option(label: str, value: str) -> Element:
    return {"text": plain(label, OPTION_TEXT), "value": value[:OPTION_VALUE]}


def overflow(action_id: str, options: Sequence[Element]) -> Element:
    """A menu behind three dots. https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element"""
    return {"type": "overflow", "action_id": action_id, "options": list(options[:5])}


def select(placeholder: str, action_id: str, options: Sequence[Element]) -> Element:
    return {
        "type": "static_select",
        "placeholder": plain(placeholder, 150),
        "action_id": action_id,
        "options": list(options[:MOST_OPTIONS]),
    }


def typeahead(placeholder: str, action_id: str, most: int | None = None) -> Element:
    """A select whose options are asked for as the reader types, from the first letter. `most`: several may be chosen,
    so many.
    """
    element: Element = {
        "type": "external_select",
        "placeholder": plain(placeholder, 150),
        "action_id": action_id,
        "min_query_length": 0,
    }
    return element if most is None else {**element, "type": "multi_external_select", "max_selected_items": most}


def field(block_id: str, label: str, element: Element) -> Block:
    """One input of a form."""
    return {"type": "input", "block_id": block_id, "label": plain(label, LABEL_TEXT), "element": element}


def preformatted(text: str) -> Block:
    """Text shown as it is, in one width; nothing in it is markup."""
    section_ = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section_]}


def modal(title: str, blocks: Sequence[Block]) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": plain(title, VIEW_TITLE),
        "close": plain("Close", VIEW_TITLE),
        "blocks": list(blocks[:MOST_VIEW_BLOCKS]),
    }


def home(blocks: Sequence[Block]) -> dict[str, Any]:
    return {"type": "home", "blocks": list(blocks[:MOST_VIEW_BLOCKS])}
