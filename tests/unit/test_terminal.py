"""What reaches a terminal: every name whole, every sentence whole, and no control character of data."""

import re

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from bot.cli.tables import NONE, Column, listing, rendered
from bot.cli.terminal import shown

OBEYED = re.compile(r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
NASTY = "\x1b[31mred\x1b[0m \u202egnp.exe\u200b \x9b2J \x07 a\tb\r\nforged: line\u2028next"
Row = tuple[str, str, str, str]
COLUMNS = (
    Column[Row]("processor", lambda row: Text(row[0])),
    Column[Row]("state", lambda row: Text(row[1])),
    Column[Row]("owner", lambda row: Text(row[2]), spare=1),
    Column[Row]("because", lambda row: Text(row[3]), sentence=True),
)
LONG = "PlayerCompositeFactorsProcessorOfTheSecondGeneration"
WHY = "3 failed runs since the last slot, the table has 0 rows where 318 are usual, and the raw file is there"


def drawn(rows: list[Row], width: int) -> str:
    def print_rows(console: Console) -> None:
        console.print(listing(COLUMNS, rows, console))

    return rendered(print_rows, width=width, colour=False)


def test_control_and_direction_characters_are_shown() -> None:
    assert shown("\x1b[31m\u202e\x9b\n") == "\\x1b[31m\\u202e\\x9b\\n"
    assert shown("plain, ünï 日本語 🏀") == "plain, ünï 日本語 🏀"


@given(st.text() | st.text(st.sampled_from(NASTY)))
def test_nothing_of_data_is_obeyed(text: str) -> None:
    assert not OBEYED.search(shown(text))
    assert len(shown(text).splitlines()) <= 1
    for width in (30, 200):
        assert not OBEYED.search(drawn([(text, text, text, text)], width))


def test_a_wide_terminal_has_a_table_and_a_narrow_one_spares_a_column_first() -> None:
    rows = [(LONG, "no data", "raw-team", WHY), ("Short", "at risk", NONE, "Its slot is to come")]
    wide = drawn(rows, 150).splitlines()
    assert wide[0].split() == ["processor", "state", "owner", "because"]
    spared = drawn(rows, 112).splitlines()
    assert spared[0].split() == ["processor", "state", "because"]
    assert spared[-1] == "Not shown in 112 columns: owner. A wider terminal or --json has them."
    assert "Not shown" not in "".join(wide)


def test_below_its_width_each_row_is_a_block() -> None:
    shown_rows = drawn([(LONG, "no data", "raw-team", WHY), ("Short", "at risk", NONE, "")], 60).splitlines()
    assert shown_rows[:2] == [LONG, "  state no data · owner raw-team"]
    assert [line.strip() for line in shown_rows[-2:]] == ["Short", "state at risk"]


@given(st.integers(20, 220))
def test_no_width_loses_a_name_or_a_word(width: int) -> None:
    text = drawn([(LONG, "no data", NONE, WHY)], width)
    assert "…" not in text
    assert LONG in text.replace("\n", "")
    assert set(WHY.split()) <= set(text.split())
    assert max(map(len, text.splitlines())) <= width
