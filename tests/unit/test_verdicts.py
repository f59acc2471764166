"""The judge: every row of the cross-check table, every verdict of the contract, each combination exactly one."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.evidence.coverage import ExpectedRows
from bot.domain.evidence.processor_date import ProcessorDate, Trace
from bot.domain.evidence.runs import Category, InputKind, Status
from bot.domain.verdicts.judge import ACTIONS, ALONE, SOUND, Action, DateContext, Verdict, judge
from bot.domain.verdicts.votes import Source, Vote, words
from bot.views.validate_words import evidence, support
from tests.support.days import DATE, FILE_AT, JUDGED, LATER, SLOT, day, processor, run, trace
from tests.support.validations import checked

FULL_TABLE = trace(200, SLOT + timedelta(seconds=30))
EMPTIED = Trace([(FILE_AT, 5), (SLOT, 0)])
UPSTREAM: dict[str, Any] = {"processor": processor(source=None), "input_kind": InputKind.UPSTREAM, "file": None}
SCRAPER: dict[str, Any] = {
    "processor": processor(kind="scraper", bigquery_table=None),
    "input_kind": InputKind.NONE,
    "table": None,
}
NEVER = datetime.max.replace(tzinfo=UTC)
NO_RUN: dict[str, Any] = {"runs": []}
SAID_NO_DATA = run(Status.FAILED, 0, category=Category.NO_DATA_AVAILABLE)


def about(rows: float | None) -> ExpectedRows | None:
    return None if rows is None else ExpectedRows(rows, least=False)


def verdict(
    made: ProcessorDate, now: datetime = LATER, usual: float | None = None, context: DateContext = ALONE
) -> Verdict:
    return judge(made, now, about(usual), context).verdict


@pytest.mark.parametrize(
    ("rows", "file", "games", "expected", "action"),
    [
        (200, True, 2, Verdict.TRACKING_BUG, Action.NONE),
        (200, False, 2, Verdict.TRACKING_BUG, Action.NONE),
        (200, True, 0, Verdict.TRACKING_BUG, Action.NONE),
        (200, False, 0, Verdict.TRACKING_BUG, Action.NONE),
        (0, True, 2, Verdict.PROCESSOR_FAILED, Action.REPROCESS),
        (0, True, 0, Verdict.LEGITIMATE_ZERO, Action.NONE),
        (0, False, 2, Verdict.SCRAPER_FAILED, Action.RESCRAPE),
        (0, False, 0, Verdict.OFF_DAY, Action.NONE),
    ],
)
def test_cross_checking_a_zero_record_run(rows: int, file: bool, games: int, expected: Verdict, action: Action) -> None:
    """PLATFORM.md's table; its last row, "not yet", stands below."""
    made = day(
        table=FULL_TABLE if rows else Trace(),
        file=trace(5_000) if file else Trace(),
        games=games,
        expected=games > 0,
    )
    judged = judge(made, LATER, None)
    assert (judged.verdict, judged.action) == (expected, action)


@pytest.mark.parametrize("file", [True, False])
@pytest.mark.parametrize(
    ("now", "games_over_at", "until"),
    [
        (datetime.combine(DATE - timedelta(days=1), time(12), UTC), None, JUDGED),
        (JUDGED - timedelta(seconds=1), None, JUDGED),
        (LATER, LATER + timedelta(minutes=1), datetime.combine(DATE + timedelta(days=1), time(12), UTC)),
    ],
)
def test_not_yet(now: datetime, games_over_at: datetime | None, until: datetime, file: bool) -> None:
    """The date lies ahead, its last slot and 20 minutes have not passed, or a game has not ended."""
    judged = judge(day(file=trace(5_000) if file else Trace(), games_over_at=games_over_at), now, None)
    assert (judged.verdict, judged.action, judged.until) == (Verdict.NOT_YET, Action.WAIT, max(until, JUDGED))


def test_a_date_ahead_is_not_yet_even_when_nothing_is_due() -> None:
    ahead = datetime.combine(DATE - timedelta(days=3), time(), UTC)
    assert verdict(day(expected=False, runs=[]), ahead) is Verdict.NOT_YET
    assert verdict(day(expected=None, runs=[]), ahead) is Verdict.NOT_YET


