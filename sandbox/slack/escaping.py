"""Text as Slack gives it back: `&`, `<` and `>` are escaped, what was escaped or marked up already stays.

https://docs.slack.dev/messaging/formatting-message-text#escaping; for plain_text see bolt-python issue 513.
"""

import re
from typing import Any

from .surfaces import walk

_ENTITY = r"&(?:amp|lt|gt);"
_MARKUP = re.compile(rf"{_ENTITY}|<(?:[@#!][^<>\s]|https?://|mailto:|tel:)[^<>]*>")
_PLAIN = re.compile(_ENTITY)
_SIGNS = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escaped(text: str, keep: re.Pattern[str] = _MARKUP) -> str:
    """`text` with every sign escaped that is no part of what `keep` matches."""
    made, end = [], 0
    for found in keep.finditer(text):
        made += [_signs(text[end : found.start()]), found.group(0)]
        end = found.end()
    return "".join([*made, _signs(text[end:])])


def escape_texts(blocks: list[dict[str, Any]]) -> None:
    """Escape the text objects of blocks in place; Markdown and rich text have rules of their own."""
    for _, node in walk(blocks):
        if node.get("type") == "mrkdwn":
            node["text"] = escaped(node["text"])
        elif node.get("type") == "plain_text":
            node["text"] = escaped(node["text"], _PLAIN)


def _signs(text: str) -> str:
    return re.sub("[&<>]", lambda sign: _SIGNS[sign.group(0)], text)
