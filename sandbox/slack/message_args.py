"""The content of a message as an app gives it: text, blocks, attachments, metadata, all checked.

https://docs.slack.dev/reference/methods/chat.postMessage
"""

import json
import secrets
from dataclasses import dataclass
from typing import Any

from . import limits
from .core import Core
from .errors import SlackError, invalid_arguments
from .escaping import escape_texts, escaped
from .json_text import parse
from .schema import Json, Problem, Problems
from .surfaces import ONE_TABLE, check_blocks, elements_of, walk

_ATTACHMENT_FIELDS = frozenset(
    {
        "blocks",
        "fallback",
        "color",
        "pretext",
        "author_name",
        "author_link",
        "author_icon",
        "author_subname",
        "title",
        "title_link",
        "text",
        "fields",
        "image_url",
        "thumb_url",
        "footer",
        "footer_icon",
        "ts",
        "actions",
        "callback_id",
        "mrkdwn_in",
        "id",
        "from_url",
        "original_url",
        "preview",
        "attachment_type",
        "service_name",
        "service_icon",
        "thumb_width",
        "thumb_height",
        "image_width",
        "image_height",
    }
)
_ACTIONABLE = frozenset({"actions", "section", "input", "context_actions"})


@dataclass(frozen=True)
class Content:
    text: str
    blocks: list[dict[str, Any]] | None
    attachments: list[dict[str, Any]] | None
    metadata: dict[str, Any] | None
    truncated: bool


def refuse_blocks(problems: Problems) -> None:
    """Raise `invalid_blocks` with every problem, in both places Slack puts them."""
    if not problems:
        return
    lines = [problem.line() for problem in problems[:20]]
    if any(problem.code == ONE_TABLE for problem in problems):
        raise SlackError("invalid_attachments", response_metadata={"messages": [f"[ERROR] {ONE_TABLE}"]})
    raise SlackError(
        "invalid_blocks", errors=lines, response_metadata={"messages": [f"[ERROR] {line}" for line in lines]}
    )


def decoded(value: Json, error: str) -> Json:
    """A JSON argument, given as JSON or as its text; `error` if the text is none."""
    if not isinstance(value, str):
        return value
    try:
        return parse(value)
    except ValueError:
        raise SlackError(error) from None


def checked_blocks(core: Core, value: Json, at: str = "/blocks") -> list[dict[str, Any]] | None:
    """Blocks of a message, complete with ids; None when not given."""
    if value is None or value == "":
        return None
    blocks = decoded(value, "invalid_blocks_format")
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError("invalid_blocks_format")
    refuse_blocks(check_blocks(blocks, "message", at, core.files.usable_in_blocks))
    return with_ids(blocks)


