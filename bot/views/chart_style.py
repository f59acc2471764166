"""How charts look: two themes, one palette, one way to make a PNG."""

import io
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BAD_TO_GOOD = ("#A63603", "#F0A04B", "#F7E7B4", "#7FB6D9", "#00568C")
"""Orange to blue: told apart with every kind of colour blindness; the numbers stand in the cells too."""
INK_ON_LIGHT, INK_ON_DARK = "#1D1C1D", "#FFFFFF"

WIDTH_IN, WIDTH_PX = 4.5, 1_200


@dataclass(frozen=True)
class Style:
    """`first` and `second` are the lines of a chart: Okabe and Ito, "Color Universal Design" (2008)."""

    background: str
    ink: str
    faint: str
    grid: str
    first: str
    second: str
    band: str


LIGHT = Style(
    "#FFFFFF", ink="#1D1C1D", faint="#616061", grid="#E3E3E3", first="#0072B2", second="#D55E00", band="#9CC8E3"
)
DARK = Style(
    "#1A1D21", ink="#E8E8E8", faint="#ABABAD", grid="#35373B", first="#56B4E9", second="#E69F00", band="#2F6F94"
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

    figure = Figure(figsize=(width, height), dpi=WIDTH_PX / width, facecolor=style.background, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_facecolor(style.background)
    axes.tick_params(colors=style.faint, labelsize=9)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    return figure, axes


def png(figure: "Figure") -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", facecolor=figure.get_facecolor())
    return stream.getvalue()
