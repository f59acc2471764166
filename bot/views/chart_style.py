"""How charts look: one card for every reader, one palette, one way to make a PNG.

A picture cannot know whether its reader's Slack is light or dark. So each is an opaque card with a border: dark ink on
near-white reads on both. One colour has one meaning in every picture: vermilion is broken, amber is at risk, blue is
fine, hollow is not known. Lines of data are ink. Okabe and Ito, "Color Universal Design" (2008).
"""

import io
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BROKEN, AT_RISK, FINE = "#C44601", "#E69F00", "#0072B2"
BAD_TO_GOOD = ("#A63603", "#F0A04B", "#F7E7B4", "#7FB6D9", "#00568C")
"""Broken to fine: distinct with every kind of colour blindness; the numbers stand in the cells too."""
NONE_TO_MANY = ("#F3F1EC", "#F6D9A8", "#E69F00", "#C44601", "#7A2A00")
"""Failures: the more, the darker."""
INK_ON_LIGHT, INK_ON_DARK = "#1D1C1D", "#FFFFFF"

WIDTH_IN, WIDTH_PX = 4.5, 1_200
MARGIN = 0.13
"""Inches between the edge and what is drawn."""
BORDER = 3.0
"""Points: the edge of the card, seen where the page is as light as the card."""


@dataclass(frozen=True)
class Style:
    """`first` and `second` are the lines of a chart, distinct by their marks too."""

    background: str
    ink: str
    faint: str
    grid: str
    first: str
    second: str
    band: str


CARD = Style(
    "#FAFAF8", ink="#1D1C1D", faint="#56555A", grid="#DAD9D6", first="#1D1C1D", second="#6B6A70", band="#C9C8C4"
)


_LOADING = threading.Lock()


def load_matplotlib() -> None:
    """Import all that charts need, once: two threads that begin at the same time would see it half made."""
    with _LOADING:
        import matplotlib.backends.backend_agg
        import matplotlib.colors
        import matplotlib.figure  # noqa: F401 (for its effect)


def new_figure(style: Style, *, height: float = 2.9, width: float = WIDTH_IN) -> "tuple[Figure, Axes]":
    """A figure of a phone's width, in inches: text of 9 points is as large there as it sounds."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    engine = ConstrainedLayoutEngine(w_pad=MARGIN, h_pad=MARGIN)
    figure = Figure(figsize=(width, height), dpi=WIDTH_PX / width, facecolor=style.background, layout=engine)
    figure.patch.set(edgecolor=style.grid, linewidth=BORDER)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_facecolor(style.background)
    axes.tick_params(colors=style.faint, labelsize=9)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    return figure, axes


def png(figure: "Figure") -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", facecolor=figure.get_facecolor(), edgecolor=figure.get_edgecolor())
    return stream.getvalue()


def titled(figure: "Figure", text: str, style: Style) -> None:
    """From the picture's left edge on, not from the axes': there is room for it."""
    title = figure.suptitle(
        text, x=MARGIN / figure.get_figwidth(), ha="left", color=style.ink, fontsize=10, fontweight="bold"
    )
    title.set_parse_math(False)
