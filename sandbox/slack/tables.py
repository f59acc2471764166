"""The `table` block.

https://docs.slack.dev/reference/block-kit/blocks/table-block
"""

from collections.abc import Iterator
from typing import Any

from . import limits
from .rich_text import RICH_TEXT
from .schema import Arr, Bool, ByType, Nullable, Num, Obj, Problem, Problems, Str, typed

_CELL = ByType(
    {
        "raw_text": typed("raw_text", {"text": Str(least=1)}, ("text",)),
        "raw_number": typed("raw_number", {"value": Num(decimal=True), "text": Str(least=1)}, ("value", "text")),
        "rich_text": RICH_TEXT,
    }
)
_COLUMN = Nullable(Obj({"align": Str(choices=("left", "center", "right")), "is_wrapped": Bool()}))


def _texts(value: object) -> Iterator[str]:
    """Every `text` string inside a cell, however deep."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "text" and isinstance(inner, str):
                yield inner
            else:
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _small(value: dict[str, Any], at: str, into: Problems) -> None:
    if sum(map(len, _texts(value["rows"]))) > limits.TABLE_CHARACTERS:
        message = f"cells must hold less than {limits.TABLE_CHARACTERS + 1} characters together"
        into.append(Problem(f"{at}/rows", message))


TABLE = typed(
    "table",
    {
        "block_id": Str(limits.BLOCK_ID),
        "rows": Arr(Arr(_CELL, limits.TABLE_COLUMNS, 1), limits.TABLE_ROWS, 1),
        "column_settings": Arr(_COLUMN, limits.TABLE_COLUMNS),
    },
    ("rows",),
    (_small,),
)
