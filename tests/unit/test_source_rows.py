"""Rows of a database as lines of JSON: whatever a driver gives has a form, alone in its column or among others."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.sources.rows import Lines

NOON = datetime(2026, 1, 14, 12, tzinfo=UTC)
FORMS: list[tuple[Any, Any]] = [
    ('a "text",\nand 50 %', 'a "text",\nand 50 %'),
    (7, 7),
    (0.5, 0.5),
    (float("nan"), "nan"),
    (float("-inf"), "-inf"),
    (True, True),
    (None, None),
    (NOON, "2026-01-14T12:00:00+00:00"),
    (NOON.replace(tzinfo=None), "2026-01-14T12:00:00"),
    (date(2026, 1, 14), "2026-01-14"),
    (timedelta(minutes=1), 60.0),
    (Decimal("3.00"), 3),
    (Decimal("0.10"), "0.10"),
    (Decimal("Infinity"), "Infinity"),
    (b"\xff", "\ufffd"),
    (["a", 1], '["a", 1]'),
]


@pytest.mark.parametrize("others", [[], [("", ""), (None, None)]], ids=["alone", "among others"])
def test_every_value_has_a_form(others: list[tuple[Any, Any]], tmp_path: Path) -> None:
    path = tmp_path / "rows.ndjson"
    for value, form in FORMS:
        there = [(value, form), *others]
        with Lines(path, ["of 100 %", "number"]) as lines:
            lines.add((given, at) for at, (given, _) in enumerate(there))
        read = [json.loads(line) for line in path.read_text().splitlines()]
        assert read == [{"of 100 %": expected, "number": at} for at, (_, expected) in enumerate(there)]
        assert (lines.rows, lines.size) == (len(there), len(path.read_text()) - len(there))
