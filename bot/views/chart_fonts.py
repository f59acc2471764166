"""Characters that the font of charts lacks, such as those of a Chinese name: taken from a font of the system that has
them; where none has, a dot stands for each.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.views.text import visible

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font

LACKING = "·"
_LOOKING = threading.Lock()


class ChartFonts:
    """`found` gives the files of the system's fonts; they are looked at when a character is lacking."""

    def __init__(self, found: Callable[[], Sequence[str]]) -> None:
        self._found = found
        self._faces: list[FT2Font] = []
        self._known: dict[str, bool] = {}

    def drawable(self, text: str) -> str:
        """The text with nothing in it that would be drawn as a box."""
        with _LOOKING:
            return "".join(one if self._has(one) else LACKING for one in visible(text))

    def _has(self, character: str) -> bool:
        if character not in self._known:
            self._known[character] = self._covers(character) or self._found_for(character)
        return self._known[character]

    def _covers(self, character: str) -> bool:
        if not self._faces:
            from matplotlib.font_manager import FontProperties, fontManager
            from matplotlib.ft2font import FT2Font

            self._faces.append(FT2Font(fontManager.findfont(FontProperties())))
        return any(face.get_char_index(ord(character)) for face in self._faces)

    def _found_for(self, character: str) -> bool:
        from matplotlib import rcParams
        from matplotlib.font_manager import fontManager
        from matplotlib.ft2font import FT2Font

        for path in self._found():
            try:
                face = FT2Font(path)
            except (OSError, RuntimeError):
                continue  # A file that FreeType cannot read: the next one may do.
            if face.scalable and face.get_char_index(ord(character)):
                fontManager.addfont(path)
                rcParams["font.family"] = [*rcParams["font.family"], face.family_name]
                self._faces.append(face)
                return True
        return False


@cache
def _system_fonts() -> tuple[str, ...]:
    """Those for text first: plain, not bold, not for one writing system alone."""
    from matplotlib.font_manager import findSystemFonts

    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # it warns of a family without a bold face
    unlike = ("Serif", "Mono", "Bold", "Italic", "Oblique")
    return tuple(sorted(findSystemFonts(), key=lambda path: (any(word in Path(path).stem for word in unlike), path)))


drawable = ChartFonts(_system_fonts).drawable
