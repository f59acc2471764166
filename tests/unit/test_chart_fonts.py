"""Names in every writing system: drawn with a font that has them, and never as boxes."""

from pathlib import Path

import matplotlib
from matplotlib.ft2font import FT2Font

from bot.views import graph
from bot.views.chart_fonts import LACKING, ChartFonts
from bot.views.chart_style import load_matplotlib
from tests.support.impact_cases import impact, registry

NAME = "日本語データ取込"
BUNDLED = Path(matplotlib.get_data_path()) / "fonts" / "ttf"


def only_in_stix() -> str:
    """A character that the fonts of charts do not have, but another font does."""
    usual, other = FT2Font(str(BUNDLED / "DejaVuSans.ttf")), FT2Font(str(BUNDLED / "STIXGeneral.ttf"))
    return next(
        chr(code) for code in range(0x2000, 0xE000) if not usual.get_char_index(code) and other.get_char_index(code)
    )


def test_a_character_that_no_font_has_is_a_dot() -> None:
    load_matplotlib()
    assert ChartFonts(lambda: ()).drawable(f"Box-{NAME}") == "Box-" + LACKING * len(NAME)


def test_a_character_that_another_font_has_is_drawn_with_it() -> None:
    load_matplotlib()
    broken, stix = str(Path(__file__)), str(BUNDLED / "STIXGeneral.ttf")
    character = only_in_stix()
    with matplotlib.rc_context():
        assert ChartFonts(lambda: (broken, stix)).drawable(f"a{character}") == f"a{character}"
        assert "STIXGeneral" in matplotlib.rcParams["font.family"]


def test_what_hides_in_a_name_is_not_drawn() -> None:
    load_matplotlib()
    assert ChartFonts(lambda: ()).drawable("a\u202eb\x1b") == "ab"


def test_a_picture_of_any_name_has_no_box_and_says_it_in_words() -> None:
    """matplotlib warns of a glyph that it lacks, and a warning is an error here."""
    found = impact(NAME, processors=registry([{"name": NAME, "phase": 1}, {"name": "Größe", "dependencies": [NAME]}]))
    assert graph.draw(found).title == f"What {NAME} feeds"
