"""Small builders of Block Kit JSON, valid as they are; tests bend them."""

import json
from typing import Any

Json = dict[str, Any]


def plain(text: str = "x", **more: Any) -> Json:
    return {"type": "plain_text", "text": text, **more}


def mrkdwn(text: str = "x", **more: Any) -> Json:
    return {"type": "mrkdwn", "text": text, **more}


def section(**more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(), **more}


def option(value: str = "v", text: str = "x", **more: Any) -> Json:
    return {"text": plain(text), "value": value, **more}


def options(number: int) -> list[Json]:
    return [option(f"v{n}") for n in range(number)]


def button(action_id: str = "a", **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain("Go"), **more}


def element(kind: str, **more: Any) -> Json:
    return {"type": kind, "action_id": "a", **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def accessory(one: Json) -> Json:
    return section(accessory=one)


def field(one: Json, **more: Any) -> Json:
    """An input block around an element."""
    return {"type": "input", "label": plain("Label"), "element": one, **more}


def image(**more: Any) -> Json:
    return {"type": "image", "alt_text": "a chart", "image_url": "https://example.com/a.png", **more}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def rich_section(*leaves: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(leaves)}


def leaf(text: str = "x", **more: Any) -> Json:
    return {"type": "text", "text": text, **more}


def raw(text: str = "x") -> Json:
    return {"type": "raw_text", "text": text}


def table(*rows: list[Json], **more: Any) -> Json:
    return {"type": "table", "rows": list(rows), **more}


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("T"), "blocks": list(blocks), **more}


def form(*blocks: Json, **more: Any) -> Json:
    return modal(*blocks, submit=plain("Send"), **more)


def blocks_of(characters: int) -> list[Json]:
    """Sections that take so many characters as JSON, without spaces."""
    made = [section(text=mrkdwn("x" * 2_500)) for _ in range(characters // 2_600)]
    short = characters - len(json.dumps([*made, section(text=mrkdwn(""))], separators=(",", ":")))
    return [*made, section(text=mrkdwn("x" * short))]