def with_ids(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The blocks with the `block_id`s and `action_id`s the app left out; texts explicit, and escaped."""
    made: list[dict[str, Any]] = json.loads(json.dumps(blocks))
    for block in made:
        if not block.get("block_id"):
            block["block_id"] = secrets.token_urlsafe(4)[:5]
        if block["type"] in _ACTIONABLE:
            for element in elements_of(block):
                if element["type"] != "image" and not element.get("action_id"):
                    element["action_id"] = secrets.token_urlsafe(4)[:5]
    for _, node in walk(made):
        if node.get("type") == "plain_text":
            node.setdefault("emoji", True)
        elif node.get("type") == "mrkdwn":
            node.setdefault("verbatim", False)
    escape_texts(made)
    return made


def check_size(value: Json) -> None:
    """Raise `msg_blocks_too_long` for valid blocks; tables and options have limits of their own and do not count."""
    blocks = decoded(value, "invalid_blocks_format") or []
    if _size([block for block in blocks if block["type"] != "table"]) > limits.MESSAGE_BLOCKS:
        raise SlackError("msg_blocks_too_long")


def _size(value: Json) -> int:
    """Characters of the JSON, without spaces and before anything in it is escaped."""
    if isinstance(value, dict):
        counted = {name: one for name, one in value.items() if name not in ("options", "option_groups")}
        return 1 + sum(len(name) + 4 + _size(one) for name, one in counted.items())
    if isinstance(value, list):
        return 1 + sum(1 + _size(one) for one in value)
    return len(value) + 2 if isinstance(value, str) else len(json.dumps(value))


def checked_attachments(core: Core, value: Json) -> list[dict[str, Any]] | None:
    if value is None or value == "":
        return None
    attachments = decoded(value, "invalid_attachments")
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise SlackError("invalid_attachments", response_metadata={"messages": ["[ERROR] must provide an array"]})
    if len(attachments) > limits.ATTACHMENTS:
        raise SlackError("too_many_attachments")
    made = []
    for index, attachment in enumerate(attachments):
        _check_attachment(attachment)
        one = {"id": index + 1, **attachment}
        one |= {name: escaped(one[name]) for name in ("text", "pretext", "title", "fallback") if name in one}
        if "blocks" in one:
            one["blocks"] = checked_blocks(core, one["blocks"], f"/attachments/{index}/blocks")
            one.setdefault("fallback", "[no preview available]")
        made.append(one)
    return made


def _check_attachment(attachment: dict[str, Any]) -> None:
    unknown = sorted(set(attachment) - _ATTACHMENT_FIELDS)
    wrong = [name for name in ("text", "pretext", "title", "fallback", "footer", "color") if name in attachment]
    if unknown or any(not isinstance(attachment[name], str) for name in wrong):
        raise SlackError("invalid_attachments", response_metadata={"messages": ["[ERROR] invalid_keys"]})
    if len(attachment.get("footer", "")) > limits.ATTACHMENT_FOOTER:
        raise SlackError("invalid_attachments", response_metadata={"messages": ["[ERROR] footer is too long"]})


def checked_metadata(value: Json) -> dict[str, Any] | None:
    """`{"event_type": str, "event_payload": {…}}`; Slack names no size, ours is in `limits`."""
    if value is None or value == "":
        return None
    metadata = decoded(value, "invalid_metadata_format")
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    payload = metadata.get("event_payload")
    if not isinstance(metadata.get("event_type"), str) or not metadata["event_type"] or not isinstance(payload, dict):
        raise SlackError("invalid_metadata_schema")
    if set(metadata) - {"event_type", "event_payload"}:
        raise SlackError("invalid_metadata_schema")
    if len(json.dumps(metadata)) > limits.METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return metadata


def content(core: Core, args: dict[str, Any], *, need: bool = True) -> Content:
    """All of a message's content from a call's arguments; `no_text` if there is nothing to show."""
    text = args.get("text")
    if text is not None and not isinstance(text, str):
        raise invalid_arguments("must provide a string [json-pointer:/text]")
    markdown = args.get("markdown_text")
    if markdown:
        text, args = _markdown(str(markdown), args)
    blocks = checked_blocks(core, args.get("blocks"))
    attachments = checked_attachments(core, args.get("attachments"))
    if need and not text and not blocks and not attachments:
        raise SlackError("no_text")
    _one_table(blocks, attachments)
    metadata = checked_metadata(args.get("metadata"))
    shown = (text or "")[: limits.TEXT_TRUNCATED]
    return Content(escaped(shown), blocks, attachments, metadata, truncated=len(text or "") > limits.TEXT_TRUNCATED)


def _one_table(blocks: list[dict[str, Any]] | None, attachments: list[dict[str, Any]] | None) -> None:
    """One table per message, its attachments included."""
    everything = [*(blocks or []), *(block for one in attachments or [] for block in one.get("blocks") or [])]
    if sum(block["type"] == "table" for block in everything) > 1:
        refuse_blocks([Problem("/attachments", ONE_TABLE, ONE_TABLE)])


def _markdown(markdown: str, args: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if args.get("text") or args.get("blocks"):
        raise SlackError("markdown_text_conflict")
    if len(markdown) > limits.MARKDOWN_TEXT:
        raise SlackError("msg_too_long")
    return markdown, {**args, "blocks": [{"type": "markdown", "text": markdown}]}
