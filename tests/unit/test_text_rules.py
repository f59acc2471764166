"""How the first matching rule decides what an error text says, and what of the text the rules read."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.evidence.runs import Category
from bot.domain.evidence.text_rules import EDGE, TextRule, category_of, same_text, subject_of

RULES = (
    TextRule(Category.NO_DATA_AVAILABLE, (r"\bno games\b", r"\bempty response\b")),
    TextRule(Category.TIMEOUT, (r"\btimeout\b", r"\btimed out\b")),
)


def test_the_first_rule_that_matches_decides() -> None:
    assert category_of("Empty response (before 30s timeout window)", RULES) is Category.NO_DATA_AVAILABLE
    assert category_of("Timed out: no response", RULES) is Category.TIMEOUT


def test_letter_case_and_white_space_do_not_matter() -> None:
    assert category_of("NO \n  GAMES today", RULES) is Category.NO_DATA_AVAILABLE


def test_a_text_that_says_nothing_known_has_no_category() -> None:
    assert category_of("something odd", RULES) is None
    assert category_of("", RULES) is None
    assert category_of("no games", ()) is None


def test_the_pattern_that_matched_is_reported() -> None:
    assert RULES[1].matching("it timed out") == r"\btimed out\b"
    assert RULES[1].matching("it went well") is None


def test_of_a_traceback_only_the_last_exception_is_read() -> None:
    text = (
        'Traceback (most recent call last):\n  File "/app/timeout.py", line 3, in load\n    get()\nKeyError: 1\n\n'
        "During handling of the above exception, another exception occurred:\n\n"
        'Traceback (most recent call last):\n  File "/app/timeout.py", line 9\n    raise\nValueError: no games\n'
    )
    assert subject_of(text) == "ValueError: no games"
    assert category_of(text, RULES) is Category.NO_DATA_AVAILABLE


def test_a_traceback_cut_short_is_read_whole() -> None:
    assert category_of("Traceback (most recent call last):\n  File x\n    timeout", RULES) is Category.TIMEOUT


def test_both_ends_of_a_long_text_are_read() -> None:
    filler = "x " * 100_000
    assert category_of(f"timed out {filler}", RULES) is Category.TIMEOUT
    assert category_of(f"{filler} timed out", RULES) is Category.TIMEOUT
    assert len(subject_of(filler)) <= 2 * EDGE + 1


def test_numbers_tell_no_causes_apart_and_names_do() -> None:
    assert same_text("Out of  memory at 0x7Ff0 (n=12)") == same_text("out of memory at 0xAB (n=48211)")
    assert same_text("KeyError: 'shop_ref'") != same_text("KeyError: 'ads_ref'")


@given(st.text())
def test_any_text_at_all_is_read(text: str) -> None:
    assert category_of(text, RULES) in {None, Category.NO_DATA_AVAILABLE, Category.TIMEOUT}
