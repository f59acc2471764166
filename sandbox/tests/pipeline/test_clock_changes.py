"""Slots are wall-clock Eastern time on the days when clocks change."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.pipeline.history import write_history
from sandbox.pipeline.moments import slot, utc
from sandbox.tests.pipeline.bench import query


@pytest.mark.parametrize(
    ("day", "hours", "expected"),
    [
        (date(2026, 3, 7), 25.5, "2026-03-08 06:30"),
        (date(2026, 3, 7), 26.0, "2026-03-08 07:00"),
        (date(2026, 3, 7), 26.75, "2026-03-08 07:00"),
        (date(2026, 3, 7), 27.0, "2026-03-08 07:00"),
        (date(2026, 3, 8), 6.0, "2026-03-08 10:00"),
        (date(2026, 3, 7), 6.0, "2026-03-07 11:00"),
        (date(2026, 10, 31), 25.5, "2026-11-01 05:30"),
        (date(2026, 10, 31), 26.0, "2026-11-01 07:00"),
        (date(2026, 11, 1), 6.0, "2026-11-01 11:00"),
    ],
)
def test_slots(day: date, hours: float, expected: str) -> None:
    assert f"{utc(slot(day, hours)):%Y-%m-%d %H:%M}" == expected


@pytest.mark.parametrize("changed", [date(2026, 3, 8), date(2026, 11, 1)])
def test_the_night_of_the_change_is_processed_completely(
    tmp_path: Path, registry: dict[str, Any], changed: date
) -> None:
    end = datetime(changed.year, changed.month, changed.day, 22, 0, tzinfo=UTC)
    write_history(tmp_path, registry, end, days=2, seed=5)
    before = changed - timedelta(days=1)
    empty = query(
        tmp_path,
        f"""SELECT DISTINCT processor_name, error_message FROM @runs WHERE data_date = '{before}' AND phase IN (3, 4)
            AND processor_name NOT IN (SELECT processor_name FROM @runs WHERE data_date = '{before}'
            AND duration_seconds > 20 AND status = 'success')""",  # noqa: S608
    )
    assert empty == []


def test_no_slot_runs_twice_in_the_repeated_hour(tmp_path: Path, registry: dict[str, Any]) -> None:
    write_history(tmp_path, registry, datetime(2026, 11, 2, 17, 0, tzinfo=UTC), days=3, seed=5)
    twice = query(
        tmp_path,
        """SELECT processor_name, count(*) FROM @runs WHERE trigger = 'schedule' AND data_date = '2026-10-31'
           AND processor_name = 'BdlPlayerStats' GROUP BY 1""",
    )
    assert twice == [("BdlPlayerStats", 2)]
