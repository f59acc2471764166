"""How pictures look: one card for every reader, one palette, one way to make a PNG.

A picture cannot know whether its reader's Slack is light or dark. So each is an opaque card with a border: dark ink on
near-white reads on both. One colour has one meaning in every picture: vermilion is broken, amber is at risk, blue is
fine, hollow is not known; a shape, a number or a word says the same. Lines of data are ink. Okabe and Ito, "Color
Universal Design" (2008). Lengths are in points of a card that is WIDTH wide: on a phone a point is a little less than a
pixel of the page.
"""

from collections.abc import Iterable, Sequence

from bot.views import svg
from bot.views.chart_fonts import FAMILY, fonts

PAPER, INK, FAINT, GRID, BAND = "#FAFAF8", "#1D1C1D", "#56555A", "#DAD9D6", "#D3D2CE"
SECOND = "#6B6A70"
"""The second line of a chart, distinct from the first by its marks too."""
BROKEN, AT_RISK, FINE = "#C44601", "#E69F00", "#0072B2"
BAD_TO_GOOD = ("#A63603", "#F0A04B", "#F7E7B4", "#7FB6D9", "#00568C")
"""Broken to fine: distinct with every kind of colour blindness; the numbers stand in the cells too."""
NONE_TO_MANY = ("#F3F1EC", "#F6D9A8", "#E69F00", "#C44601", "#7A2A00")
"""Failures: the more, the darker."""
ON_DARK = "#FFFFFF"

WIDTH, PIXELS = 400.0, 3
MARGIN = 14.0
TITLE, WORDS, SMALL = 14.0, 12.0, 11.0
"""Sizes of text."""
TOP = 44.0
"""Where what is drawn begins below a title, without further lines."""
LINE = 17.0


def png(picture: str) -> bytes:
    """The picture as it is sent: three pixels a point. What draws it is loaded with the first."""
    from resvg_py import svg_to_bytes

    return svg_to_bytes(svg_string=picture, zoom=PIXELS, skip_system_fonts=True, font_files=fonts().files())


def card(title: str, height: float, parts: Iterable[str], notes: Sequence[str] = ()) -> str:
    """A whole picture: its title, lines of `notes` below it, and what is drawn."""
    frame = svg.rect(1, 1, WIDTH - 2, height - 2, PAPER, stroke=GRID, stroke_width=2, rx=4)
    page = svg.rect(0, 0, WIDTH, height, PAPER)
    head = words(title, MARGIN, MARGIN + 10, size=TITLE, room=WIDTH - 2 * MARGIN, bold=True)
    lines = [words(note, MARGIN, TOP + LINE * at, room=WIDTH - 2 * MARGIN) for at, note in enumerate(notes)]
    return svg.document(WIDTH, height, FAMILY, [page, frame, head, *lines, *parts])


def words(
    text: str,
    x: float,
    y: float,
    *,
    room: float,
    size: float = SMALL,
    fill: str = "",
    anchor: svg.Anchor = "start",
    bold: bool = False,
) -> str:
    """Text of at most `room` in width, however long it is. Dark where it is a title or bold, else faint."""
    ink = fill or (INK if bold else FAINT)
    return svg.text(fonts().fit(text, room, size, bold=bold), x, y, size, ink, anchor=anchor, bold=bold)


def shade(colours: Sequence[str], share: float) -> str:
    """The colour at a share (0 to 1) of the way through a row of them."""
    at = min(max(share, 0.0), 1.0) * (len(colours) - 1)
    low = min(int(at), len(colours) - 2)
    mixed = (round(a + (b - a) * (at - low)) for a, b in zip(_rgb(colours[low]), _rgb(colours[low + 1]), strict=True))
    return "#" + "".join(f"{part:02X}" for part in mixed)


def ink_on(colour: str) -> str:
    """Black or white, by the brightness of what is below it: https://www.w3.org/TR/AERT/#color-contrast"""
    red, green, blue = _rgb(colour)
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 127 else ON_DARK


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
