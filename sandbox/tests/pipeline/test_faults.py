"""Each fault leaves the evidence that PLATFORM.md describes, and nothing else."""

from datetime import date, timedelta

import pytest

from sandbox.pipeline.faults import CATALOG, FaultError
from sandbox.tests.pipeline.bench import Bench, MakeBench

TODAY = date(2026, 1, 14)
GAMEBOOK = "NbacGamebookProcessor"
LEAF = "BdlPlayerStats"
SUMMARY = "PlayerGameSummaryProcessor"


def _night(bench: Bench) -> None:
    """On to 04:30 ET, after phase 4."""
    bench.until_slot(TODAY, 28.4)


def _complete(bench: Bench, name: str) -> bool:
    processor = bench.processor(name)
    games = len(bench.pipeline.world.calendar.games(TODAY))
    return bench.rows(name, TODAY) >= 0.9 * processor.typical * games


def test_without_faults_the_day_goes_well(bench: MakeBench) -> None:
    quiet = bench()
    _night(quiet)
    for name in (GAMEBOOK, LEAF, SUMMARY, "PlayerCompositeFactorsProcessor", "GamebookRegistryProcessor"):
        assert _complete(quiet, name), name
    real = [
        row
        for row in quiet.runs.values()
        if row.status == "failed"
        and row.trigger != "poll"
        and row.failure_category not in (None, "unknown", "no_data_available")
    ]
    assert [row for row in real if row.attempt == 1] == []


def test_every_fault_is_described() -> None:
    assert set(CATALOG) >= {
        "scraper_down",
        "processor_crash",
        "zero_records",
        "tracking_fault",
        "idempotency_block",
        "partial_load",
        "stuck_run",
        "timeout",
        "slow",
        "validation_failed",
        "missing_run",
        "upstream_cascade",
        "phase5_down",
        "retry_storm",
        "alert_storm",
        "deploy_regression",
    }
    assert all(len(kind.description) > 20 and "\n" not in kind.description for kind in CATALOG.values())


@pytest.mark.parametrize(
    ("name", "category"), [("processor_crash", "processing_error"), ("validation_failed", "validation_failed")]
)
def test_a_failing_processor_retries_and_its_table_stays_empty(bench: MakeBench, name: str, category: str) -> None:
    broken = bench()
    broken.pipeline.inject(name, broken.now, LEAF)
    _night(broken)
    failed = [row for row in broken.runs_of(LEAF, TODAY) if row.status == "failed"]
    assert [row.attempt for row in failed][-3:] == [1, 2, 3]
    assert {row.failure_category for row in failed} <= {category, "unknown", "no_data_available"}
    assert broken.rows(LEAF, TODAY) == 0
    assert broken.has_raw(str(broken.processor(LEAF).source), TODAY)
    assert _complete(broken, "EspnPlayerStats")


def test_scraper_down_leaves_no_raw_file_and_no_rows(bench: MakeBench) -> None:
    broken = bench()
    fault = broken.pipeline.inject("scraper_down", broken.now, "BdlBoxScoreScraper")
    _night(broken)
    scrapes = broken.runs_of("BdlBoxScoreScraper", TODAY)
    assert {row.status for row in scrapes if row.attempt == 2} == {"failed"}
    assert all(29 < float(row.duration_seconds or 0) < 33 for row in scrapes if row.status == "failed")
    assert not broken.has_raw("ball-dont-lie/boxscores", TODAY)
    assert broken.rows("BdlBoxscoresProcessor", TODAY) == 0
    finds = {row.records_processed for row in broken.runs_of("BdlBoxscoresProcessor", TODAY, polls=True)}
    assert finds == {0}
    assert any(row.failure_category == "upstream_failure" for row in broken.runs_of(SUMMARY, TODAY))
    assert fault.id in {known.id for known in broken.pipeline.faults}


def test_zero_records_has_a_raw_file_but_no_rows(bench: MakeBench) -> None:
    broken = bench()
    broken.pipeline.inject("zero_records", broken.now, LEAF, TODAY)
    _night(broken)
    last = broken.runs_of(LEAF, TODAY)[-1]
    assert (last.status, last.records_processed) == ("success", 0)
    assert broken.rows(LEAF, TODAY) == 0
    assert broken.has_raw(str(broken.processor(LEAF).source), TODAY)


def test_masked_failure_says_no_data_in_front_of_a_file(bench: MakeBench) -> None:
    broken = bench()
    broken.pipeline.inject("masked_failure", broken.now, LEAF, TODAY)
    _night(broken)
    last = broken.runs_of(LEAF, TODAY)[-1]
    assert last.status == "failed"
    assert last.failure_category in {"no_data_available", "unknown", None}
    assert broken.rows(LEAF, TODAY) == 0
    assert broken.has_raw(str(broken.processor(LEAF).source), TODAY)


