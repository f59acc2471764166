"""Tables: `table`, `data_table` and the charts of `data_visualization`.

https://docs.slack.dev/reference/block-kit/blocks/table-block, …/data-table-block, …/data-visualization-block
"""

from collections.abc import Iterator
from typing import Any

from . import limits
from .rich_text import RICH_TEXT
from .schema import Arr, Bool, ByType, Nullable, Num, Obj, Problem, Problems, Rule, Str, typed

_BLOCK_ID: dict[str, Rule] = {"block_id": Str(limits.BLOCK_ID)}
_CELL = ByType(
    {
        "raw_text": typed("raw_text", {"text": Str(least=1)}, ("text",)),
        "raw_number": typed("raw_number", {"value": Num(decimal=True), "text": Str(least=1)}, ("value", "text")),
        "rich_text": RICH_TEXT,
    }
)
_COLUMN = Nullable(Obj({"align": Str(choices=("left", "center", "right")), "is_wrapped": Bool()}))


def texts(value: object) -> Iterator[str]:
    """Every `text` string inside a cell, however deep."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "text" and isinstance(inner, str):
                yield inner
            else:
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def _at_most(characters: int) -> Any:
    def check(value: dict[str, Any], at: str, into: Problems) -> None:
        if sum(len(one) for one in texts(value["rows"])) > characters:
            into.append(Problem(f"{at}/rows", f"cells must hold less than {characters + 1} characters together"))

    return check


TABLE = typed(
    "table",
    {
        **_BLOCK_ID,
        "rows": Arr(Arr(_CELL, limits.TABLE_COLUMNS, 1), limits.TABLE_ROWS, 1),
        "column_settings": Arr(_COLUMN, limits.TABLE_COLUMNS),
    },
    ("rows",),
    (_at_most(limits.TABLE_CHARACTERS),),
)


def _rectangular(value: dict[str, Any], at: str, into: Problems) -> None:
    rows = value["rows"]
    if any(cell["type"] == "rich_text" for cell in rows[0]):
        into.append(Problem(f"{at}/rows/0", "header row must not hold rich_text"))
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]):
            into.append(Problem(f"{at}/rows/{index}", "all rows must have the same number of cells"))
            return
    if value.get("row_header_column_index", 0) >= len(rows[0]):
        into.append(Problem(f"{at}/row_header_column_index", "no such column"))


DATA_TABLE = typed(
    "data_table",
    {
        **_BLOCK_ID,
        "caption": Str(least=1),
        "rows": Arr(Arr(_CELL, limits.TABLE_COLUMNS, 1), limits.DATA_TABLE_ROWS, 2),
        "page_size": Num(1, limits.DATA_TABLE_PAGE),
        "row_header_column_index": Num(0, limits.TABLE_COLUMNS - 1),
    },
    ("caption", "rows"),
    (_rectangular, _at_most(limits.DATA_TABLE_CHARACTERS)),
)

_LABEL = Str(limits.CHART_LABEL, 1)
_POINT = Obj({"label": _LABEL, "value": Num(decimal=True)}, ("label", "value"))
_SERIES = Obj({"name": _LABEL, "data": Arr(_POINT, limits.CHART_POINTS, 1)}, ("name", "data"))
_AXES = Obj(
    {
        "categories": Arr(_LABEL, limits.CHART_POINTS, 1),
        "x_label": Str(limits.CHART_AXIS),
        "y_label": Str(limits.CHART_AXIS),
    },
    ("categories",),
)


def _positive(value: dict[str, Any], at: str, into: Problems) -> None:
    for index, segment in enumerate(value["segments"]):
        if segment["value"] <= 0:
            into.append(Problem(f"{at}/segments/{index}/value", "must be greater than 0"))


def _match_categories(value: dict[str, Any], at: str, into: Problems) -> None:
    categories = value["axis_config"]["categories"]
    names = [series["name"] for series in value["series"]]
    if len(names) != len(set(names)):
        into.append(Problem(f"{at}/series", "series names must be unique"))
    for index, series in enumerate(value["series"]):
        if [point["label"] for point in series["data"]] != categories:
            into.append(Problem(f"{at}/series/{index}/data", "labels must match axis_config.categories"))


def _xy_chart(kind: str) -> Obj:
    return typed(
        kind,
        {"series": Arr(_SERIES, limits.CHART_SERIES, 1), "axis_config": _AXES},
        ("series", "axis_config"),
        (_match_categories,),
    )


CHART = ByType(
    {
        "pie": typed("pie", {"segments": Arr(_POINT, limits.CHART_SERIES, 1)}, ("segments",), (_positive,)),
        **{kind: _xy_chart(kind) for kind in ("bar", "line", "area")},
    }
)
DATA_VISUALIZATION = typed(
    "data_visualization", {**_BLOCK_ID, "title": Str(limits.CHART_TITLE, 1), "chart": CHART}, ("title", "chart")
)
