"""SVG as text, flat: every shape has its own absolute place. Text is escaped, and what XML cannot hold is left out."""

import math
import re
from collections.abc import Iterable, Sequence
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(name: str, content: str = "", /, **attributes: str | float | None) -> str:
    """`stroke_width` is stroke-width; None leaves an attribute out. Raises ValueError for a number that is none."""
    given = "".join(f" {_name(key)}={_value(value)}" for key, value in attributes.items() if value is not None)
    return f"<{name}{given}>{content}</{name}>" if content else f"<{name}{given}/>"


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: str | float) -> str:
    return quoteattr(_NOT_XML.sub("", value)) if isinstance(value, str) else f'"{number(value)}"'


def number(value: float) -> str:
    """Two decimals are a hundredth of a pixel."""
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be drawn")
    return f"{round(value, 2) + 0.0:.7g}"


def rect(x: float, y: float, width: float, height: float, fill: str, **more: str | float | None) -> str:
    return element("rect", x=x, y=y, width=max(0.0, width), height=max(0.0, height), fill=fill, **more)


def circle(x: float, y: float, radius: float, fill: str, **more: str | float | None) -> str:
    return element("circle", cx=x, cy=y, r=radius, fill=fill, **more)


def polygon(points: Iterable[Point], fill: str, **more: str | float | None) -> str:
    return element("polygon", points=_points(points), fill=fill, **more)


def polyline(points: Sequence[Point], colour: str, width: float, **more: str | float | None) -> str:
    way = {"points": _points(points), "fill": "none", "stroke": colour, "stroke_linejoin": "round"}
    return element("polyline", stroke_width=width, **way, **more)


def curve(start: Point, bend: Point, end: Point, colour: str, width: float) -> str:
    path = f"M{_points([start])} Q{_points([bend, end])}"
    return element("path", d=path, fill="none", stroke=colour, stroke_width=width)


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in points)


def text(
    content: str, x: float, y: float, size: float, fill: str, *, anchor: Anchor = "start", bold: bool = False
) -> str:
    """`y` is the middle of its capitals."""
    weight = "bold" if bold else None
    said = escape(_NOT_XML.sub("", content))
    return element(
        "text", said, x=x, y=y + 0.36 * size, font_size=size, fill=fill, text_anchor=anchor, font_weight=weight
    )


def document(width: float, height: float, family: str, parts: Iterable[str]) -> str:
    return element(
        "svg",
        "".join(parts),
        xmlns="http://www.w3.org/2000/svg",
        width=width,
        height=height,
        viewBox=f"0 0 {number(width)} {number(height)}",
        font_family=family,
    )