def test_tracking_fault_loads_rows_and_says_zero(bench: MakeBench) -> None:
    broken = bench()
    broken.pipeline.inject("tracking_fault", broken.now, GAMEBOOK)
    _night(broken)
    assert {row.records_processed for row in broken.runs_of(GAMEBOOK, TODAY, polls=True)} == {0}
    assert _complete(broken, GAMEBOOK)
    assert _complete(broken, SUMMARY)


def test_idempotency_block_skips_what_has_data(bench: MakeBench) -> None:
    broken = bench()
    broken.pipeline.inject("idempotency_block", broken.now, LEAF, TODAY)
    _night(broken)
    first, *later = broken.runs_of(LEAF, TODAY)
    assert (first.status, first.records_processed) == ("success", 0)
    assert {row.status for row in later} == {"skipped"}
    assert all("Already processed" in str(row.error_message) for row in later)
    assert broken.rows(LEAF, TODAY) == 0


def test_partial_load_is_a_success_that_blocks_what_follows(bench: MakeBench) -> None:
    broken = bench()
    broken.pipeline.inject("partial_load", broken.now, GAMEBOOK, TODAY)
    _night(broken)
    last = [row for row in broken.runs_of(GAMEBOOK, TODAY) if row.status == "success"][-1]
    assert last.records_processed == broken.rows(GAMEBOOK, TODAY) > 0
    assert not _complete(broken, GAMEBOOK)
    assert any("%" in str(row.error_message) for row in broken.runs_of(SUMMARY, TODAY))
    assert broken.rows(SUMMARY, TODAY) == 0


def test_stuck_run_falls_silent_and_keeps_others_out(bench: MakeBench) -> None:
    broken = bench()
    fault = broken.pipeline.inject("stuck_run", broken.now, LEAF, TODAY)
    _night(broken)
    hung = broken.runs_of(LEAF, TODAY)[-1]
    assert hung.status == "running"
    assert hung.completed_at is None
    assert 0 < hung.last_heartbeat_at - hung.started_at <= 240
    broken.pipeline.heal(fault.id, broken.now)
    broken.forward(minutes=3)
    ended = broken.runs[hung.run_id]
    assert (ended.status, ended.failure_category in {"timeout", "unknown", None}) == ("failed", True)
    assert "janitor" in str(ended.error_message)
    assert ended.last_heartbeat_at == hung.last_heartbeat_at


def test_a_timeout_lives_until_its_limit(bench: MakeBench) -> None:
    broken = bench()
    broken.pipeline.inject("timeout", broken.now, SUMMARY, TODAY)
    broken.until_slot(TODAY, 26.0)
    broken.forward(minutes=17)
    [running] = [row for row in broken.runs_of(SUMMARY, TODAY) if row.status == "running"]
    assert running.inserted_at - running.started_at >= 600
    broken.forward(hours=1)
    failed = broken.runs_of(SUMMARY, TODAY)
    assert [row.attempt for row in failed] == [1, 2]
    assert all(1200 < float(row.duration_seconds or 0) < 1210 for row in failed)


def test_slow_runs_succeed_but_take_long(bench: MakeBench) -> None:
    usual, broken = bench(), bench()
    broken.pipeline.inject("slow", broken.now, SUMMARY)
    for each in (usual, broken):
        each.until_slot(TODAY, 27.4)
    [before], [after] = usual.runs_of(SUMMARY, TODAY), broken.runs_of(SUMMARY, TODAY)
    assert after.status == "success"
    assert float(after.duration_seconds or 0) > 3 * float(before.duration_seconds or 0)


def test_missing_run_leaves_no_trace_at_all(bench: MakeBench) -> None:
    broken = bench()
    broken.pipeline.inject("missing_run", broken.now, GAMEBOOK, TODAY)
    _night(broken)
    assert [
        row for row in broken.runs_of(GAMEBOOK, TODAY, polls=True) if row.started_at > broken.start.timestamp()
    ] == []
    assert broken.rows(GAMEBOOK, TODAY) == 0
    assert broken.has_raw("nbac/gamebook", TODAY)


def test_upstream_cascade_fails_everything_that_depends_on_it(bench: MakeBench) -> None:
    broken = bench()
    broken.pipeline.inject("upstream_cascade", broken.now, SUMMARY)
    broken.until_slot(TODAY, 41.0)
    for name in broken.pipeline.world.fleet.downstream(SUMMARY):
        rows = broken.runs_of(name, TODAY)
        assert rows, name
        assert {row.failure_category for row in rows} <= {"upstream_failure", "dependency_missing", "unknown", None}
        assert broken.rows(name, TODAY) == 0
    assert _complete(broken, "TeamOffenseGameSummaryProcessor")


