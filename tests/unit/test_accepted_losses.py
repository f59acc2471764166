"""`accepted_losses.yaml`: what is read, what is refused, and what no file means."""

from datetime import date
from pathlib import Path

import pytest

from bot.config.accepted_losses import load_accepted_losses
from bot.domain.errors import ConfigError
from bot.domain.platform.accepted_losses import AcceptedLosses

ENTRY = "accepted_losses:\n  - processor: Box\n    dates: [{dates}]\n    reason: the source keeps 60 days\n"


def written(directory: Path, text: str) -> Path:
    path = directory / "accepted_losses.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_no_file_accepts_none(tmp_path: Path) -> None:
    assert load_accepted_losses(tmp_path / "accepted_losses.yaml") == AcceptedLosses()


def test_single_dates_and_spans(tmp_path: Path) -> None:
    text = ENTRY.format(dates='2025-11-03, 2025-11-20..2025-11-22, "2025-12-01"')
    losses = load_accepted_losses(written(tmp_path, text))
    days = [date(2025, 11, day) for day in (3, 20, 21, 22)] + [date(2025, 12, 1)]
    assert {losses.reason("Box", day) for day in days} == {"the source keeps 60 days"}
    assert losses.reason("Box", date(2025, 11, 23)) is None
    assert losses.reason("Other", date(2025, 11, 3)) is None


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        ("soon", "'soon' is no date; write 2026-01-05 or 2026-01-05..2026-01-08"),
        ("17", "17 is no date"),
        ("2026-01-08..2026-01-05", "begins after its end"),
        ("2020-01-01..2026-01-05", "longer than 400 days"),
        ("", "dates"),
    ],
)
def test_what_is_no_date(tmp_path: Path, dates: str, told: str) -> None:
    with pytest.raises(ConfigError, match=r"accepted_losses.yaml:\d+") as caught:
        load_accepted_losses(written(tmp_path, ENTRY.format(dates=dates)))
    assert told in str(caught.value)


def test_an_unknown_key_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="reson"):
        load_accepted_losses(written(tmp_path, ENTRY.format(dates="2026-01-05").replace("reason", "reson")))
