"""The fonts of pictures. Fireline brings its own: a picture has its words on a machine without any font. A character
that it lacks, such as one of a Chinese name, is taken from a font of the system that has it; where none has, a dot
stands for it.
"""

import threading
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from bot.views.font_face import UNREADABLE, Face
from bot.views.text import one_line, visible

LACKING = "·"
FAMILY = "DejaVu Sans"
BUNDLED = Path(__file__).parent / "fonts"
FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
    "C:/Windows/Fonts",
)
"""Where the systems that Fireline runs on keep fonts."""
UNLIKE = ("Serif", "Mono", "Bold", "Italic", "Oblique")
BOXES = "LastResort"
"""It has every character, and draws a box for each."""


class ChartFonts:
    """`found` gives the files of the system's fonts; they are looked at when a character is lacking."""

    def __init__(self, found: Callable[[], Iterable[Path]]) -> None:
        self._found = found
        self._looking = threading.Lock()
        self._plain, self._bold = (Face(BUNDLED / name) for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"))
        self._more: list[Face] = []
        self._face_of: dict[tuple[str, bool], Face | None] = {}

    def files(self) -> list[str]:
        """All that a picture may need, the bundled ones first."""
        return [str(face.path) for face in (self._plain, self._bold, *self._more)]

    def drawable(self, text: str) -> str:
        """One line of text with nothing in it that would be drawn as a box, or not at all."""
        with self._looking:
            return "".join(one if self._face(one) else LACKING for one in visible(one_line(text)))

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Of text that is drawable, in the unit of its size."""
        with self._looking:
            faces = ((one, self._face(one, bold=bold) or self._plain) for one in text)
            return size * sum(face.advance(one) for one, face in faces)

    def fit(self, text: str, room: float, size: float, *, bold: bool = False) -> str:
        """Drawable, as much of its middle left out as has to be: names differ at their ends."""
        text = self.drawable(text)
        kept = len(text)
        while self.width(_middle_out(text, kept), size, bold=bold) > room and kept > 0:
            kept -= 1
        return _middle_out(text, kept)

    def _face(self, character: str, *, bold: bool = False) -> Face | None:
        key = character, bold
        if key not in self._face_of:
            usual = (self._bold, self._plain) if bold else (self._plain, self._bold)
            known = next((face for face in (*usual, *self._more) if face.has(character)), None)
            self._face_of[key] = known or self._from_system(character)
        return self._face_of[key]

    def _from_system(self, character: str) -> Face | None:
        for path in self._found():
            try:
                face = Face(path)
            except UNREADABLE:
                continue  # A file that is no font, or a broken one: the next one may do.
            if face.has(character):
                self._more.append(face)
                return face
        return None


def _middle_out(text: str, kept: int) -> str:
    if kept >= len(text):
        return text
    head = (kept + 1) // 2
    return f"{text[:head]}…{text[len(text) - (kept - head) :]}"


@cache
def _system_fonts() -> tuple[Path, ...]:
    """Those for text first: plain, not bold, not for one writing system alone."""
    folders = (Path(folder).expanduser() for folder in FOLDERS)
    files = (path for folder in folders for path in folder.rglob("*") if path.suffix in (".ttf", ".otf", ".ttc"))
    found = (path for path in files if BOXES not in path.stem)
    return tuple(sorted(found, key=lambda path: (any(word in path.stem for word in UNLIKE), str(path))))


@cache
def fonts() -> ChartFonts:
    """Those of this process: read at its first picture."""
    return ChartFonts(_system_fonts)
