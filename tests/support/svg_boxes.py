"""What a picture's words cover, read from its SVG."""

from dataclasses import dataclass
from itertools import combinations
from xml.etree import ElementTree

from bot.views.chart_fonts import fonts

XMLNS = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Box:
    """One text: where it begins and ends, from the top of its capitals to its baseline."""

    said: str
    left: float
    right: float
    top: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        return across > 0.5 and min(self.bottom, other.bottom) - max(self.top, other.top) > 0.5


def boxes(picture: str) -> list[Box]:
    """Raises ParseError for what is no XML."""
    return [_box(each) for each in ElementTree.fromstring(picture).iter(f"{XMLNS}text")]


def _box(text: ElementTree.Element) -> Box:
    said, size = text.text or "", float(text.attrib["font-size"])
    wide = fonts().width(said, size, bold="font-weight" in text.attrib)
    before = {"start": 0.0, "middle": wide / 2, "end": wide}[text.attrib["text-anchor"]]
    left, bottom = float(text.attrib["x"]) - before, float(text.attrib["y"])
    return Box(said, left, left + wide, bottom - 0.73 * size, bottom)


def said(picture: str) -> list[str]:
    return [box.said for box in boxes(picture)]


def check(picture: str, margin: float = 3.0) -> list[Box]:
    """All its words are inside, and none is over another."""
    root = ElementTree.fromstring(picture)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    found = boxes(picture)
    outside = [
        box
        for box in found
        if box.left < margin or box.right > width - margin or box.top < margin or box.bottom > height - margin
    ]
    assert outside == []
    assert [(one.said, other.said) for one, other in combinations(found, 2) if one.meets(other)] == []
    return found