def test_phase_five_down_blocks_its_exporters(bench: MakeBench) -> None:
    broken = bench()
    broken.pipeline.inject("phase5_down", broken.now)
    broken.until_slot(TODAY, 41.0)
    rows = broken.runs_of("PredictionCoordinator", TODAY)
    assert {row.status for row in rows} <= {"failed", "running", "skipped"}
    assert all(float(row.duration_seconds or 0) > 1800 for row in rows if row.status == "failed")
    blocked = broken.pipeline.world.fleet.downstream("PredictionCoordinator")
    assert blocked
    assert all(broken.rows(name, TODAY) == 0 for name in blocked)


def test_retry_storm_floods_the_pollers_with_rate_limits(bench: MakeBench) -> None:
    usual, broken = bench(), bench()
    broken.pipeline.inject("retry_storm", broken.now, end=broken.now + timedelta(hours=2))
    for each in (usual, broken):
        each.forward(hours=3)
    assert len(broken.runs) > 6 * len(usual.runs)
    extra = [row for key, row in broken.runs.items() if key not in usual.runs]
    assert {row.trigger for row in extra} == {"retry"}
    assert all("retry" in str(row.error_message) for row in extra)
    assert max(row.started_at for row in extra) < (broken.start + timedelta(hours=2)).timestamp()


def test_alert_storm_fails_over_a_hundred_runs_an_hour_with_one_error(bench: MakeBench) -> None:
    broken = bench()
    broken.until_slot(TODAY, 14.9)
    broken.pipeline.inject("alert_storm", broken.now)
    begun = broken.now.timestamp()
    broken.forward(hours=2)
    struck = [row for row in broken.runs.values() if row.started_at > begun and row.status == "failed"]
    assert len(struck) > 200
    assert len({row.error_message for row in struck}) == 1
    assert len({row.processor_name for row in struck}) >= 6


def test_deploy_regression_breaks_most_of_a_service(bench: MakeBench) -> None:
    broken = bench()
    broken.pipeline.inject("deploy_regression", broken.now, LEAF)
    _night(broken)
    service = [p for p in broken.pipeline.world.fleet if p.service == broken.processor(LEAF).service and not p.polling]
    struck = [
        p.name
        for p in service
        if any(row.failure_category == "processing_error" for row in broken.runs_of(p.name, TODAY))
    ]
    assert len(struck) >= 3
    texts = {
        row.error_message
        for name in struck
        for row in broken.runs_of(name, TODAY)
        if row.failure_category == "processing_error"
    }
    assert len(texts) == 1


def test_a_date_whose_slots_are_over_is_processed_again_under_the_fault(bench: MakeBench) -> None:
    broken, day = bench(), TODAY - timedelta(days=1)
    broken.pipeline.inject("zero_records", broken.now, LEAF, day)
    broken.forward(minutes=10)
    assert [(row.status, row.records_processed) for row in broken.runs_of(LEAF, day)] == [("success", 0)]
    assert broken.loads[0].row_count == 0
    assert broken.rows(LEAF, day) == 0


@pytest.mark.parametrize(
    ("name", "processor", "day", "says"),
    [
        ("gremlins", LEAF, None, "There is no fault"),
        ("timeout", "NoSuchProcessor", None, "name one registered processor"),
        ("timeout", None, None, "name one registered processor"),
        ("scraper_down", SUMMARY, None, "has no source"),
        ("upstream_cascade", LEAF, None, "nothing depends on"),
        ("missing_run", LEAF, date(2026, 1, 12), "slots of 2026-01-12 are over"),
    ],
)
def test_impossible_faults_are_refused(
    bench: MakeBench, name: str, processor: str | None, day: date | None, says: str
) -> None:
    fine = bench()
    with pytest.raises(FaultError, match=says):
        fine.pipeline.inject(name, fine.now, processor, day)


def test_healing_what_is_not_there_is_refused(bench: MakeBench) -> None:
    fine = bench()
    with pytest.raises(FaultError, match="There is no fault"):
        fine.pipeline.heal("F999", fine.now)
    fault = fine.pipeline.inject("slow", fine.now, LEAF, end=fine.now + timedelta(minutes=1))
    fine.forward(minutes=2)
    with pytest.raises(FaultError, match="is over already"):
        fine.pipeline.heal(fault.id, fine.now)
