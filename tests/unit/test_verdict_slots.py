"""The judge on runs that skip, stop or fail: what stands in front of data, and what never began."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.domain.evidence.coverage import ExpectedRows
from bot.domain.evidence.processor_date import ProcessorDate
from bot.domain.evidence.runs import Category, Status
from bot.domain.verdicts.judge import Verdict, judge
from tests.support.days import JUDGED, LATER, SLOT, day, processor, run, trace

MINUTE = timedelta(minutes=1)
EARLY = SLOT - timedelta(hours=5)
TWO: dict[str, Any] = {"slots": (EARLY, SLOT)}
ERROR = Category.PROCESSING_ERROR
NO_TABLE: dict[str, Any] = {"processor": processor(bigquery_table=None), "table": None}
FAILED_TWICE = [run(Status.FAILED, 0, SLOT + n * 6 * MINUTE, ERROR) for n in range(2)]


def verdict(made: ProcessorDate, now: datetime = LATER) -> Verdict:
    return judge(made, now, None).verdict


def test_a_skip_beside_a_run_at_work_blocks_nothing() -> None:
    """The other run began before it, and failed when it had gone."""
    at_work = run(Status.FAILED, 0, SLOT - 10 * MINUTE, ERROR, ended_at=SLOT + 10 * MINUTE)
    assert verdict(day(runs=[at_work, run(Status.SKIPPED)])) is Verdict.PROCESSOR_FAILED
    assert verdict(day(runs=[at_work, run(Status.SKIPPED, start=SLOT + 11 * MINUTE)])) is Verdict.IDEMPOTENCY_BLOCK


def test_a_skip_beside_a_run_that_is_still_at_work_blocks_nothing() -> None:
    beating = run(Status.RUNNING, start=SLOT - MINUTE, heartbeat_at=SLOT + 2 * MINUTE, ended_at=None)
    skipped = [run(Status.SKIPPED)]
    assert verdict(day(runs=skipped, under_way={"r": beating}), SLOT + 3 * MINUTE) is Verdict.NOT_YET
    assert verdict(day(runs=skipped), SLOT + 3 * MINUTE) is Verdict.IDEMPOTENCY_BLOCK


@pytest.mark.parametrize(("slots", "skipped"), [((SLOT,), SLOT - timedelta(hours=4)), ((EARLY, SLOT), SLOT)])
def test_a_zero_and_a_skip_before_the_file_and_nothing_after_it(slots: tuple[datetime, ...], skipped: datetime) -> None:
    """The success without records has marked the date as done: the skip is its trace, no attempt."""
    runs = [run(start=EARLY), run(Status.SKIPPED, start=skipped)]
    made = day(slots=slots, runs=runs, file=trace(5_000, skipped + 5 * MINUTE))
    assert verdict(made, JUDGED - MINUTE) is Verdict.NOT_YET
    assert verdict(made, LATER) is Verdict.IDEMPOTENCY_BLOCK


def test_a_skip_beside_a_backfill_blocks_nothing() -> None:
    backfill = run(Status.FAILED, 0, SLOT - 10 * MINUTE, ERROR, ended_at=SLOT + 10 * MINUTE, trigger="backfill")
    assert verdict(day(runs=[run(Status.SKIPPED)], polls=[backfill])) is Verdict.PROCESSOR_FAILED


def test_a_zero_and_a_skip_before_the_file_and_a_run_after_it() -> None:
    runs = [run(start=EARLY), run(Status.SKIPPED, start=SLOT - timedelta(hours=4)), run(Status.FAILED, 0, SLOT, ERROR)]
    assert verdict(day(runs=runs)) is Verdict.PROCESSOR_FAILED


@pytest.mark.parametrize("file_at", [EARLY - timedelta(hours=1), SLOT - timedelta(hours=2)])
def test_a_zero_at_the_first_slot_and_no_run_at_the_last(file_at: datetime) -> None:
    """No marker keeps it from running at its last slot: it has not begun there."""
    made = day(**TWO, runs=[run(start=EARLY)], file=trace(5_000, file_at))
    judged = judge(made, SLOT + 44 * MINUTE, None)
    assert (judged.verdict, judged.until) == (Verdict.NOT_YET, SLOT + 45 * MINUTE)
    assert verdict(made, SLOT + 45 * MINUTE) is Verdict.MISSING_RUN


def test_a_failure_and_then_no_run_at_the_last_slot_is_a_failed_processor() -> None:
    """Whatever an early run found: the newest one failed, and that is what there is to mend."""
    slots = (EARLY, SLOT - timedelta(hours=1), SLOT)
    runs = [run(start=EARLY), run(Status.FAILED, 0, SLOT - timedelta(hours=1), ERROR)]
    assert verdict(day(slots=slots, runs=runs)) is Verdict.PROCESSOR_FAILED


def test_a_run_at_the_last_slot_is_not_missing() -> None:
    """It began a quarter of an hour before it, at it, or is under way."""
    for start in (SLOT - 15 * MINUTE, SLOT, SLOT + 40 * MINUTE):
        assert verdict(day(**TWO, runs=[run(start=EARLY), run(start=start)])) is Verdict.PROCESSOR_FAILED
    beating = run(Status.RUNNING, start=LATER - MINUTE, heartbeat_at=LATER, ended_at=None)
    assert verdict(day(**TWO, runs=[run(start=EARLY)], under_way={"r": beating})) is Verdict.NOT_YET
    assert verdict(day(**TWO, runs=[run(start=EARLY), run(start=EARLY + MINUTE)])) is Verdict.MISSING_RUN


def test_failures_without_a_table_are_a_failed_processor_once_settled() -> None:
    made = day(**NO_TABLE, runs=FAILED_TWICE)
    assert verdict(made, JUDGED - MINUTE) is Verdict.NOT_YET
    judged = judge(made, JUDGED, None)
    assert judged.verdict is Verdict.PROCESSOR_FAILED
    assert judged.because == "its last run failed at 06:06 UTC, none has worked, and no table tells more"


@pytest.mark.parametrize(
    "runs",
    [
        pytest.param([], id="none"),
        pytest.param([run(records=0)], id="zero"),
        pytest.param([run(records=0, start=EARLY), *FAILED_TWICE], id="worked before"),
        pytest.param([run(Status.FAILED, 0, SLOT, Category.NO_DATA_AVAILABLE)], id="no data"),
        pytest.param([run(Status.FAILED, 0, SLOT, Category.UPSTREAM_FAILURE)], id="upstream"),
    ],
)
def test_where_nothing_failed_by_itself_nobody_can_tell(runs: list[Any]) -> None:
    assert verdict(day(**NO_TABLE, runs=runs, runs_due=False)) is Verdict.UNKNOWN


def test_records_of_an_earlier_run_are_its_data_where_no_table_tells() -> None:
    assert verdict(day(**NO_TABLE, runs=[run(records=40, start=EARLY), *FAILED_TWICE])) is Verdict.OK


@pytest.mark.parametrize(("rows", "usual", "said"), [(359, 400, "89%"), (359, 399, "89%"), (1, 400, "0%")])
def test_a_share_below_nine_tenths_is_never_said_as_ninety(rows: int, usual: int, said: str) -> None:
    judged = judge(day(table=trace(rows), runs=[run(records=rows)]), LATER, ExpectedRows(usual, least=False))
    assert judged.verdict is Verdict.PARTIAL
    assert judged.because == f"the table has {rows} rows of about {usual} ({said})"


def test_of_many_slots_a_day_one_that_passed_is_missing_before_the_date_is_judged() -> None:
    """By the rule of detection: at the slot after it at the earliest, until it runs again; see test_passed_slots."""
    hourly = tuple(SLOT + n * timedelta(hours=1) for n in range(-6, 6))
    made = day(slots=hourly, runs=[run(start=hourly[4])], processor=processor(expected_records={"per_game": False}))
    judged = judge(made, hourly[6], None)
    assert (judged.verdict, judged.of_slot) == (Verdict.MISSING_RUN, True)
    assert judged.because == f"no run has started for its slot of {hourly[5]:%H:%M} UTC, nor since"
    assert verdict(made, hourly[6] - MINUTE) is Verdict.NOT_YET
    made.take(run(start=hourly[7]))
    assert verdict(made, hourly[7] + 5 * MINUTE) is Verdict.NOT_YET
