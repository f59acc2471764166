"""Rules over all the blocks of one message or view: counts, places, uniqueness, totals.

https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Callable, Iterator
from typing import Any, Literal

from . import limits
from .blocks import BLOCKS, SURFACES
from .schema import Json, Problem, Problems

Surface = Literal["message", "modal", "home"]
ONE_TABLE = "only_one_table_allowed"
FileVisible = Callable[[dict[str, Any]], bool]


def check_blocks(blocks: Json, surface: Surface, at: str, file_visible: FileVisible) -> Problems:
    """All that is wrong with `blocks`; `at` is the JSON pointer of the list, such as `/blocks`."""
    into: Problems = []
    if not isinstance(blocks, list):
        return [Problem(at, "must provide an array")]
    most = limits.BLOCKS_PER_MESSAGE if surface == "message" else limits.BLOCKS_PER_VIEW
    if len(blocks) > most:
        return [Problem(at, f"no more than {most} items allowed")]
    for index, block in enumerate(blocks):
        _check_block(block, surface, f"{at}/{index}", into)
    if not into:
        _check_together(blocks, at, file_visible, into)
    return into


def _check_block(block: Json, surface: Surface, at: str, into: Problems) -> None:
    if not isinstance(block, dict):
        into.append(Problem(at, "must provide an object"))
        return
    kind = block.get("type")
    if kind is None:
        into.append(Problem(at, "missing required field: type", "missing_required_field"))
    elif not isinstance(kind, str) or kind not in BLOCKS or kind not in SURFACES[surface]:
        into.append(Problem(f"{at}/type", f"unsupported type: {str(kind)[:80]}", "unsupported_type"))
    else:
        BLOCKS[kind].check(block, at, into)


def _check_together(blocks: list[dict[str, Any]], at: str, file_visible: FileVisible, into: Problems) -> None:
    _unique_block_ids(blocks, at, into)
    _unique_action_ids(blocks, at, into)
    _one_focus(blocks, at, into)
    _totals(blocks, at, into)
    for pointer, node in walk(blocks, at):
        slack_file = node.get("slack_file")
        if isinstance(slack_file, dict) and not file_visible(slack_file):
            into.append(Problem(f"{pointer}/slack_file", "invalid slack file"))


def walk(value: Json, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object inside `value`, with its JSON pointer."""
    if isinstance(value, dict):
        yield at, value
        for name, inner in value.items():
            if isinstance(inner, (dict, list)):
                yield from walk(inner, f"{at}/{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from walk(inner, f"{at}/{index}")


def elements_of(block: dict[str, Any]) -> list[dict[str, Any]]:
    """The interactive and other elements a block holds itself."""
    if block["type"] in ("actions", "context_actions", "context"):
        return list(block["elements"])
    if block["type"] == "section":
        return [block["accessory"]] if "accessory" in block else []
    if block["type"] == "input":
        return [block["element"]]
    return []


def _unique_block_ids(blocks: list[dict[str, Any]], at: str, into: Problems) -> None:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id and block["type"] != "markdown":
            if block_id in seen:
                into.append(Problem(f"{at}/{index}/block_id", f'`block_id` "{block_id[:60]}" already exists'))
            seen.add(block_id)


def _unique_action_ids(blocks: list[dict[str, Any]], at: str, into: Problems) -> None:
    for index, block in enumerate(blocks):
        ids = [element["action_id"] for element in elements_of(block) if element.get("action_id")]
        for twice in sorted({one for one in ids if ids.count(one) > 1}):
            into.append(Problem(f"{at}/{index}/elements", f'`action_id` "{twice[:60]}" already exists'))


def _one_focus(blocks: list[dict[str, Any]], at: str, into: Problems) -> None:
    focused = [pointer for pointer, node in walk(blocks, at) if node.get("focus_on_load") is True]
    message = "only one element can have focus_on_load"
    into.extend(Problem(f"{pointer}/focus_on_load", message) for pointer in focused[1:])


def _totals(blocks: list[dict[str, Any]], at: str, into: Problems) -> None:
    if sum(block["type"] == "table" for block in blocks) > 1:
        into.append(Problem(at, ONE_TABLE, ONE_TABLE))
    written = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if written > limits.MARKDOWN_BLOCKS:
        into.append(Problem(at, f"markdown blocks must be less than {limits.MARKDOWN_BLOCKS + 1} characters together"))
