"""Block Kit pieces keep Slack's limits whatever they are given: https://docs.slack.dev/reference/block-kit/blocks"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views import blocks
from bot.views.text import escape

LONG = st.integers(0, 6_000).map(lambda size: "x&<" * (size // 3))


@given(LONG)
def test_texts_fit(text: str) -> None:
    assert len(blocks.header(text)["text"]["text"]) <= 150
    assert len(blocks.section(escape(text))["text"]["text"]) <= 3_000
    assert all(len(one["text"]) <= 2_000 for one in blocks.fields([escape(text)] * 12)["fields"])
    assert all(len(one["text"]) <= 3_000 for one in blocks.context(escape(text))["elements"])
    assert len(blocks.button(text, "a", "v")["text"]["text"]) <= 75
    assert len(blocks.option(text, text)["text"]["text"]) <= 75
    assert len(blocks.option(text, text)["value"]) <= 150
    assert len(blocks.modal(text, [])["title"]["text"]) <= 24


def test_a_header_is_one_line_without_what_turns_it_around() -> None:
    assert blocks.header("Box\nfailed\r\nat \u202e1")["text"]["text"] == "Box failed at 1"


@given(st.integers(0, 130))
def test_numbers_of_things_fit(number: int) -> None:
    elements = [blocks.button(str(n), str(n), "v") for n in range(number)]
    assert len(blocks.actions(elements)["elements"]) == min(number, 25)
    assert len(blocks.fields(["x"] * number)["fields"]) == min(number, 10)
    assert len(blocks.context(*["x"] * number)["elements"]) == min(number, 10)
    assert len(blocks.select("p", "a", [blocks.option(str(n), "v") for n in range(number)])["options"]) <= 100
    many = [blocks.divider()] * number
    assert len(blocks.Card("t", tuple(many)).payload()["blocks"]) == min(number, 50)
    assert len(blocks.modal("t", many)["blocks"]) == len(blocks.home(many)["blocks"]) == min(number, 100)


@given(st.sampled_from(["x&<", "é", "🟡 &", "日本語", "x"]), st.integers(0, 6_000))
def test_message_text_fits_every_way_it_may_go(repeated: str, size: int) -> None:
    """Bytes, of which no count of characters is larger."""
    text = escape(repeated * (size // len(repeated)))
    sent = blocks.Card(text, ()).payload()["text"]
    assert len(sent.encode()) <= 4_000
    assert sent == text or len(sent.encode()) > 4_000 - len("…".encode()) - len("&amp;") - 4


def test_text_objects() -> None:
    assert blocks.plain("a\u202eb", 10) == {"type": "plain_text", "text": "ab", "emoji": True}
    assert blocks.mrkdwn("a") == {"type": "mrkdwn", "text": "a", "verbatim": True}


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u200b\u00ad\u061c", "\u180e \ufeff"])
def test_a_text_of_which_nothing_can_be_seen_is_not_sent_blank(text: str) -> None:
    assert blocks.option(text, "v")["text"]["text"] == "(nothing visible)"
    assert len(blocks.modal(text, [])["title"]["text"]) <= 24


def test_a_button_has_a_style_only_when_told() -> None:
    assert "style" not in blocks.button("Go", "a", "v")
    assert blocks.button("Go", "a", "v", style="danger")["style"] == "danger"


def test_preformatted_text_is_not_markup() -> None:
    shown = blocks.preformatted("SELECT '<!here>' & 1")
    assert shown["elements"][0]["elements"] == [{"type": "text", "text": "SELECT '<!here>' & 1"}]