@pytest.mark.parametrize(
    ("after", "found"), [(-1, Verdict.NOT_YET), (19, Verdict.NOT_YET), (20, Verdict.PROCESSOR_FAILED)]
)
def test_east_of_utc_a_date_is_judged_after_its_slot_although_it_has_not_begun_in_utc(
    after: int, found: Verdict
) -> None:
    """04:20 in Singapore is 20:20 UTC of the day before."""
    slot = datetime.combine(DATE - timedelta(days=1), time(20, 20), UTC)
    began = [run(start=slot)] if after > 0 else []
    made = day(slots=(slot,), last_chance=slot, file=trace(5_000, slot - timedelta(hours=1)), runs=began)
    assert verdict(made, slot + timedelta(minutes=after)) is found


CASES: dict[str, tuple[ProcessorDate, Verdict]] = {
    "data and a run that brought it": (day(table=FULL_TABLE, runs=[run(records=200)]), Verdict.OK),
    "a zero-record attempt before the one that brought it": (
        day(table=FULL_TABLE, runs=[run(start=SLOT - timedelta(hours=1)), run(records=200)]),
        Verdict.OK,
    ),
    "a count that the history does not have is no zero": (day(table=FULL_TABLE, runs=[run(records=None)]), Verdict.OK),
    "rows without any run": (day(table=FULL_TABLE, **NO_RUN), Verdict.OK),
    "rows that came after the last run": (day(table=trace(9, LATER)), Verdict.OK),
    "a skip in front of data": (day(runs=[run(Status.SKIPPED)]), Verdict.IDEMPOTENCY_BLOCK),
    "a skip before the file came": (
        day(runs=[run(Status.SKIPPED, start=FILE_AT - timedelta(hours=1))]),
        Verdict.PROCESSOR_FAILED,
    ),
    "a zero-record success before the file, none after": (
        day(runs=[run(start=FILE_AT - timedelta(hours=1))]),
        Verdict.IDEMPOTENCY_BLOCK,
    ),
    "a zero-record success on the file": (day(), Verdict.PROCESSOR_FAILED),
    "no run": (day(**NO_RUN), Verdict.MISSING_RUN),
    "no run, and its evidence was never loaded": (day(table=None, file=None, **NO_RUN), Verdict.MISSING_RUN),
    "no run on a date without data due": (day(expected=False, games=0, file=Trace(), **NO_RUN), Verdict.OFF_DAY),
    "no run of a processor without one due": (day(runs_due=False, **NO_RUN), Verdict.PROCESSOR_FAILED),
    "sporadic, with a file": (day(processor=processor(sporadic=True), expected=False), Verdict.LEGITIMATE_ZERO),
    "sporadic, without": (
        day(processor=processor(sporadic=True), expected=False, file=Trace(), **NO_RUN),
        Verdict.LEGITIMATE_ZERO,
    ),
    "an upstream table is empty": (day(**UPSTREAM, upstream=(Trace(),)), Verdict.UPSTREAM),
    "an upstream table was emptied": (day(**UPSTREAM, upstream=(trace(5), EMPTIED)), Verdict.UPSTREAM),
    "an upstream table was emptied, and with it this one": (
        day(**UPSTREAM, upstream=(EMPTIED,), table=EMPTIED, runs=[run(records=5)]),
        Verdict.UPSTREAM,
    ),
    "an upstream table was emptied and filled again": (
        day(**UPSTREAM, upstream=(Trace([*EMPTIED.seen, (LATER, 5)]),)),
        Verdict.PROCESSOR_FAILED,
    ),
    "the upstream tables are full": (day(**UPSTREAM, upstream=(trace(5),)), Verdict.PROCESSOR_FAILED),
    "upstream rows, not in service": (
        day(**UPSTREAM, upstream=(trace(5),), expected=False, in_service=False),
        Verdict.OFF_DAY,
    ),
    "upstream rows, no game": (day(**UPSTREAM, upstream=(trace(5),), expected=False), Verdict.LEGITIMATE_ZERO),
    "an empty file": (day(file=trace(12)), Verdict.SCRAPER_FAILED),
    "a scraper's file": (day(**SCRAPER), Verdict.OK),
    "a scraper without": (day(**SCRAPER, file=Trace()), Verdict.SCRAPER_FAILED),
    "runs that claim records": (day(runs=[run(records=50)]), Verdict.CONFLICT),
    "a table that was filled, as they say, and emptied": (
        day(table=EMPTIED, runs=[run(records=5)]),
        Verdict.PROCESSOR_FAILED,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_outcomes(name: str) -> None:
    made, expected = CASES[name]
    assert verdict(made) is expected


def test_masked_failure() -> None:
    made = day(runs=[])
    made.take(SAID_NO_DATA)
    assert verdict(made) is Verdict.MASKED_FAILURE
    early = day(runs=[])
    early.take(SAID_NO_DATA._replace(started_at=FILE_AT - timedelta(hours=1)))
    assert verdict(early) is Verdict.PROCESSOR_FAILED


@pytest.mark.parametrize(
    ("trigger", "expected"), [("backfill", Verdict.PROCESSOR_FAILED), ("poll", Verdict.MASKED_FAILURE)]
)
def test_polls_after_an_attempt_that_failed_by_itself_mask_nothing(trigger: str, expected: Verdict) -> None:
    made = day(table=EMPTIED, runs=[run(records=5)])
    for later, category, by in ((1, Category.PROCESSING_ERROR, trigger), (5, Category.NO_DATA_AVAILABLE, "poll")):
        made.take(run(Status.FAILED, start=SLOT + timedelta(minutes=later), category=category, trigger=by))
    assert verdict(made) is expected


def test_coverage() -> None:
    """Partial below 90 %, after the last slot; a rounded row a load is forgiven."""
    brought = {"runs": [run(records=179)]}
    assert verdict(day(table=trace(178), **brought), usual=200) is Verdict.PARTIAL
    assert verdict(day(table=trace(180), **brought), usual=200) is Verdict.OK
    assert verdict(day(table=trace(8), **brought), usual=9) is Verdict.OK
    assert verdict(day(table=trace(1), **brought), usual=None) is Verdict.OK
    early = judge(day(table=trace(100), **brought), SLOT, about(200))
    assert (early.verdict, early.until) == (Verdict.NOT_YET, JUDGED)
    assert "100 rows of about 200 (50%) so far" in early.because
    assert verdict(day(table=trace(100), games_over_at=NEVER, **brought), LATER, 200) is Verdict.NOT_YET


def test_a_block_is_reported_at_the_first_skip_and_a_missing_run_after_45_minutes() -> None:
    skipped = day(runs=[run(Status.SKIPPED, start=SLOT - timedelta(hours=1))])
    assert verdict(skipped, SLOT - timedelta(minutes=30)) is Verdict.IDEMPOTENCY_BLOCK
    two = {"slots": (SLOT, SLOT + timedelta(hours=5)), "last_chance": SLOT + timedelta(hours=5), **NO_RUN}
    assert verdict(day(**two), SLOT + timedelta(minutes=44)) is Verdict.NOT_YET
    assert verdict(day(**two), SLOT + timedelta(minutes=45)) is Verdict.MISSING_RUN
    marked = day(runs=[run(start=FILE_AT - timedelta(hours=1))])
    assert verdict(marked, JUDGED - timedelta(minutes=1)) is Verdict.NOT_YET


def test_without_a_schedule_a_loss_is_one_when_nothing_heals_by_itself_any_more() -> None:
    over = datetime.combine(DATE + timedelta(days=3), time(), UTC)
    assert verdict(day(slots=(), runs_due=False), over - timedelta(minutes=1)) is Verdict.NOT_YET
    assert verdict(day(slots=(), runs_due=False), over) is Verdict.PROCESSOR_FAILED


@pytest.mark.parametrize(
    ("changed", "lacking"),
    [
        ({"table": None}, "table loads"),
        ({"table": None, "processor": processor(bigquery_table=None)}, "a table to look at"),
        ({"expected": None}, "the games of that date"),
        ({"expected": None, "processor": processor(expected_records={})}, "expected_records.per_game"),
        ({**SCRAPER, "file": None}, "raw files"),
        ({**SCRAPER, "file": None, "processor": processor(kind="scraper", source=None)}, "its source"),
    ],
)
def test_unknown_says_what_is_missing(changed: dict[str, Any], lacking: str) -> None:
    judged = judge(day(**changed), LATER, None)
    assert (judged.verdict, judged.action) == (Verdict.UNKNOWN, Action.INVESTIGATE)
    assert lacking in judged.because


def test_a_history_that_does_not_reach_the_date() -> None:
    judged = judge(day(**NO_RUN, unrecorded="its record begins only at 2026-01-16 11:00 UTC"), LATER, None)
    assert (judged.verdict, "begins only at 2026-01-16" in judged.because) == (Verdict.UNKNOWN, True)


def test_a_loss_without_raw_files_to_look_at() -> None:
    judged = judge(day(file=None, input_kind=InputKind.NONE, input_untold=True), LATER, None)
    assert (judged.verdict, "without raw files" in judged.because) == (Verdict.UNKNOWN, True)


def test_due_although_its_upstream_is_not() -> None:
    made = day(**UPSTREAM, upstream=(Trace(),))
    assert verdict(made, context=DateContext(upstream_due=False)) is Verdict.CONFLICT


def test_an_accepted_loss() -> None:
    accepted = DateContext(accepted="the source keeps 60 days", fallback="Other")
    judged = judge(day(file=Trace()), LATER, None, accepted)
    assert (judged.verdict, judged.action) == (Verdict.DATA_GONE, Action.NONE)
    assert "the source keeps 60 days" in judged.because
    assert verdict(day(table=FULL_TABLE, runs=[run(records=200)]), context=accepted) is Verdict.OK
    assert verdict(day(), JUDGED - timedelta(minutes=1), context=accepted) is Verdict.NOT_YET


def test_the_fallback_where_the_source_lacks_data() -> None:
    stands_in = DateContext(fallback="Other")
    lost, part = (
        judge(day(file=Trace()), LATER, None, stands_in),
        judge(day(table=trace(20)), LATER, about(200), stands_in),
    )
    assert {lost.action, part.action} == {Action.USE_FALLBACK}
    assert "Other has the date" in lost.because
    assert judge(day(), LATER, None, stands_in).action is Action.REPROCESS


def test_a_run_under_way_is_waited_for() -> None:
    beating = run(Status.RUNNING, start=LATER - timedelta(minutes=5), heartbeat_at=LATER, ended_at=None)
    assert verdict(day(under_way={"r": beating})) is Verdict.NOT_YET


def test_how_many_sources_agree() -> None:
    lost = day()
    assert set(words(lost, verdict(lost), None).values()) == {Vote.AGREES}
    untold = day(table=FULL_TABLE)
    assert words(untold, Verdict.TRACKING_BUG, None)[Source.HISTORY] is Vote.DISAGREES
    assert words(day(file=None, table=None), Verdict.PROCESSOR_FAILED, None)[Source.TABLE] is Vote.SILENT
    assert words(lost, Verdict.UNKNOWN, None) == {}


def some_trace(now: datetime) -> st.SearchStrategy[Trace | None]:
    moments = st.integers(-48, 48).map(lambda hours: now + timedelta(hours=hours))
    seen = st.lists(st.tuples(moments, st.integers(0, 6_000)), max_size=3).map(lambda found: Trace(sorted(found)))
    return st.none() | seen


RUNS = st.lists(
    st.builds(
        lambda status, records, hours, category, trigger: run(
            status, records, SLOT + timedelta(hours=hours), category, trigger=trigger
        ),
        st.sampled_from([Status.SUCCESS, Status.FAILED, Status.SKIPPED]),
        st.none() | st.integers(0, 900),
        st.integers(-30, 30),
        st.none() | st.sampled_from(Category),
        st.sampled_from(["schedule", "retry", "poll", "backfill", ""]),
    ),
    max_size=4,
)
TEXT = st.none() | st.just("why")
AROUND = st.builds(
    DateContext,
    upstream_due=st.booleans(),
    accepted=TEXT,
    fallback=TEXT,
)


@st.composite
def days(draw: st.DrawFn) -> ProcessorDate:
    sporadic, kind = draw(st.booleans()), draw(st.sampled_from(["scraper", "processor", "exporter"]))
    table, source = draw(st.sampled_from([None, "raw.box"])), draw(st.sampled_from([None, "box"]))
    per_game = draw(st.sampled_from([{}, {"per_game": True}, {"per_game": False}]))
    made = day(
        processor=processor(
            sporadic=sporadic, kind=kind, bigquery_table=table, source=source, expected_records=per_game
        ),
        slots=draw(st.sampled_from([(), (SLOT,)])),
        expected=False if sporadic else draw(st.sampled_from([None, True, False])),
        runs_due=draw(st.booleans()),
        games=draw(st.integers(0, 3)),
        games_over_at=draw(st.sampled_from([None, SLOT + timedelta(hours=1), NEVER])),
        table=draw(some_trace(SLOT)) if table else None,
        file=draw(some_trace(SLOT)),
        input_kind=draw(st.sampled_from(InputKind)),
        upstream=tuple(trace or Trace() for trace in draw(st.lists(some_trace(SLOT), max_size=2))),
        unrecorded=draw(TEXT),
        runs=[],
    )
    for one in draw(RUNS):
        made.take(one)
    return made


@given(days(), st.integers(-72, 90), st.none() | st.floats(0, 1_000), AROUND)
def test_every_combination_of_evidence_gets_one_verdict(
    made: ProcessorDate, hours: int, usual: float, context: DateContext
) -> None:
    now = SLOT + timedelta(hours=hours)
    judged = judge(made, now, about(usual), context)
    assert judged == judge(made, now, about(usual), context)
    assert judged.because
    assert judged.action is (judged.instead or ACTIONS.get(judged.verdict, Action.NONE))
    assert (judged.action is Action.NONE) == (judged.verdict in SOUND - {Verdict.NOT_YET})
    if made.processor.sporadic and not made.filled:
        assert judged.verdict in {Verdict.LEGITIMATE_ZERO, Verdict.NOT_YET}
    if made.data_date > now.date() and not made.begun(now) and not made.filled:
        assert judged.verdict is Verdict.NOT_YET
    if made.filled:
        assert judged.verdict in {Verdict.OK, Verdict.TRACKING_BUG, Verdict.PARTIAL, Verdict.NOT_YET, Verdict.DATA_GONE}
    told = words(made, judged.verdict, about(usual))
    assert (told == {}) is (judged.verdict is Verdict.UNKNOWN)
    if judged.verdict is Verdict.DATA_GONE:
        assert judge(made, now, about(usual), replace(context, accepted=None)).verdict not in SOUND


def test_a_source_that_cannot_tell_is_no_support() -> None:
    proof = checked(table=None, file=None, input_kind=InputKind.NONE, runs=[run(records=200)]).proof
    assert (proof.agreeing, proof.telling, len(proof.words)) == (2, 2, 4)
    assert support(proof) == "2 of 2 sources support this verdict, 2 cannot tell"


def test_the_evidence_of_records_is_the_figure_that_the_verdict_names() -> None:
    """Each run says what the whole date has by then: what several say is no sum."""
    runs = [run(records=records, run_id=f"r{records}") for records in (2_100, 2_389, 2_389)]
    row = checked(table=Trace(), file=None, input_kind=InputKind.NONE, runs=runs)
    assert row.judged.because == "the history says 2,389 records, the table has none"
    assert "runs: 3 success (2,389 records at most)" in evidence(row)


@pytest.mark.parametrize(
    ("claimed", "expected", "because"),
    [
        (200, Verdict.OK, "200 rows"),
        (150, Verdict.TRACKING_BUG, "its run of 06:00 UTC says 0 records, another 150; the table has 200 rows"),
        (0, Verdict.TRACKING_BUG, "the history says 0 records, the table has 200 rows"),
    ],
)
def test_a_run_that_counts_nothing_besides_one_that_does(claimed: int, expected: Verdict, because: str) -> None:
    """What the history says of a date is the most that one of its runs says to have brought."""
    row = checked(table=FULL_TABLE, runs=[run(records=claimed, start=SLOT - timedelta(hours=1)), run(records=0)])
    assert (row.verdict, row.judged.because) == (expected, because)


def test_the_evidence_tells_failures_of_its_own_fault_from_want_of_data() -> None:
    """A card counts only the former."""
    broke = [run(Status.FAILED, 0, category=Category.PROCESSING_ERROR, run_id=f"b{n}") for n in range(3)]
    row = checked(table=Trace(), runs=[SAID_NO_DATA, *broke])
    assert "runs: 4 failed (1 for want of data, by their own word)" in evidence(row)
