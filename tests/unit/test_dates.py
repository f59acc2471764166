"""Dates as people type them, on the calendar of the platform's zone."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dates import EARLIEST, LATEST, DateReader, window_days
from bot.domain.errors import BadInput

NOW = datetime(2026, 12, 1, 3, 30, tzinfo=UTC)
"""Tuesday morning in Berlin; still Monday evening, 30 November, in New York."""
BERLIN = DateReader(NOW, ZoneInfo("Europe/Berlin"))
TODAY = date(2026, 12, 1)
WORDS = ("yesterday", "today", "last", "week", "7", "d", "..", "to", "30", "nov", "2026-11-30", "-", "since", "ago")
FORMS = "2026-11-30, 30 Nov, yesterday, 7d or 2026-11-24..2026-11-30"


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", ago(0)), ("Yesterday", ago(1)), ("tomorrow", ago(-1)), ("3 days ago", ago(3)), ("2w ago", ago(14)),
        ("2026-11-30", ago(1)), ("2026/11/30", ago(1)), ("2026.11.30", ago(1)), ("20261130", ago(1)),
        ("30 Nov", ago(1)), ("30 november", ago(1)), ("Nov 30", ago(1)), ("nov 30, 2026", ago(1)),
        ("30nov2026", ago(1)),
        ("30th November 2025", date(2025, 11, 30)), ("30-Nov-2025", date(2025, 11, 30)), ("3 Jan", date(2027, 1, 3)),
        ("1 Sept", date(2026, 9, 1)), ("29 Feb 2028", date(2028, 2, 29)),
        ("monday", ago(1)), ("tue", ago(0)), ("last Tuesday", ago(7)), ("on Wednesday", ago(6)),
    ],
)  # fmt: skip
def test_one_date(text: str, day: date) -> None:
    assert BERLIN.day(text) == day
    assert BERLIN.is_date(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("7d", ago(6), ago(0)), ("7 days", ago(6), ago(0)), ("last 7 days", ago(6), ago(0)), ("2w", ago(13), ago(0)),
        ("2 weeks", ago(13), ago(0)), ("last week", ago(6), ago(0)), ("the past week", ago(6), ago(0)),
        ("24h", ago(1), ago(0)), ("36 hours", ago(2), ago(0)), ("1 month", ago(29), ago(0)), ("1d", ago(0), ago(0)),
        ("2026-11-24..2026-11-30", ago(7), ago(1)), ("2026-11-24 .. 2026-11-30", ago(7), ago(1)),
        ("2026-11-24...2026-11-30", ago(7), ago(1)), ("2026-11-24 to 2026-11-30", ago(7), ago(1)),
        ("2026-11-24\u20132026-11-30", ago(7), ago(1)), ("2026-11-24-2026-11-30", ago(7), ago(1)),
        ("24 Nov \u2013 30 Nov", ago(7), ago(1)), ("from 24 Nov until yesterday", ago(7), ago(1)),
        ("24 Nov - 30 Nov", ago(7), ago(1)), ("2026-11-24..", ago(7), ago(0)), ("since 24 Nov", ago(7), ago(0)),
    ],
)  # fmt: skip
def test_a_span(text: str, first: date, last: date) -> None:
    assert BERLIN.span(text) == (first, last)
    assert BERLIN.is_date(text)


def test_today_is_that_of_the_zone() -> None:
    assert DateReader(NOW, ZoneInfo("America/New_York")).day("today") == date(2026, 11, 30)
    assert BERLIN.day("today") == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("soon", f"'soon' is not a date. Write {FORMS}."),
        ("2026-02-30", "'2026-02-30' is not a date"),
        ("..2026-11-30", "'..2026-11-30' is not a date"),
        ("9999-12-31", "'9999-12-31' lies outside the years 1970 to 2099."),
        ("9999w", "'9999w' lies outside the years 1970 to 2099."),
        ("2026-11-30..2026-11-24", "2026-11-30 comes after 2026-11-24. Write the earlier date first."),
    ],
)  # fmt: skip
def test_what_is_no_date_is_named_with_examples(text: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        BERLIN.span(text)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize("text", ["since 28 Nov", "28 Nov..", "24h", "36 hours"])
def test_dates_that_name_no_end_have_none(text: str) -> None:
    assert BERLIN.dates_asked(text) == (BERLIN.span(text)[0], None, None)


@pytest.mark.parametrize("text", ["28 Nov..today", "yesterday", "today", "2026-11-24 to 2026-11-30"])
def test_an_end_that_is_named_is_kept(text: str) -> None:
    assert BERLIN.dates_asked(text) == (*BERLIN.span(text), None)


@pytest.mark.parametrize(
    ("text", "count"), [("7d", 7), ("2w", 14), ("last week", 7), ("3 days", 3), ("1d", 1), ("1 month", 30)]
)
def test_so_many_days_are_so_many_dates(text: str, count: int) -> None:
    assert BERLIN.dates_asked(text) == (None, None, count)


def test_where_one_date_is_asked_for_a_span_is_refused() -> None:
    with pytest.raises(BadInput, match="'last week' is more than one date"):
        BERLIN.day("last week")
    with pytest.raises(BadInput, match=r"'soon' is not a date. Write 2026-11-30, 30 Nov or yesterday\.$"):
        BERLIN.day("soon")


@pytest.mark.parametrize(
    ("text", "days"),
    [("7d", 7), ("7 days", 7), ("24h", 1), ("25h", 2), ("2w", 14), ("2 weeks", 14), ("last week", 7), ("1 month", 30)],
)
def test_a_window(text: str, days: int) -> None:
    assert window_days(text) == days


@pytest.mark.parametrize("text", ["", "7", "d", "7x", "seven days", "yesterday", "12345d", "phase 2"])
def test_what_is_no_window(text: str) -> None:
    assert window_days(text) is None


@given(st.text(max_size=40) | st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join))
def test_any_text_is_dates_in_order_or_bad_input(text: str) -> None:
    with suppress(BadInput):
        first, last = BERLIN.span(text)
        assert EARLIEST <= first <= last <= LATEST


@given(st.dates(EARLIEST, LATEST), st.dates(EARLIEST, LATEST), st.sampled_from(["..", " to ", "\u2013", " - ", "-"]))
def test_any_two_dates_are_read_again(one: date, other: date, between: str) -> None:
    first, last = sorted((one, other))
    assert BERLIN.span(f"{first}{between}{last}") == (first, last)
    assert BERLIN.day(f"{one.day} {one:%B} {one.year}") == one
