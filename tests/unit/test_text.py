"""Data as Slack text: no mention, link or date comes out of it, and no cut leaves half an entity."""

import html
import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.views.text import cut, cut_bytes, cut_words, escape, visible

MARKUP = st.text("<>&|!@#^;*_~`:/ amplgtU1C\n\u202e\u200b\ud800", max_size=60)
DATA = st.text() | MARKUP
ENTITY = re.compile(r"&(?:amp|lt|gt);")

ATTACKS = (
    "<!channel>", "<!here>", "<!everyone>", "<!subteam^S01ONCALL|oncall>", "<@U01ALEX>", "<#C02MONITOR|x>",
    "<https://evil.example|click>", "<mailto:a@b.c|x>", "<!date^1^{date}|never>", "&lt;!channel&gt;", "&#60;!here&#62;",
    "<\u200b!channel>", "<\u202e!channel>", "\ufeff<!here>", "<!cha\u0000nnel>", "<<!here>>", "<!here", "!here>",
)  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_are_shown_not_obeyed(attack: str) -> None:
    assert not set("<>") & set(escape(attack))
    assert html.unescape(html.unescape(escape(attack))) == html.unescape(visible(attack))


@given(DATA)
def test_nothing_comes_out_of_data(text: str) -> None:
    escaped = escape(text)
    assert not set("<>") & set(escaped)
    assert "&" not in ENTITY.sub("", escaped)
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == visible(text)


@given(DATA)
def test_visible_text_can_be_sent_and_hides_nothing(text: str) -> None:
    shown = visible(text)
    shown.encode()
    assert not any(unicodedata.bidirectional(one) in ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI") for one in shown)
    assert not any(unicodedata.category(one) == "Cc" and one not in "\n\t" for one in shown)
    assert visible(shown) == shown


@pytest.mark.parametrize("character", "\u00ad\u061c\u180e\u200b\u200e\u202e\u2066\ufeff")
def test_what_cannot_be_seen_is_left_out(character: str) -> None:
    assert visible(f"a{character}b") == "ab"


def test_what_people_write_stays() -> None:
    for text in ("naïve café", "日本語", "🔴 a\tb\nc", "e\u0301", "שלום", "a & b"):
        assert visible(text) == text


@given(DATA, st.integers(1, 70))
@example("a&b", 4)
@example("&&&&", 5)
def test_cut_leaves_whole_entities_within_the_limit(text: str, most: int) -> None:
    escaped = escape(text)
    short = cut(escaped, most)
    assert len(short) <= most
    assert "&" not in ENTITY.sub("", short)
    kept = short.removesuffix("…") if short != escaped else short
    assert escaped.startswith(kept)
    if short != escaped:
        assert short.endswith("…")
        assert len(kept) >= most - 1 - len("&amp")


@given(DATA, st.integers(3, 90))
@example("é" * 30, 20)
@example("🔴" * 9, 21)
@example("日&", 6)
def test_cut_bytes_leaves_whole_characters_and_entities(text: str, most: int) -> None:
    escaped = escape(text)
    short = cut_bytes(escaped, most)
    assert len(short.encode()) <= most
    assert "&" not in ENTITY.sub("", short)
    assert escaped.startswith(short.removesuffix("…") if short != escaped else short)
    assert (short == escaped) is (len(escaped.encode()) <= most)


@given(st.text("ab &;", max_size=20), st.text("ab", max_size=20), st.integers(1, 60))
def test_cut_leaves_whole_tokens(before: str, after: str, most: int) -> None:
    text = f"{escape(before)}<!date^1768930200^{{date}}|2026-01-20>{after}"
    short = cut(text, most)
    assert len(short) <= most
    assert short.count("<") == short.count(">")


@given(st.text(max_size=20), st.integers(20, 40))
def test_what_fits_is_not_touched(text: str, most: int) -> None:
    assert cut(text, most) == text


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("what it is made from is there, the table is empty", 40, "what it is made from is there…"),
        ("the run of 01:32 UTC skipped itself as done, no rows", 40, "the run of 01:32 UTC skipped itself…"),
        ("connection refused", 18, "connection refused"),
        ("one wordthatgoesonandon", 12, "one wordtha…"),
    ],
)
def test_prose_is_cut_between_words_and_leaves_none_that_stands_before_nothing(
    text: str, most: int, shown: str
) -> None:
    assert cut_words(text, most) == shown
