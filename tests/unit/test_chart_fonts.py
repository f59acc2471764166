"""Names in every writing system: drawn with a font that has them, and never as boxes or as nothing."""

import io
import struct
from pathlib import Path

import pytest
from PIL import Image
from resvg_py import svg_to_bytes

from bot.views import graph, svg
from bot.views.chart_fonts import BUNDLED, FAMILY, LACKING, ChartFonts, fonts
from bot.views.chart_style import PIXELS, png
from bot.views.font_face import UNREADABLE, Face
from tests.support.impact_cases import impact, registry

NAME = "日本語データ取込"


def ink(text: str, *, bold: bool = False) -> tuple[int, int, int, int] | None:
    """Left, top, right and bottom of what is drawn for a text, in pixels; None where nothing is."""
    drawn = svg.text(text, 20, 20, 12, "#000000", bold=bold)
    page = svg.document(400, 40, FAMILY, [svg.rect(0, 0, 400, 40, "#FFFFFF"), drawn])
    with Image.open(io.BytesIO(png(page))) as picture:
        return picture.convert("L").point(lambda value: 255 if value < 128 else 0).getbbox()


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        "HNbacPlayerBoxscoresH",
        "H98.0% in 5 h 40 minH",
        "HGrößeH",
        "H\u0391\u03b8\u03ae\u03bd\u03b1H",
        "H\u041c\u0436\u044fH",
    ],
)
def test_a_text_is_as_wide_as_it_is_said_to_be(text: str, bold: bool) -> None:
    """So what was placed by its width is where it was meant to be. The first and the last letter have a small side."""
    found = ink(text, bold=bold)
    assert found is not None
    assert (found[2] - found[0]) / PIXELS == pytest.approx(fonts().width(text, 12, bold=bold), abs=3)


def test_pictures_need_no_font_of_the_machine() -> None:
    """What draws is given the bundled files alone."""
    assert {Path(file).parent for file in ChartFonts(lambda: ()).files()} == {BUNDLED}
    assert (BUNDLED / "LICENSE").read_text().startswith("Fonts are (c) Bitstream")


def test_a_character_that_no_font_has_is_a_dot_that_is_seen() -> None:
    lacking = ChartFonts(lambda: ())
    assert lacking.drawable(f"Box-{NAME}") == "Box-" + LACKING * len(NAME)
    assert ink(LACKING) is not None


def font_with(path: Path, character: str, like: str) -> Path:
    """The bundled font under another map of characters: it has this one alone, drawn like another."""
    data = bytearray((BUNDLED / "DejaVuSans.ttf").read_bytes())
    [glyph] = [at for at in range(1, 3_000) if Face(BUNDLED / "DejaVuSans.ttf").glyph(like) == at]
    groups = struct.pack(">HHIIIIII", 12, 0, 28, 0, 1, ord(character), ord(character), glyph)
    table = struct.pack(">HHHHI", 0, 1, 3, 10, 12) + groups
    struct.pack_into(">II", data, data.index(b"cmap") + 8, len(data), len(table))
    path.write_bytes(data + table)
    return path


def test_a_character_that_another_font_has_is_drawn_with_it(tmp_path: Path) -> None:
    (tmp_path / "broken.ttf").write_text("no font")
    other = font_with(tmp_path / "other.ttf", "あ", like="W")
    found = ChartFonts(lambda: (tmp_path / "broken.ttf", other))
    assert found.drawable("aあい") == f"aあ{LACKING}"
    assert found.files()[2:] == [str(other)]
    assert found.width("あ", 10) == pytest.approx(fonts().width("W", 10))
    page = svg.document(40, 40, FAMILY, [svg.text("あ", 5, 20, 12, "#000000")])
    drawn = svg_to_bytes(svg_string=page, skip_system_fonts=True, font_files=found.files())
    with Image.open(io.BytesIO(drawn)) as picture:
        assert picture.getbbox() is not None


@pytest.mark.parametrize("broken", [b"", b"ttcf", b"\0\1\0\0\0\2", b"OTTO" + b"\0" * 40, b"\0" * 5_000])
def test_what_is_no_font_is_refused(tmp_path: Path, broken: bytes) -> None:
    (tmp_path / "a.ttf").write_bytes(broken)
    with pytest.raises(UNREADABLE):
        Face(tmp_path / "a.ttf")


def test_what_hides_in_a_name_is_not_drawn() -> None:
    assert ChartFonts(lambda: ()).drawable("a\u202eb\x1b\ud800") == "ab?"


def test_a_picture_of_any_name_says_it_in_words() -> None:
    found = impact(NAME, processors=registry([{"name": NAME, "phase": 1}, {"name": "Größe", "dependencies": [NAME]}]))
    assert graph.draw(found).title == f"What {NAME} feeds"
