"""The history has the volume and the shares of PLATFORM.md."""

from pathlib import Path

import pytest

from sandbox.pipeline.volume import FIGURES, TOTAL_RUNS
from sandbox.tests.pipeline.bench import query

QUIET = (
    "regexp_matches(error_message, '(?i)no data|no games|not published|has nothing|new data|0 events|0 new|unchanged|"
    "not modified|already seen|empty response|no new')"
)


def test_total_is_within_one_percent(month: Path) -> None:
    [(total,)] = query(month, "SELECT count(*) FROM @runs")
    assert total == pytest.approx(TOTAL_RUNS, rel=0.01)


@pytest.mark.parametrize("name", FIGURES)
def test_pollers_meet_their_figures(month: Path, name: str) -> None:
    [(failures, share, zeros)] = query(
        month,
        f"""SELECT count(*) FILTER (status = 'failed'), avg((status = 'failed')::INT),
            count(*) FILTER (status = 'success' AND records_processed = 0) FROM @runs
            WHERE processor_name = '{name}' AND status <> 'skipped'""",  # noqa: S608
    )
    assert failures == pytest.approx(FIGURES[name].failures, rel=0.01)
    assert share == pytest.approx(FIGURES[name].share, abs=0.004)
    if FIGURES[name].zero_records is not None:
        assert zeros == pytest.approx(FIGURES[name].zero_records, rel=0.1)


def test_phase_two_fails_almost_always_and_almost_always_for_lack_of_data(month: Path) -> None:
    [(failed, quiet)] = query(
        month,
        f"""SELECT avg((status = 'failed')::INT), avg({QUIET}::INT) FILTER (status = 'failed')
            FROM @runs WHERE phase = 2""",  # noqa: S608
    )
    assert failed == pytest.approx(0.976, abs=0.005)
    assert isinstance(quiet, float)
    assert quiet > 0.99


def test_success_rates_of_the_phases(month: Path) -> None:
    found = query(
        month,
        f"""SELECT phase, count(*) FILTER (status = 'success')
            / count(*) FILTER (status = 'success' OR (status = 'failed' AND NOT {QUIET}))
            FROM @runs GROUP BY phase""",  # noqa: S608
    )
    rates = {row[0]: row[1] for row in found}
    assert rates.pop(5) == pytest.approx(0.27, abs=0.04)
    assert set(rates) == {1, 2, 3, 4, 6}
    assert all(isinstance(rate, float) and rate > 0.9 for rate in rates.values()), rates


def test_phase_five_works_at_the_end(month: Path) -> None:
    """A fresh demo is RED only of what somebody breaks."""
    [(well, failed)] = query(
        month,
        """SELECT count(*) FILTER (status = 'success'), count(*) FILTER (status = 'failed') FROM @runs
           WHERE phase = 5 AND started_at > (SELECT max(started_at) - INTERVAL 1 DAY FROM @runs)""",
    )
    assert isinstance(well, int)
    assert well > 0
    assert failed == 0


def test_monday_night_pile_up(month: Path) -> None:
    [(piled, sunday)] = query(
        month,
        """SELECT count(*) FILTER (dayofweek(started_at) = 1 AND hour(started_at) < 3),
           count(*) FILTER (dayofweek(started_at) = 0 AND hour(started_at) < 3) FROM @runs WHERE status = 'failed'""",
    )
    assert isinstance(piled, int)
    assert isinstance(sunday, int)
    assert piled > 30_000
    assert piled > 6 * sunday


def test_categories_come_late_and_stay_incomplete(month: Path) -> None:
    before, after = query(
        month,
        """SELECT avg((failure_category IS NULL)::INT), avg(coalesce(failure_category = 'unknown', false)::INT)
           FROM @runs WHERE status = 'failed' GROUP BY started_at >= '2026-03-06 22:07:00' ORDER BY 1 DESC""",
    )
    assert before == (1.0, 0.0)
    assert after[0] < 0.01  # type: ignore[operator]
    assert after[1] == pytest.approx(0.02, abs=0.003)


def test_everything_else_runs_a_few_times_a_day(month: Path) -> None:
    names = ", ".join(f"'{name}'" for name in FIGURES)
    [(most, processors)] = query(
        month,
        f"""SELECT max(n) / 30, count(*) FROM (SELECT count(*) AS n FROM @runs
            WHERE processor_name NOT IN ({names}) GROUP BY processor_name)""",  # noqa: S608
    )
    assert processors == 50
    assert isinstance(most, float)
    assert most < 5


def test_the_mix_of_root_causes(month: Path) -> None:
    found = query(
        month,
        """SELECT count(*) FILTER (error_message LIKE 'Stale running%'), count(*) FILTER (duration_seconds > 590
           AND regexp_matches(error_message, '(?i)time')), count(*) FILTER (status = 'skipped' AND error_message
           LIKE 'Already processed%'), count(*) FILTER (regexp_matches(error_message, '^Upstream|Dependency check')),
           count(*) FILTER (error_message LIKE '%alidation%' OR error_message LIKE 'Data quality%'),
           count(*) FILTER (trigger = 'backfill'), count(DISTINCT error_message) FROM @runs""",
    )
    assert all(isinstance(count, int) and count >= 1 for count in found[0]), found


def test_the_coordinator_is_usually_quick(month: Path) -> None:
    [(middle, worst)] = query(
        month,
        """SELECT median(duration_seconds), max(duration_seconds) FROM @runs
           WHERE processor_name = 'PredictionCoordinator' AND records_processed > 0""",
    )
    assert isinstance(middle, float)
    assert isinstance(worst, float)
    assert 12 < middle < 75
    assert worst <= 607


def test_a_month_is_written_in_less_than_ten_seconds(written: tuple[Path, float]) -> None:
    assert written[1] < 10
